import type { ReactNode } from 'react';
import { CallActions } from '../board/call-actions.tsx';
import { EmptyState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';

export const BoardView = ({ callId }: { callId: string | undefined }): ReactNode => (
  <>
    <ViewHead title="Live" />
    {callId === undefined ? (
      <EmptyState title="Not here yet" />
    ) : (
      <div className="card">
        <CallActions call={{ callId }} />
      </div>
    )}
  </>
);
