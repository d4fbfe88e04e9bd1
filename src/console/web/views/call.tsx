import type { ReactNode } from 'react';
import { EmptyState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';

export const CallView = ({ callId }: { callId: string }): ReactNode => (
  <>
    <ViewHead title="Call" />
    <EmptyState title="Not here yet">{callId}</EmptyState>
  </>
);
