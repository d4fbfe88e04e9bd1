// The agents as they take calls now, with what is wrong with their files and what changed in them.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { AgentList } from '../../agent-view.ts';
import { AgentCard, Faults } from '../agents/agent-card.tsx';
import { get } from '../api.ts';
import { ErrorState, FaultLine, LoadingState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { useWho } from '../who.ts';
import { timeWords } from '../words.ts';

/** Files are looked at every second; whoever has just saved one waits for this page. */
const REFRESH_MS = 2_000;

export function AgentsView(): ReactNode {
  const { mayAct } = useWho();
  const asked = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => get<AgentList>('/api/v1/profiles', undefined, signal),
    refetchInterval: REFRESH_MS,
  });
  if (asked.isPending) return <LoadingState what="the agents" />;
  if (!asked.data) return <ErrorState fault={asked.error} again={() => void asked.refetch()} />;
  const { agents, faults, readAt, failedAt, added, removed } = asked.data;
  return (
    <div className="stack">
      <ViewHead title="Agents" about={`Who takes calls, as their files were read ${timeWords(readAt)}.`} />
      <FaultLine fault={asked.error} />
      {failedAt !== null && (
        <div className="fault" role="status">
          The files have faults since {timeWords(failedAt)}: until they are mended, new calls are answered as
          before.
        </div>
      )}
      <Faults faults={faults} />
      {added.length + removed.length > 0 && (
        <p className="notice">
          {added.length > 0 && `New: ${added.join(', ')}. `}
          {removed.length > 0 && `Gone: ${removed.join(', ')}.`}
        </p>
      )}
      <div className="agents">
        {agents.map((agent) => (
          <AgentCard key={agent.name} agent={agent} mayCall={mayAct} />
        ))}
      </div>
    </div>
  );
}
