// Every call in a line. The arrows go from one to the next, Enter opens it.
import { memo, useMemo, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import type { NodeView } from '../../board.ts';
import { lastSaid, stageOf, type CallView } from '../../call-view.ts';
import { levelsOf, type Live } from '../live.ts';
import { Meter } from '../parts/meter.tsx';
import { Pill } from '../parts/pill.tsx';
import { TableBox } from '../parts/table-box.tsx';
import { durationWords, latencyWords } from '../words.ts';
import { STAGES } from './stage-words.ts';
import { Ticking } from './ticking.tsx';
import { directionWords, numberOf } from './who-words.ts';

export interface CallListProps {
  readonly live: Live;
  /** In the order in which they are shown. */
  readonly calls: readonly CallView[];
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly chosen: string | undefined;
  readonly onChoose: (callId: string) => void;
}

export function CallList({ live, calls, nodes, chosen, onChoose }: CallListProps): ReactNode {
  const entry = calls.some(({ callId }) => callId === chosen) ? chosen : calls[0]?.callId;
  const onClick = ({ target }: MouseEvent): void => {
    const row = rowOf(target);
    if (row) onChoose(row.dataset['call']!);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>): void => {
    const row = rowOf(event.target);
    if (!row) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return onChoose(row.dataset['call']!);
    }
    const rows = [...event.currentTarget.rows];
    const at = rows.indexOf(row);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
  };
  return (
    <TableBox label="Calls in progress">
      <table role="grid" aria-label="Calls" className="calls">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Caller</th>
            <th scope="col">Agent</th>
            <th scope="col" className="number">
              For
            </th>
            <th scope="col" className="number">
              Last answer
            </th>
            <th scope="col">Sound</th>
            <th scope="col">Said last</th>
          </tr>
        </thead>
        <tbody onClick={onClick} onKeyDown={onKeyDown}>
          {calls.map((call) => (
            <Row
              key={call.callId}
              call={call}
              aheadMs={live.aheadMs}
              nodeName={nodes.size > 1 ? nodes.get(call.node)?.name : undefined}
              isChosen={call.callId === chosen}
              isEntry={call.callId === entry}
            />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

const rowOf = (target: EventTarget): HTMLTableRowElement | null =>
  (target as Element).closest<HTMLTableRowElement>('tr[data-call]');

interface RowProps {
  readonly call: CallView;
  readonly aheadMs: number;
  /** Undefined: there is no other. */
  readonly nodeName: string | undefined;
  readonly isChosen: boolean;
  /** Where the keyboard comes into the list. */
  readonly isEntry: boolean;
}

/** Of hundreds of calls those alone are drawn anew that have changed. */
const Row = memo(function Row({ isChosen, isEntry, ...cells }: RowProps): ReactNode {
  return (
    <tr aria-selected={isChosen} tabIndex={isEntry ? 0 : -1} data-call={cells.call.callId}>
      <Cells {...cells} />
    </tr>
  );
});

function Cells({ call, aheadMs, nodeName }: Omit<RowProps, 'isChosen' | 'isEntry'>): ReactNode {
  const [words, tone] = STAGES[stageOf(call)];
  const said = lastSaid(call);
  const answered = call.answers.at(-1);
  return (
    <>
      <td>
        <Pill tone={tone}>{words}</Pill>
      </td>
      <td>
        <span className="calls-two">
          <span>{call.name ?? numberOf(call)}</span>
          <span className="quiet small">
            {call.name === null ? directionWords(call) : `${numberOf(call)} ${directionWords(call)}`}
          </span>
        </span>
      </td>
      <td>
        <span className="calls-two">
          <span>{call.profile}</span>
          {nodeName !== undefined && <span className="quiet small">on {nodeName}</span>}
        </span>
      </td>
      <td className="number">
        {call.ended ? (
          durationWords(call.ended.durationMs)
        ) : (
          <Ticking startedMs={call.startedMs} aheadMs={aheadMs} />
        )}
      </td>
      <td className="number">{answered ? latencyWords(answered.ms) : '–'}</td>
      <td>
        <span className="calls-levels">
          <Levels callId={call.callId} />
        </span>
      </td>
      <td className="calls-said">
        {said && (
          <>
            <span data-who={said.who}>{said.who === 'caller' ? 'Caller' : 'Agent'}</span> {said.heard}
          </>
        )}
      </td>
    </>
  );
}

export function Levels({ callId }: { callId: string }): ReactNode {
  const [caller, agent] = useMemo(
    () => [levelsOf(callId, 'caller'), levelsOf(callId, 'agent')] as const,
    [callId],
  );
  return (
    <>
      <Meter name="Caller" levels={caller} />
      <Meter name="Agent" levels={agent} />
    </>
  );
}
