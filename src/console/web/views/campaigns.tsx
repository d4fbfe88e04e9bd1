import type { ReactNode } from 'react';
import { EmptyState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';

export const CampaignsView = (): ReactNode => (
  <>
    <ViewHead title="Campaigns" />
    <EmptyState title="Not here yet"></EmptyState>
  </>
);
