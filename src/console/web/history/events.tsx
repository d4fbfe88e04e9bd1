// What happened in a call besides talk, in order, narrowed by kind.
import { useState, type ReactNode } from 'react';
import type { MarkFacts } from '../../board-notice.ts';
import type { RecordedEvent } from '../../../records/record.ts';
import { markWords } from '../board/mark-words.ts';
import type { Tone } from '../parts/tone.ts';
import { durationWords, latencyWords, spokenName } from '../words.ts';

export function Events({
  events,
  onGoTo,
}: {
  events: readonly RecordedEvent[];
  onGoTo: ((atMs: number) => void) | undefined;
}): ReactNode {
  const [hidden, hide] = useState<ReadonlySet<string>>(new Set());
  const counts = Map.groupBy(events, ({ type }) => type);
  if (events.length === 0) return <p className="quiet">Nothing but talk.</p>;
  const opened = events.findIndex(({ type }) => type === 'line-opened');
  const shown = events.map((event, n) => ({ event, n })).filter(({ event }) => !hidden.has(event.type));
  return (
    <>
      <fieldset className="event-kinds">
        <legend className="unseen">Kinds of events</legend>
        {[...counts].map(([type, those]) => (
          <label key={type}>
            <input
              type="checkbox"
              checked={!hidden.has(type)}
              onChange={({ currentTarget }) => {
                const next = new Set(hidden);
                if (currentTarget.checked) next.delete(type);
                else next.add(type);
                hide(next);
              }}
            />{' '}
            {spokenName(type)} <span className="quiet">{those.length}</span>
          </label>
        ))}
      </fieldset>
      <ol className="event-list" aria-label="Events">
        {shown.map(({ event, n }) => {
          const { title, detail, tone } =
            n === opened ? { title: 'Line opened', detail: '', tone: 'neutral' as const } : wordsOf(event);
          return (
            <li key={n}>
              {onGoTo ? (
                <button
                  type="button"
                  className="plain small transcript-time"
                  aria-label={`Play from ${durationWords(event.atMs)}`}
                  onClick={() => onGoTo(event.atMs)}
                >
                  {durationWords(event.atMs)}
                </button>
              ) : (
                <time className="talk-time">{durationWords(event.atMs)}</time>
              )}
              <p className="talk-mark" data-tone={tone}>
                <strong>{title}</strong> {detail}
              </p>
            </li>
          );
        })}
      </ol>
      {shown.length === 0 && <p className="quiet">All kinds are hidden.</p>}
    </>
  );
}

function wordsOf({ type, facts }: RecordedEvent): { title: string; detail: string; tone: Tone } {
  const { afterMs, from, ms, is } = facts;
  const plain = (title: string, detail: string) => ({ title, detail, tone: 'neutral' }) as const;
  if (type === 'session-ready' && typeof afterMs === 'number')
    return plain('Model is ready', `after ${latencyWords(afterMs)}`);
  if (type === 'greeting-played' && typeof ms === 'number')
    return plain('Greeting', `of ${latencyWords(ms)}, from a ${String(from)}`);
  if (type === 'sound-over-agent' && typeof afterMs === 'number')
    return plain('Sound over the agent', `${String(is)}, told after ${latencyWords(afterMs)}`);
  // What the record keeps of an event is what its notice said.
  return markWords({ type, ...facts } as MarkFacts);
}
