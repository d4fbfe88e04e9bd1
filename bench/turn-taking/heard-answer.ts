// What one caller heard and when, measured at the phone: the agent's answer, where it became softer, and where it was cut.
// Knows nothing of why.
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import type { PhoneEvent } from '../../src/simulator/phone/events.ts';
import { SAMPLES_PER_MS } from '../../src/simulator/phone/track.ts';
import { onsetMs, type Scene } from './scenes.ts';

const SILENT = 0xff;
/** A clear forgets what was queued, and the same words come again a moment later: a gap that short ends no answer. */
const JOINED_WITHIN_MS = 60;

export interface Answer {
  /** Clock time at which the answer began to be heard. */
  readonly fromMs: number;
  /** µ-law, to the first pause or the end; gaps that are too short for one are left out. */
  readonly sound: Uint8Array;
  /** Clock time at which this sample of `sound` was heard. */
  atMs(sample: number): number;
}

export interface Taken {
  /** From the onset of what the caller says, or of the answer where the caller is silent; undefined: never. */
  readonly softerAfterMs: number | undefined;
  readonly cutAfterMs: number | undefined;
}

/** `placedMs`: clock time at which the call was placed. */
export function answerOf(call: PhoneCall, placedMs: number): Answer | undefined {
  const asked = saids(call.events)[0];
  const after = asked ? (call.ear?.heard() ?? []).filter(({ fromMs }) => fromMs > placedMs + asked.atMs) : [];
  const pauseAt = after.findIndex(
    ({ fromMs }, n) => n > 0 && fromMs - after[n - 1]!.toMs >= JOINED_WITHIN_MS,
  );
  const [first, ...more] = pauseAt < 0 ? after : after.slice(0, pauseAt);
  if (!first) return undefined;
  const stretches = [first, ...more];
  return {
    fromMs: first.fromMs,
    sound: Buffer.concat(stretches.map(({ sound }) => sound)),
    atMs(sample) {
      let before = 0;
      for (const { fromMs, sound } of stretches) {
        if (sample < before + sound.length) return fromMs + (sample - before) / SAMPLES_PER_MS;
        before += sound.length;
      }
      return stretches.at(-1)!.toMs;
    },
  };
}

/**
 * `whole`: the same answer as somebody heard it who said nothing. `cutAtMs`: clock time at which the agent fell silent.
 * Undefined when the scene did not take place: nothing was answered, or the caller did not come to speak.
 */
export function taken(
  { says }: Scene,
  { call, placedMs, cutAtMs }: { call: PhoneCall; placedMs: number; cutAtMs: number | undefined },
  whole: Answer,
): Taken | undefined {
  const answer = answerOf(call, placedMs);
  const said = saids(call.events)[1];
  if (!answer || (says && !said)) return undefined;
  const onsetAtMs = says && said ? placedMs + said.atMs + onsetMs(says.wav) : answer.fromMs;
  // To lower the voice, what was not played is cleared and sent again: the first sample that differs is softer.
  const differs = whole.sound.findIndex(
    (code, at) => code !== SILENT && at < answer.sound.length && code !== answer.sound[at],
  );
  const softerAtMs = differs < 0 ? Infinity : answer.atMs(differs);
  return {
    softerAfterMs: softerAtMs < (cutAtMs ?? Infinity) ? softerAtMs - onsetAtMs : undefined,
    cutAfterMs: cutAtMs === undefined ? undefined : cutAtMs - onsetAtMs,
  };
}

const saids = (events: readonly PhoneEvent[]) => events.filter((event) => event.type === 'said');
