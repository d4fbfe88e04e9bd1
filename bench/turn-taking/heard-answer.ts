// What one caller heard and when, measured at the phone: the agent's answer, where it became softer, and where it was cut.
// Knows nothing of why.
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import type { PhoneEvent } from '../../src/simulator/phone/events.ts';
import { SAMPLES_PER_MS } from '../../src/simulator/phone/track.ts';
import { onsetMs, type Scene } from './scenes.ts';

const SILENT = 0xff;

export interface Answer {
  /** Clock time at which the answer began to be heard. */
  readonly fromMs: number;
  /** µ-law, to the first pause that the line left or the end. */
  readonly sound: Uint8Array;
}

export interface Taken {
  /** From the onset of what the caller says, or of the answer where the caller is silent; undefined: never. */
  readonly softerAfterMs: number | undefined;
  readonly cutAfterMs: number | undefined;
}

/** `placedMs`: clock time at which the call was placed. */
export function answerOf(call: PhoneCall, placedMs: number): Answer | undefined {
  const asked = saids(call.events)[0];
  const stretch = call.ear?.heard().find(({ fromMs }) => asked && fromMs > placedMs + asked.atMs);
  return stretch && { fromMs: stretch.fromMs, sound: stretch.sound };
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
  const softerAtMs = differs < 0 ? Infinity : answer.fromMs + differs / SAMPLES_PER_MS;
  return {
    softerAfterMs: softerAtMs < (cutAtMs ?? Infinity) ? softerAtMs - onsetAtMs : undefined,
    cutAfterMs: cutAtMs === undefined ? undefined : cutAtMs - onsetAtMs,
  };
}

const saids = (events: readonly PhoneEvent[]) => events.filter((event) => event.type === 'said');
