// Every decision of a campaign, as its audit keeps them: who was called, who was not, by which rule, why, and by which data.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { Pill, type Tone } from '../parts/pill.tsx';
import { EmptyState, ErrorState, LoadingState } from '../parts/states.tsx';
import { TableBox } from '../parts/table-box.tsx';
import { callPath } from '../routes.ts';
import { shortTimeWords, timeWords } from '../words.ts';
import { campaigns, type AuditEntry } from './campaign-api.ts';
import { outcomeTone, whyOf } from './progress-words.ts';

const DECISIONS: Readonly<Record<AuditEntry['decision'], readonly [Tone, string]>> = {
  dial: ['good', 'called'],
  wait: ['warn', 'not now'],
  never: ['bad', 'never'],
  settle: ['info', 'ended'],
  void: ['neutral', 'not placed'],
  control: ['neutral', 'campaign'],
};

const SHOWN = {
  all: 'All',
  refusals: 'Refusals',
  attempts: 'Attempts',
} as const;
type Shown = keyof typeof SHOWN;

const OF: Readonly<Record<Shown, (decision: AuditEntry['decision']) => boolean>> = {
  all: () => true,
  refusals: (decision) => decision === 'wait' || decision === 'never',
  attempts: (decision) => decision === 'dial' || decision === 'settle' || decision === 'void',
};

export function Decisions({ campaignId, isMoving }: { campaignId: string; isMoving: boolean }): ReactNode {
  /** Where each page begins that was turned to, the shown one last. */
  const [cursors, turnTo] = useState<readonly string[]>(['']);
  const [shown, show] = useState<Shown>('all');
  const cursor = cursors.at(-1) ?? '';
  const asked = useQuery({
    queryKey: ['campaigns', campaignId, 'audit', cursor],
    queryFn: ({ signal }) => campaigns.audit(campaignId, cursor, signal),
    placeholderData: keepPreviousData,
    // A page that is full stays as it is.
    refetchInterval: ({ state }) => (isMoving && state.data?.next === null ? 2_000 : false),
  });
  const { refetch } = asked;
  // Its last lines are written as it comes to rest.
  useEffect(() => {
    if (!isMoving) void refetch();
  }, [isMoving, refetch]);
  const next = asked.data?.next ?? null;
  const lines = (asked.data?.lines ?? []).filter(({ decision }) => OF[shown](decision));
  return (
    <section className="card" aria-labelledby="campaign-decisions">
      <div className="decisions-head">
        <h2 id="campaign-decisions">Attempts and refusals</h2>
        <fieldset className="segments" aria-label="Which are shown">
          {(Object.keys(SHOWN) as Shown[]).map((each) => (
            <label key={each}>
              <input type="radio" name="decisions" checked={shown === each} onChange={() => show(each)} />
              <span>{SHOWN[each]}</span>
            </label>
          ))}
        </fieldset>
      </div>
      {asked.isPending ? (
        <LoadingState what="the decisions" />
      ) : !asked.data ? (
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      ) : lines.length === 0 ? (
        <EmptyState title="Nothing of this kind on this page" />
      ) : (
        <TableBox label="Decisions, oldest first">
          <table className="decisions">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Number</th>
                <th scope="col">Decision</th>
                <th scope="col">Rule</th>
                <th scope="col">Why</th>
                <th scope="col">Data</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <DecisionRow key={line.id} line={line} />
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
      {(cursors.length > 1 || next !== null) && (
        <div className="decisions-foot">
          <button type="button" disabled={cursors.length === 1} onClick={() => turnTo(cursors.slice(0, -1))}>
            Earlier
          </button>
          <span className="quiet small">Page {cursors.length}, oldest first</span>
          <button
            type="button"
            disabled={next === null}
            onClick={() => next !== null && turnTo([...cursors, next])}
          >
            Later
          </button>
        </div>
      )}
    </section>
  );
}

function DecisionRow({ line }: { line: AuditEntry }): ReactNode {
  const { call, outcome, status } = line.facts;
  const [tone, words] =
    line.decision === 'settle' && typeof outcome === 'string'
      ? [outcomeTone(outcome), outcome]
      : DECISIONS[line.decision];
  return (
    <tr>
      <td title={timeWords(line.at)}>{shortTimeWords(line.at, Date.now())}</td>
      <td>{line.to ?? '–'}</td>
      <td>
        <Pill tone={tone}>{words}</Pill>
      </td>
      <td>
        <code>{line.rule}</code>
      </td>
      <td>
        {whyOf(line)}
        {typeof call === 'string' && status === 'completed' && (
          <>
            {' '}
            <Link href={callPath(call)}>the call</Link>
          </>
        )}
      </td>
      <td className="quiet small">{line.data}</td>
    </tr>
  );
}
