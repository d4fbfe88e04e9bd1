// What the caller means to do: the steps as people write them, checked and with their sound decoded before the call.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { MULAW_8K } from '../../audio/format.ts';
import { soundFromWav } from '../../audio/wav.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';

export type When =
  /** The agent was heard since the step before ended, and then nothing was playing for `quietMs`. */
  | 'agentQuiet'
  /** So much agent sound was heard since the agent began, or since the step before ended: a barge-in. */
  | { readonly agentSpokeForMs: number }
  /** Since the step before ended; for the first step, since the stream opened or the first verb began. */
  | { readonly afterMs: number }
  /** The carrier said it with `<Say>`, to its end, and no step before has waited for the same words. */
  | { readonly spoken: RegExp };

/** `say`: a WAV file, its bytes or its path; waits for `agentQuiet` unless told otherwise. The others come at once. */
export type CallerStep =
  | { readonly say: Uint8Array | string; readonly when?: When }
  /** Keys 0-9, A-D, * and #. */
  | { readonly press: string; readonly when?: When }
  | { readonly hangUp: true; readonly when?: When };

export type PreparedStep = { readonly when: When } & (
  { do: 'say'; what: string; sound: Uint8Array } | { do: 'press'; digits: string } | { do: 'hangUp' }
);

/** Decoding and resampling is the dear part of placing a call; many calls say the same bytes. */
const decoded = new WeakMap<Uint8Array, Uint8Array>();

/** µ-law at 8 kHz of a WAV file. Throws WAV_INVALID. */
export function phoneSound(wav: Uint8Array): Uint8Array {
  const known = decoded.get(wav);
  if (known) return known;
  const sound = soundFromWav(wav, MULAW_8K);
  decoded.set(wav, sound);
  return sound;
}

function readWav(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new LivelineError('SCRIPT_INVALID', `cannot read what to say: ${messageOf(cause)}`, { cause });
  }
}

/** Throws SCRIPT_INVALID unless every character is a key of a telephone. */
export function checkDigits(digits: string): string {
  if (/^[0-9A-D*#]+$/.test(digits)) return digits;
  throw new LivelineError('SCRIPT_INVALID', `a phone has the keys 0-9, A-D, * and #, not '${digits}'`);
}

/** Throws SCRIPT_INVALID or WAV_INVALID. */
export function prepareScript(steps: readonly CallerStep[]): PreparedStep[] {
  return steps.map((step) => {
    if ('say' in step) {
      const { say, when = 'agentQuiet' } = step;
      const wav = typeof say === 'string' ? readWav(say) : say;
      const what = typeof say === 'string' ? basename(say) : 'wav';
      return { do: 'say', when, what, sound: phoneSound(wav) };
    }
    const when = step.when ?? { afterMs: 0 };
    return 'press' in step ? { do: 'press', when, digits: checkDigits(step.press) } : { do: 'hangUp', when };
  });
}
