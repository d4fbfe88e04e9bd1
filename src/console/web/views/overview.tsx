import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { NodeView, Spread } from '../../board.ts';
import type { Totals } from '../../../records/totals.ts';
import { get } from '../api.ts';
import { LostLine } from '../board/lost-line.tsx';
import { useLive } from '../live.ts';
import { Figure } from '../parts/figure.tsx';
import { Pill } from '../parts/pill.tsx';
import { FaultLine, LoadingState } from '../parts/states.tsx';
import { TableBox } from '../parts/table-box.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { countWords, latencyWords, moneyWords, spokenName } from '../words.ts';

const ASK_EVERY_MS = 15_000;
/** Nobody was talked with, or not to the end. That it was closed, or that the caller hung up, is no failure. */
const FAILURES = new Set([
  ...['model-failed', 'line-never-opened', 'line-lost', 'process-died', 'shut-down'],
  ...['not-in-service', 'lines-busy', 'no-session', 'server-stopping'],
]);

function todayIso(): string {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
}

export function OverviewView(): ReactNode {
  const live = useLive();
  const since = todayIso();
  const asked = useQuery({
    queryKey: ['totals', since],
    queryFn: ({ signal }) => get<Totals>('/api/v1/totals', { since }, signal),
    refetchInterval: ASK_EVERY_MS,
  });
  const nodes = [...(live.board?.nodes.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <>
      <ViewHead title="Overview" about="Now, and today since midnight by this browser’s clock." />
      <LostLine live={live} />
      <div className="stack">
        {!live.board ? (
          <LoadingState what="what happens now" />
        ) : (
          <Now
            calls={[...live.board.calls.values()].filter(({ ended }) => !ended).length}
            nodes={nodes.filter(({ isSilent }) => !isSilent)}
          />
        )}
        <section aria-labelledby="today">
          <h2 id="today" className="overview-title">
            Today
          </h2>
          {asked.data && <Today totals={asked.data} />}
          {asked.isPending && <LoadingState what="the records of today" />}
          <FaultLine fault={asked.error} />
        </section>
        {nodes.length > 0 && <Nodes nodes={nodes} own={live.node} />}
      </div>
    </>
  );
}

function Now({ calls, nodes }: { calls: number; nodes: readonly NodeView[] }): ReactNode {
  const capacity = nodes.reduce<number | null>(
    (sum, node) => (sum === null || node.capacity === null ? null : sum + node.capacity),
    0,
  );
  return (
    <section aria-labelledby="now">
      <h2 id="now" className="overview-title">
        Now
      </h2>
      <dl className="figures overview-figures">
        <Figure
          name="Calls in progress"
          value={capacity === null ? countWords(calls) : `${countWords(calls)} / ${countWords(capacity)}`}
          note={
            capacity === null
              ? 'No limit is set: see MODEL_SESSIONS'
              : 'Of the model sessions that may be open'
          }
        />
        <SpreadFigure
          name="Answer to first word"
          spread={slowest(nodes.map((node) => node.firstWords))}
          what="from the answer to the agent’s first sound"
          nodes={nodes.length}
        />
        <SpreadFigure
          name="Voice to voice"
          spread={slowest(nodes.map((node) => node.answers))}
          what="from the caller’s last sound to the agent’s first, at the server"
          nodes={nodes.length}
        />
      </dl>
      <p className="overview-more">
        <Link href="/board">Look at the calls in progress</Link>
      </p>
    </section>
  );
}

function SpreadFigure(props: {
  name: string;
  spread: Spread | null;
  what: string;
  nodes: number;
}): ReactNode {
  const { name, spread, what, nodes } = props;
  if (!spread) return <Figure name={name} value="–" note="Nothing was measured in the last hour" />;
  return (
    <Figure
      name={name}
      value={latencyWords(spread.p50Ms)}
      note={`p95 ${latencyWords(spread.p95Ms)} · ${countWords(spread.count)} measured in the last hour${nodes > 1 ? ' on the slowest node' : ''}, ${what}`}
    />
  );
}

/** Percentiles of several nodes do not add up: the worst one stands for them. */
const slowest = (spreads: readonly (Spread | null)[]): Spread | null =>
  spreads.reduce((worst, spread) => (spread && spread.p95Ms > (worst?.p95Ms ?? -1) ? spread : worst), null);

function Today({ totals }: { totals: Totals }): ReactNode {
  const { calls, outcomes, costUsd, unpricedCalls } = totals;
  const failed = outcomes.filter(({ outcome }) => outcome !== null && FAILURES.has(outcome));
  const failures = failed.reduce((sum, each) => sum + each.calls, 0);
  const share = calls === 0 ? '' : ` · ${((failures / calls) * 100).toFixed(1)} % of all`;
  return (
    <dl className="figures overview-figures">
      <Figure name="Calls" value={countWords(calls)} note="All that began: also those that nobody answered" />
      <Figure
        name="Failures"
        value={countWords(failures)}
        note={
          failures === 0
            ? 'No model or line failed, and nobody was turned away'
            : `${failed.map((each) => `${spokenName(each.outcome ?? '')} ${each.calls}`).join(', ')}${share}`
        }
      />
      <Figure
        name="Spend"
        value={moneyWords(costUsd)}
        note={`The model, by its list prices${
          unpricedCalls === 0
            ? ''
            : `; without ${countWords(unpricedCalls)} calls of models without a known price`
        }`}
      />
    </dl>
  );
}

function NodeState({ node: { isSilent, isDraining } }: { node: NodeView }): ReactNode {
  if (isSilent) return <Pill tone="bad">Not heard</Pill>;
  return isDraining ? <Pill tone="warn">Stopping</Pill> : <Pill tone="good">Takes calls</Pill>;
}

const spreadWords = (spread: Spread | null): string =>
  spread ? `${latencyWords(spread.p50Ms)} / ${latencyWords(spread.p95Ms)}` : '–';

const Nodes = ({ nodes, own }: { nodes: readonly NodeView[]; own: string }): ReactNode => (
  <section aria-labelledby="nodes">
    <h2 id="nodes" className="overview-title">
      Nodes
    </h2>
    <TableBox label="What each node does">
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col" className="number">
              Calls
            </th>
            <th scope="col" className="number">
              Capacity
            </th>
            <th scope="col" className="number">
              First word p50 / p95
            </th>
            <th scope="col" className="number">
              Voice to voice p50 / p95
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.node}>
              <td>
                {node.name}
                {node.node === own && <span className="quiet small"> this one</span>}
              </td>
              <td>
                <NodeState node={node} />
              </td>
              <td className="number">{countWords(node.calls)}</td>
              <td className="number">{node.capacity === null ? '–' : countWords(node.capacity)}</td>
              <td className="number">{spreadWords(node.firstWords)}</td>
              <td className="number">{spreadWords(node.answers)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  </section>
);
