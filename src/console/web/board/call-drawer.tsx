// One call beside the list: what it is, what can be done, and what is said.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { NodeView } from '../../board.ts';
import { stageOf, type CallView } from '../../call-view.ts';
import type { Live } from '../live.ts';
import { Copyable } from '../parts/copyable.tsx';
import { Pill } from '../parts/pill.tsx';
import { callPath } from '../routes.ts';
import { durationWords } from '../words.ts';
import { AnswerChart } from './answer-chart.tsx';
import { CallActions } from './call-actions.tsx';
import { Levels } from './call-list.tsx';
import { Conversation } from './conversation.tsx';
import { STAGES } from './stage-words.ts';
import { Ticking } from './ticking.tsx';
import { directionWords, numberOf, whoOf } from './who-words.ts';

export interface CallDrawerProps {
  readonly live: Live;
  readonly callId: string;
  /** As it is, or as it was last; undefined: nothing is known of it. */
  readonly call: CallView | undefined;
  /** Undefined: nobody can tell, as the connection is lost. */
  readonly isOnBoard: boolean | undefined;
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly onClose: () => void;
}

export function CallDrawer({ live, callId, call, isOnBoard, nodes, onClose }: CallDrawerProps): ReactNode {
  const isOver = call?.ended !== null && call !== undefined;
  const elsewhere = call && call.node !== live.node ? nodes.get(call.node) : undefined;
  return (
    <section
      className="card call-drawer"
      aria-label={call ? `Call of ${whoOf(call)}` : 'Call'}
      onKeyDown={({ key, target }) => {
        if (key === 'Escape' && !(target as Element).closest('dialog')) onClose();
      }}
    >
      <div className="call-drawer-head">
        <h2>{call ? whoOf(call) : 'Call'}</h2>
        <button type="button" className="plain small" onClick={onClose}>
          Close
        </button>
      </div>
      {call && <Facts call={call} live={live} />}
      <Copyable text={callId} what="the id of the call" short />
      {(isOver || isOnBoard === false) && (
        <p className="notice">
          This call is not in progress: <Link href={callPath(callId)}>what is kept of it</Link>.
        </p>
      )}
      {elsewhere && !isOver && (
        <p className="quiet small">
          Another node has this call: to listen in or take over, open the console of {elsewhere.name}.
        </p>
      )}
      <CallActions call={{ callId, isOver, isOnBoard }} />
      {call && (
        <>
          <h3>Conversation</h3>
          <Conversation key={callId} call={call} />
          <AnswerChart key={`answers of ${callId}`} answers={call.answers} />
        </>
      )}
    </section>
  );
}

function Facts({ call, live }: { call: CallView; live: Live }): ReactNode {
  const [words, tone] = STAGES[stageOf(call)];
  return (
    <>
      <p className="row">
        <Pill tone={tone}>{words}</Pill>
        <span>
          {call.ended ? (
            durationWords(call.ended.durationMs)
          ) : (
            <Ticking startedMs={call.startedMs} aheadMs={live.aheadMs} />
          )}
        </span>
        <span>
          {numberOf(call)} {directionWords(call)}
        </span>
        <span>
          Agent <strong>{call.profile}</strong>
        </span>
      </p>
      <p className="call-drawer-levels">
        <Levels callId={call.callId} />
      </p>
    </>
  );
}
