// The calls that there were: looked for by the server, a page at a time.
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { CallPage, CallSummary } from '../../../records/record.ts';
import { get } from '../api.ts';
import { CallFilters, FILTERS } from '../history/call-filters.tsx';
import { outcomeTone } from '../history/outcomes.ts';
import { useParameters } from '../location.ts';
import { Pill } from '../parts/pill.tsx';
import { EmptyState, ErrorState, FaultLine, LoadingState } from '../parts/states.tsx';
import { TableBox } from '../parts/table-box.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { callPath, phonePath } from '../routes.ts';
import { durationWords, moneyWords, shortTimeWords, spokenName } from '../words.ts';

const PAGE = 50;

export function HistoryView(): ReactNode {
  const [parameters] = useParameters();
  const filters = Object.fromEntries(FILTERS.map((name) => [name, parameters.get(name) ?? undefined]));
  const asked = useInfiniteQuery({
    queryKey: ['calls', filters],
    queryFn: ({ pageParam, signal }) =>
      get<CallPage>('/api/v1/calls', { ...filters, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const calls = asked.data?.pages.flatMap((page) => page.calls) ?? [];
  const isNarrowed = Object.values(filters).some((value) => value !== undefined);
  return (
    <div className="stack history">
      <ViewHead title="History" about="Every call that is still on record, newest first.">
        <button type="button" onClick={() => void asked.refetch()} disabled={asked.isFetching}>
          Refresh
        </button>
      </ViewHead>
      <CallFilters />
      {asked.data && <FaultLine fault={asked.error} />}
      {asked.isPending ? (
        <LoadingState what="calls" />
      ) : !asked.data ? (
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      ) : calls.length === 0 ? (
        isNarrowed ? (
          <EmptyState title="No call is like this">Take a filter away, or look further back.</EmptyState>
        ) : (
          <EmptyState title="There is no call yet">
            <Link href={phonePath('')}>Make the first one from this page</Link>
          </EmptyState>
        )
      ) : (
        <>
          <CallsTable calls={calls} />
          <div className="row">
            <span className="quiet" role="status">
              {calls.length} {calls.length === 1 ? 'call' : 'calls'}
              {asked.hasNextPage ? ', and there are older ones' : ''}
            </span>
            {asked.hasNextPage && (
              <button
                type="button"
                onClick={() => void asked.fetchNextPage()}
                disabled={asked.isFetchingNextPage}
              >
                {asked.isFetchingNextPage ? 'One moment …' : 'Show older calls'}
              </button>
            )}
          </div>
        </>
      )}
    </div>
  );
}

function CallsTable({ calls }: { calls: readonly CallSummary[] }): ReactNode {
  const nowMs = Date.now();
  return (
    <TableBox label="Calls">
      <table>
        <thead>
          <tr>
            <th scope="col">Started</th>
            <th scope="col">Who</th>
            <th scope="col">Agent</th>
            <th scope="col">Outcome</th>
            <th scope="col" className="number">
              Duration
            </th>
            <th scope="col" className="number">
              Cost
            </th>
            <th scope="col">Sound</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <CallRow key={call.id} call={call} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function CallRow({ call, nowMs }: { call: CallSummary; nowMs: number }): ReactNode {
  const [, goTo] = useLocation();
  const { id, startedAt, direction, from, to, profile, outcome, durationMs, costUsd, recording } = call;
  const other = direction === 'inbound' ? from : to;
  return (
    // The link is for the keyboard; the pointer may take the whole row.
    <tr data-link onClick={() => goTo(callPath(id))}>
      <td>
        <Link href={callPath(id)} onClick={(event) => event.stopPropagation()}>
          {shortTimeWords(startedAt, nowMs)}
        </Link>
      </td>
      <td className="history-who">
        {other === '' ? 'Unknown number' : other}
        <span className="quiet small">{direction === 'inbound' ? 'called us' : 'was called'}</span>
      </td>
      <td>{profile === '' ? '–' : profile}</td>
      <td>
        <Pill tone={outcomeTone(outcome)}>{outcome === null ? 'In progress' : spokenName(outcome)}</Pill>
      </td>
      <td className="number">{durationMs === null ? '–' : durationWords(durationMs)}</td>
      <td className="number">{costUsd === null ? '–' : moneyWords(costUsd)}</td>
      <td>{recording ? 'Recorded' : <span className="quiet">None</span>}</td>
    </tr>
  );
}
