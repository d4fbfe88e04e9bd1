import type { ReactNode } from 'react';
import { EmptyState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';

export const CampaignView = ({ campaignId }: { campaignId: string }): ReactNode => (
  <>
    <ViewHead title="Campaign" />
    <EmptyState title="Not here yet">{campaignId}</EmptyState>
  </>
);
