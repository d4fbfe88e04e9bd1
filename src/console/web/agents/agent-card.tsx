// One agent: whom it answers, what it can do, what is wrong with its file, and what changed in it.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AgentView, FaultView } from '../../agent-view.ts';
import { Copyable } from '../parts/copyable.tsx';
import { Pill } from '../parts/pill.tsx';
import { phonePath } from '../routes.ts';
import { timeWords } from '../words.ts';
import { LineDiff } from './line-diff.tsx';

export function AgentCard({ agent, mayCall }: { agent: AgentView; mayCall: boolean }): ReactNode {
  const { name, version, file, language, voice, model, direction, change, faults, greeting } = agent;
  const heading = `agent-${encodeURIComponent(name)}`;
  return (
    <article className="card agent" aria-labelledby={heading}>
      <div className="agent-head">
        <h2 id={heading}>{name}</h2>
        {faults.length > 0 && <Pill tone="bad">File has faults</Pill>}
        {faults.length === 0 && change?.kind === 'waiting' && <Pill tone="warn">Change waits</Pill>}
        {change?.kind === 'taken' && <Pill tone="info">Changed</Pill>}
        {direction !== 'outbound' && mayCall && (
          <Link href={phonePath(name)} className="button small" aria-label={`Try it: ${name}`}>
            Try it
          </Link>
        )}
      </div>
      <dl className="agent-facts">
        <Fact name="Answers">{numbersOf(agent)}</Fact>
        <Fact name="Speaks">
          {language}
          {voice !== null && `, ${voice}`}
        </Fact>
        <Fact name="Model">
          <code>{model}</code>
        </Fact>
        <Fact name="Tools">{agent.tools.length === 0 ? 'None' : agent.tools.join(', ')}</Fact>
        {agent.destinations.length > 0 && <Fact name="Transfers to">{agent.destinations.join(', ')}</Fact>}
        {agent.handsOverTo.length > 0 && <Fact name="Hands over to">{agent.handsOverTo.join(', ')}</Fact>}
        <Fact name="Recorded">{agent.isRecorded ? 'Yes' : 'No'}</Fact>
        <Fact name="Version">
          <Copyable text={version} what={`the version of ${name}`} />
        </Fact>
        {file !== null && (
          <Fact name="File">
            <code className="agent-file">{file}</code>
          </Fact>
        )}
      </dl>
      <p className="agent-greeting">
        <span className="quiet">Greeting</span> {greeting}
      </p>
      <Faults faults={faults} />
      {change && (
        <details open={change.kind === 'waiting'}>
          <summary>
            {change.kind === 'waiting' ? 'On disk, and not taken' : 'Changed, and taken for new calls'}{' '}
            <span className="quiet">{timeWords(change.at)}</span>
          </summary>
          <LineDiff lines={change.lines} label={`What changed in the file of ${name}`} />
        </details>
      )}
      <details>
        <summary>Instructions</summary>
        <pre className="agent-instructions" tabIndex={0}>
          {agent.instructions}
        </pre>
      </details>
    </article>
  );
}

export function Faults({ faults }: { faults: readonly FaultView[] }): ReactNode {
  if (faults.length === 0) return null;
  return (
    <ul className="agent-faults">
      {faults.map(({ file, line, column, words }) => (
        <li key={`${file}:${line}:${column}:${words}`} className="fault">
          {line !== null && (
            <strong>
              Line {line}
              {column !== null && `, column ${column}`}:{' '}
            </strong>
          )}
          {words}
          {file !== null && <code className="agent-fault-file">{file}</code>}
        </li>
      ))}
    </ul>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }): ReactNode => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function numbersOf({ direction, numbers }: AgentView): string {
  const incoming =
    direction === 'outbound'
      ? []
      : [numbers === '*' ? 'every number that no other agent has' : numbers.join(', ') || 'no number'];
  const called = direction === 'inbound' ? [] : ['calls that we place'];
  const words = [...incoming, ...called].join('; ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
