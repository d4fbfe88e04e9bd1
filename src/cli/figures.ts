// What a call was like for the caller, in figures taken at the phone's own ear.
import type { CallOutcome, PhoneEvent } from '../simulator/phone/events.ts';
import { seconds } from './story.ts';

export interface Figures {
  /** From the stream's opening to the first agent sound in the ear. */
  readonly firstSoundMs: number | undefined;
  /** From the end of each thing the caller said to the first sound of the agent after it. */
  readonly answersMs: readonly number[];
  /** For each interruption: from the caller's first sound to silence in the ear. */
  readonly cutsMs: readonly number[];
}

/** Two frames. */
const SAME_MOMENT_MS = 40;

export function figuresOf(events: readonly PhoneEvent[]): Figures {
  const opened = events.find(({ type }) => type === 'streamOpened');
  const first = events.find(({ type }) => type === 'agentStarted');
  const answersMs: number[] = [];
  const cutsMs: number[] = [];
  let saidMs: number | undefined;
  let waitingMs: number | undefined;
  let cleared: { atMs: number; afterMs: number } | undefined;
  for (const event of events) {
    const { type, atMs } = event;
    if (type === 'said') saidMs = atMs;
    if (type === 'cleared' && saidMs !== undefined) cleared = { atMs, afterMs: atMs - saidMs };
    // A voice that was only lowered sounds on.
    if (type === 'agentQuiet' && cleared && Math.abs(event.endedAtMs - cleared.atMs) < SAME_MOMENT_MS) {
      cutsMs.push(cleared.afterMs);
      cleared = undefined;
    }
    if (type === 'saidEnd') waitingMs = atMs;
    if (type === 'agentStarted' && waitingMs !== undefined) {
      answersMs.push(atMs - waitingMs);
      waitingMs = undefined;
    }
  }
  return { firstSoundMs: opened && first && first.atMs - opened.atMs, answersMs, cutsMs };
}

/** Rows of two columns. */
export function figureRows(
  { firstSoundMs, answersMs, cutsMs }: Figures,
  { durationMs, heardMs }: Pick<CallOutcome, 'durationMs' | 'heardMs'>,
): [string, string][] {
  const ms = (values: readonly number[]): string =>
    values.length === 0 ? 'none' : values.map((value) => `${Math.round(value)} ms`).join(', ');
  return [
    ['stream open → first agent sound', ms(firstSoundMs === undefined ? [] : [firstSoundMs])],
    ['caller stops → agent starts', ms(answersMs)],
    ['caller interrupts → agent falls silent', ms(cutsMs)],
    ['call', `${seconds(durationMs)} s; the caller heard the agent for ${seconds(heardMs)} s`],
  ];
}
