// What was said, as it was heard, with the tools where they were called. Where there is a recording, each line leads to its place.
import type { ReactNode } from 'react';
import type { CallRecord } from '../../../records/record.ts';
import { durationWords, latencyWords } from '../words.ts';

type Turn = CallRecord['turns'][number];
type Tool = CallRecord['tools'][number];
type Line = { readonly atMs: number } & (
  | { readonly is: 'turn'; readonly turn: Turn; readonly answeredMs: number | undefined }
  | { readonly is: 'tool'; readonly tool: Tool }
);

/** How long the caller waited, of a turn of the agent, by its number. */
export type Waits = ReadonlyMap<number, number>;

export interface TranscriptProps {
  readonly record: CallRecord;
  readonly waits: Waits;
  /** Since the call was answered. */
  readonly positionMs: number | undefined;
  /** Left out: there is no sound to go to. */
  readonly onGoTo: ((atMs: number) => void) | undefined;
}

export function Transcript({ record, waits, positionMs, onGoTo }: TranscriptProps): ReactNode {
  const lines = linesOf(record, waits);
  if (lines.length === 0) return <p className="quiet">Nothing was said.</p>;
  const now = positionMs === undefined ? -1 : lines.findLastIndex(({ atMs }) => atMs <= positionMs + 50);
  return (
    <ol className="talk-items transcript">
      {lines.map((line, n) => (
        <li
          key={line.is === 'turn' ? `turn-${line.turn.n}` : `tool-${line.tool.id}`}
          data-is={line.is === 'turn' ? 'said' : 'tool'}
          data-who={line.is === 'turn' ? line.turn.who : undefined}
          aria-current={n === now ? 'true' : undefined}
        >
          {onGoTo ? (
            <button
              type="button"
              className="plain small transcript-time"
              aria-label={`Play from ${durationWords(line.atMs)}`}
              onClick={() => onGoTo(line.atMs)}
            >
              {durationWords(line.atMs)}
            </button>
          ) : (
            <time className="talk-time">{durationWords(line.atMs)}</time>
          )}
          {line.is === 'turn' ? (
            <Said turn={line.turn} answeredMs={line.answeredMs} {...(onGoTo && { onGoTo })} />
          ) : (
            <Called tool={line.tool} />
          )}
        </li>
      ))}
    </ol>
  );
}

function Said({
  turn: { who, text, heard, state, atMs },
  answeredMs,
  onGoTo,
}: {
  turn: Turn;
  answeredMs: number | undefined;
  onGoTo?: (atMs: number) => void;
}): ReactNode {
  const unheard = state === 'cut' && text.startsWith(heard) ? text.slice(heard.length) : '';
  return (
    // The pointer may take the words as well; the keyboard has the button.
    <p className="talk-said" onClick={() => onGoTo?.(atMs)}>
      <span className="talk-who">{who === 'caller' ? 'Caller' : 'Agent'}</span> {heard}
      {unheard.trim() !== '' && (
        <s>
          <span className="unseen">not heard: </span>
          {unheard}
        </s>
      )}
      {state === 'cut' && <span className="quiet small"> interrupted</span>}
      {answeredMs !== undefined && (
        <span className="quiet small transcript-wait"> after {latencyWords(answeredMs)}</span>
      )}
    </p>
  );
}

function Called({
  tool: { tool, args, response, calledMs, doneMs, state, cause, repeated },
}: {
  tool: Tool;
}): ReactNode {
  const now = cause !== null ? 'failed' : state === 'running' ? 'was not over' : state;
  return (
    <details className="talk-tool">
      <summary>
        <span className="talk-who">Tool</span> <code>{tool}</code>{' '}
        <span className="quiet">
          {now}
          {doneMs !== null && ` in ${latencyWords(doneMs - calledMs)}`}
          {repeated && ', as before'}
        </span>
      </summary>
      <h3>Arguments</h3>
      <pre tabIndex={0}>{jsonOf(args)}</pre>
      {response !== null && (
        <>
          <h3>Result</h3>
          <pre tabIndex={0}>{jsonOf(response)}</pre>
        </>
      )}
      {cause !== null && <p className="fault">{cause}</p>}
    </details>
  );
}

function linesOf({ turns, tools }: CallRecord, waits: Waits): readonly Line[] {
  const lines: Line[] = [
    ...turns.map((turn): Line => ({ is: 'turn', atMs: turn.atMs, turn, answeredMs: waits.get(turn.n) })),
    ...tools.map((tool): Line => ({ is: 'tool', atMs: tool.calledMs, tool })),
  ];
  return lines.sort((a, b) => a.atMs - b.atMs);
}

const jsonOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null, undefined, 2);
