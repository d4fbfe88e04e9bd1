// One call as its caller had it: which words were heard and when, when their questions ended, when the line went and came back.
// Times are epoch ms. Judges nothing.
import { readWav } from '../../src/audio/wav.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { wordsIn, type HeardWord } from './tones.ts';

export interface Word extends Pick<HeardWord, 'line' | 'word'> {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Ear {
  readonly callSid: string;
  readonly words: readonly Word[];
  /** Each question, from its end to the first sound after it; undefined: none came. */
  readonly questions: readonly { readonly atMs: number; readonly answeredMs: number | undefined }[];
  /** Each time the line went and came back. */
  readonly breaks: readonly { readonly lostMs: number; readonly backMs: number | undefined }[];
  /** Any sound of the agent's after this time; undefined: none. */
  soundAfter(epochMs: number): number | undefined;
}

const SAMPLES_PER_MS = 8;
/** Of 10 ms, in units of PCM16: below this it is silence. */
const LOUD = 300;

export function earOf(call: PhoneCall): Ear {
  const { placedEpochMs, events } = call;
  // The recording begins at the answer.
  const beganMs = placedEpochMs + (call.durationMs > 0 ? call.elapsedMs - call.durationMs : 0);
  const [, agent = new Int16Array()] = readWav(call.recording()).channels;
  const epoch = (atMs: number): number => placedEpochMs + atMs;
  const starts = events.flatMap((event) => (event.type === 'agentStarted' ? [epoch(event.atMs)] : []));
  const opened = events.flatMap((event) => (event.type === 'streamOpened' ? [epoch(event.atMs)] : []));
  return {
    callSid: call.callSid,
    words: wordsIn(agent).map(({ line, word, fromMs, ms }) => ({
      ...{ line, word, fromMs: beganMs + fromMs, toMs: beganMs + fromMs + ms },
    })),
    questions: events.flatMap((event) => {
      if (event.type !== 'saidEnd') return [];
      const atMs = epoch(event.atMs);
      return [{ atMs, answeredMs: starts.find((startMs) => startMs >= atMs) }];
    }),
    breaks: events.flatMap((event) => {
      if (event.type !== 'streamClosed') return [];
      const lostMs = epoch(event.atMs);
      return [{ lostMs, backMs: opened.find((backMs) => backMs >= lostMs) }];
    }),
    soundAfter(epochMs) {
      const block = 10 * SAMPLES_PER_MS;
      for (
        let at = Math.max(0, Math.round((epochMs - beganMs) * SAMPLES_PER_MS));
        at < agent.length;
        at += block
      )
        if (agent.subarray(at, at + block).some((sample) => Math.abs(sample) >= LOUD))
          return beganMs + at / SAMPLES_PER_MS;
      return undefined;
    },
  };
}
