import type { ReactNode } from 'react';
import { EmptyState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';

export const AgentsView = (): ReactNode => (
  <>
    <ViewHead title="Agents" />
    <EmptyState title="Not here yet"></EmptyState>
  </>
);
