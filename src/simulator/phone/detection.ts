// Twilio's answering machine detection: what it would say of who picked up, and when. By its documentation (Answering Machine
// Detection), from what is known of them; it listens to nothing. Pure.
import { SPEAKS_AFTER_MS, utterancesOf, type PickUp } from './greeting.ts';
import type { Link } from './verb.ts';

export interface Detection {
  /** Of a machine it is told only when its greeting is over: `DetectMessageEnd`. */
  readonly waitsForMessageEnd: boolean;
  readonly callback: Link | undefined;
  readonly timeoutMs: number;
  /** Who speaks longer is a machine. */
  readonly speechMs: number;
  /** Silence that ends speech. */
  readonly speechEndMs: number;
  /** Silence at the beginning that leaves it open. */
  readonly silenceMs: number;
}

/** Twilio's defaults. */
export const USUAL_DETECTION = { timeoutMs: 30_000, speechMs: 2_400, speechEndMs: 1_200, silenceMs: 5_000 };

export type JudgedAs = 'human' | 'machine' | 'fax' | 'unknown';

export interface Verdict {
  /** Since the answer. */
  readonly afterMs: number;
  readonly answeredBy: string;
}

/** So long after a tone began or ended it is told. */
const TONE_MS = { fax: 1_000, beep: 200 };

/** `judgedAs`: left out, what they are. */
export function verdictOf(pickUp: PickUp, judgedAs: JudgedAs | undefined, detection: Detection): Verdict {
  const verdict = soonOrLate(pickUp, judgedAs ?? pickUp.is, detection);
  return verdict.afterMs > detection.timeoutMs
    ? { afterMs: detection.timeoutMs, answeredBy: 'unknown' }
    : verdict;
}

function soonOrLate(pickUp: PickUp, judgedAs: JudgedAs, detection: Detection): Verdict {
  const { waitsForMessageEnd, speechMs, speechEndMs, silenceMs } = detection;
  const [first, beep] = utterancesOf(pickUp);
  const longEnoughMs = SPEAKS_AFTER_MS + speechMs;
  if (judgedAs === 'unknown' || !first) return { afterMs: silenceMs, answeredBy: 'unknown' };
  const spokenMs = first.atMs + first.ms;
  if (judgedAs === 'fax') return { afterMs: first.atMs + TONE_MS.fax, answeredBy: 'fax' };
  if (judgedAs === 'human')
    return { afterMs: Math.min(spokenMs, longEnoughMs) + speechEndMs, answeredBy: 'human' };
  if (!waitsForMessageEnd) return { afterMs: longEnoughMs, answeredBy: 'machine_start' };
  if (beep) return { afterMs: beep.atMs + beep.ms + TONE_MS.beep, answeredBy: 'machine_end_beep' };
  return { afterMs: Math.max(spokenMs, longEnoughMs) + speechEndMs, answeredBy: 'machine_end_silence' };
}
