import type { ReactNode } from 'react';
import type { Live } from '../live.ts';

/** Says that what is shown is old. It is there from the start: only so do screen readers say what comes into it. */
export const LostLine = ({ live }: { live: Live }): ReactNode => {
  const { connection, board } = live;
  const unseen = connection === 'lost' ? undefined : unseenIn(live);
  return (
    <div role="status">
      {connection === 'lost' && (
        <p className="lost-line">
          The connection to the server is lost; it is tried again.{' '}
          {board ? 'What you see is as it was. ' : ''}
          Calls may go on all the same.
        </p>
      )}
      {unseen !== undefined && <p className="lost-line">{unseen}</p>}
    </div>
  );
};

/** Whose calls are not on the board though they may go on; undefined: nobody's. */
function unseenIn({ board, node }: Live): string | undefined {
  if (board?.nodes.get(node)?.hearsOthers === false)
    return 'Other servers are not heard: the database is away, or does not carry what they say. What you see are the calls of this server.';
  const silent = [...(board?.nodes.values() ?? [])].filter(({ isSilent }) => isSilent);
  if (silent.length === 0) return undefined;
  return `Nothing is heard of ${silent.map(({ name }) => name).join(', ')}: calls there may go on, and are not shown.`;
}
