// Every decision of a campaign, as its audit keeps them: who was called, who was not, by which rule, why, and by which data.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { Pill } from '../parts/pill.tsx';
import type { Tone } from '../parts/tone.ts';
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

const KINDS = { '': 'All', refusals: 'Refusals', attempts: 'Attempts' } as const;
type Kind = keyof typeof KINDS;

export function Decisions({ campaignId, isMoving }: { campaignId: string; isMoving: boolean }): ReactNode {
  /** Where each page begins that was turned to, the shown one last. */
  const [cursors, turnTo] = useState<readonly string[]>(['']);
  const [kind, choose] = useState<Kind>('');
  const cursor = cursors.at(-1) ?? '';
  const asked = useQuery({
    queryKey: ['campaigns', campaignId, 'audit', kind, cursor],
    queryFn: ({ signal }) => campaigns.audit(campaignId, kind, cursor, signal),
    placeholderData: keepPreviousData,
    // What is new comes on the first page.
    refetchInterval: isMoving && cursor === '' ? 2_000 : false,
  });
  const { refetch } = asked;
  // Its last lines are written as it comes to rest.
  useEffect(() => {
    if (!isMoving) void refetch();
  }, [isMoving, refetch]);
  const next = asked.data?.next ?? null;
  const lines = asked.data?.lines ?? [];
  const show = (of: Kind): void => {
    choose(of);
    turnTo(['']);
  };
  return (
    <section className="card" aria-labelledby="campaign-decisions">
      <div className="decisions-head">
        <h2 id="campaign-decisions">Attempts and refusals</h2>
        <fieldset className="segments" aria-label="Which are shown">
          {(Object.keys(KINDS) as Kind[]).map((each) => (
            <label key={each}>
              <input type="radio" name="decisions" checked={kind === each} onChange={() => show(each)} />
              <span>{KINDS[each]}</span>
            </label>
          ))}
        </fieldset>
      </div>
      {asked.isPending ? (
        <LoadingState what="the decisions" />
      ) : !asked.data ? (
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      ) : lines.length === 0 ? (
        <EmptyState
          title={kind === '' ? 'Nothing was decided yet' : 'Nothing of this kind was decided yet'}
        />
      ) : (
        <TableBox label="Decisions, newest first">
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
            Newer
          </button>
          <span className="quiet small">Page {cursors.length}, newest first</span>
          <button
            type="button"
            disabled={next === null}
            onClick={() => next !== null && turnTo([...cursors, next])}
          >
            Older
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
