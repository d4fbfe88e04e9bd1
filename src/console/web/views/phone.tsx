import type { ReactNode } from 'react';
import { EmptyState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';

export const PhoneView = (): ReactNode => (
  <>
    <ViewHead title="Phone" />
    <EmptyState title="Not here yet"></EmptyState>
  </>
);
