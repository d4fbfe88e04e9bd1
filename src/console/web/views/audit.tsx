// The audit of operators: who did what to which call or campaign, and when. Newest first, narrowed by the server.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { AuditEntry, AuditPage } from '../../audit-entry.ts';
import { get } from '../api.ts';
import { useParameters } from '../location.ts';
import { Pill } from '../parts/pill.tsx';
import type { Tone } from '../parts/tone.ts';
import { EmptyState, ErrorState, FaultLine, LoadingState } from '../parts/states.tsx';
import { TableBox } from '../parts/table-box.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { callPath, campaignPath } from '../routes.ts';
import { factsOf, shortTimeWords, spokenName, timeWords } from '../words.ts';

const PAGE = 50;
/** Whoever looks sees what others do. */
const REFRESH_MS = 10_000;

const OUTCOMES: Readonly<Record<AuditEntry['outcome'], readonly [string, Tone]>> = {
  done: ['Done', 'good'],
  refused: ['Refused', 'warn'],
  failed: ['Failed', 'bad'],
};

export function AuditView(): ReactNode {
  const [parameters, change] = useParameters();
  const outcome = parameters.get('outcome') ?? '';
  const callId = parameters.get('call') ?? '';
  const choice = useId();
  const asked = useInfiniteQuery({
    queryKey: ['audit', outcome, callId],
    queryFn: ({ pageParam, signal }) =>
      get<AuditPage>('/api/v1/audit', { outcome, callId, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    // Once older pages are read, the first one stays as it is.
    refetchInterval: ({ state }) => (state.data && state.data.pages.length > 1 ? false : REFRESH_MS),
  });
  const acts = asked.data?.pages.flatMap((page) => page.acts) ?? [];
  return (
    <div className="stack">
      <ViewHead title="Audit" about="What people did through this console or the API, newest first." />
      <div className="row">
        <label htmlFor={choice}>Outcome</label>
        <select
          id={choice}
          value={outcome}
          onChange={({ currentTarget }) => change({ outcome: currentTarget.value })}
        >
          <option value="">Any outcome</option>
          {Object.entries(OUTCOMES).map(([each, [words]]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
        {callId !== '' && (
          <>
            <span>
              Of one call: <code>{callId}</code>
            </span>
            <button type="button" className="plain" onClick={() => change({ call: undefined })}>
              Of all
            </button>
          </>
        )}
      </div>
      {asked.isPending ? (
        <LoadingState what="the audit" />
      ) : !asked.data ? (
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      ) : acts.length === 0 ? (
        <EmptyState title="Nothing of this kind was done" />
      ) : (
        <>
          <FaultLine fault={asked.error} />
          <Acts acts={acts} />
          {asked.hasNextPage && (
            <div className="row">
              <button
                type="button"
                onClick={() => void asked.fetchNextPage()}
                disabled={asked.isFetchingNextPage}
              >
                {asked.isFetchingNextPage ? 'One moment …' : 'Show older ones'}
              </button>
            </div>
          )}
        </>
      )}
    </div>
  );
}

const Acts = ({ acts }: { acts: readonly AuditEntry[] }): ReactNode => (
  <TableBox label="Acts, newest first">
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
          <th scope="col">To which</th>
          <th scope="col">Outcome</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {acts.map((act) => (
          <ActRow key={act.id} act={act} />
        ))}
      </tbody>
    </table>
  </TableBox>
);

function ActRow({ act }: { act: AuditEntry }): ReactNode {
  const { at, who, role, by, action, callId, campaignId, outcome, detail, address } = act;
  const [words, tone] = OUTCOMES[outcome];
  return (
    <tr>
      <td title={timeWords(at)}>{shortTimeWords(at, Date.now())}</td>
      <td>
        <span className="calls-two">
          <span>{who}</span>
          <span className="quiet small">{[role, by && `by ${by}`].filter(Boolean).join(', ')}</span>
        </span>
      </td>
      <td>{/^[A-Z]+ \//.test(action) ? <code>{action}</code> : spokenName(action)}</td>
      <td>
        {callId !== null ? (
          <Link href={callPath(callId)}>Call {callId.slice(0, 6)}…</Link>
        ) : campaignId !== null ? (
          <Link href={campaignPath(campaignId)}>Campaign</Link>
        ) : (
          <span className="quiet">–</span>
        )}
      </td>
      <td>
        <Pill tone={tone}>{words}</Pill>{' '}
        {Object.keys(detail).length > 0 && <span className="quiet small">{factsOf(detail)}</span>}
      </td>
      <td className="quiet small">{address}</td>
    </tr>
  );
}
