import type { ReactNode } from 'react';
import { EmptyState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';

export const BoardView = ({ callId }: { callId: string | undefined }): ReactNode => (
  <>
    <ViewHead title="Live" />
    <EmptyState title="Not here yet">{callId}</EmptyState>
  </>
);
