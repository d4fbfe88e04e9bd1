import type { ReactNode } from 'react';
import { EmptyState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';

export const HistoryView = (): ReactNode => (
  <>
    <ViewHead title="History" />
    <EmptyState title="Not here yet"></EmptyState>
  </>
);
