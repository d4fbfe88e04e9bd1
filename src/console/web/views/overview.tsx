import type { ReactNode } from 'react';
import { EmptyState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';

export const OverviewView = (): ReactNode => (
  <>
    <ViewHead title="Overview" />
    <EmptyState title="Not here yet"></EmptyState>
  </>
);
