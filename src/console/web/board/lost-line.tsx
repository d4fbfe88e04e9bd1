import type { ReactNode } from 'react';
import type { Live } from '../live.ts';

/** Says that what is shown is old. It is there from the start: only so do screen readers say what comes into it. */
export const LostLine = ({ live: { connection, board } }: { live: Live }): ReactNode => (
  <div role="status">
    {connection === 'lost' && (
      <p className="lost-line">
        The connection to the server is lost; it is tried again. {board ? 'What you see is as it was. ' : ''}
        Calls may go on all the same.
      </p>
    )}
  </div>
);
