// Bringing a message to people: what there is to bring, by which way, and what becomes of one who could not be reached.
// Knows no protocol.
import { LivelineError, messageOf } from '../../base/errors.ts';
import { pauseAfter } from '../crm-log-policy.ts';
import type { Job } from './queue.ts';

export interface Letter {
  readonly message: Job['message'];
  readonly words: Job['words'];
  readonly transcript: string | undefined;
  /** A WAV file; undefined: the carrier never gave it. */
  readonly wav: Uint8Array | undefined;
  /** Where it can be had later; undefined: nowhere. */
  readonly soundUrl: string | undefined;
}

/**
 * Throws DELIVERY_UNAVAILABLE: nothing was done, or doing it again does no harm. DELIVERY_REFUSED: they will not take it,
 * or not the sound, and that is nowhere else. DELIVERY_IN_DOUBT: nobody can say, also when the signal fires after it was
 * sent. Otherwise the signal's reason.
 */
export type Deliver = (letter: Letter, target: string, signal: AbortSignal) => Promise<void>;

/** By the look of the target. */
export const deliverBy =
  (ways: { readonly mail: Deliver; readonly webhook: Deliver }): Deliver =>
  (letter, target, signal) =>
    /^https?:\/\//i.test(target) ? ways.webhook(letter, target, signal) : ways.mail(letter, target, signal);

export type DeliveryVerdict = { readonly why: string } & (
  { readonly is: 'failed' | 'in-doubt' } | { readonly is: 'due'; readonly afterMs: number }
);

/** Of one that threw. `isOurs`: nobody waited for it any more. `tries`: with this one. */
export function verdictOnDelivery(thrown: unknown, tries: number, isOurs: boolean): DeliveryVerdict {
  const why = whyOf(thrown);
  const code = thrown instanceof LivelineError ? thrown.code : undefined;
  if (code === 'DELIVERY_IN_DOUBT') return { is: 'in-doubt', why };
  if (code === 'DELIVERY_REFUSED' || code === 'ADDRESS_REFUSED') return { is: 'failed', why };
  if (isOurs) return { is: 'due', afterMs: 0, why };
  // A fault of our own may come before or after it was sent.
  if (code !== 'DELIVERY_UNAVAILABLE') return { is: 'in-doubt', why };
  const afterMs = pauseAfter(tries);
  return afterMs === undefined ? { is: 'failed', why } : { is: 'due', afterMs, why };
}

export const whyOf = (thrown: unknown): string =>
  thrown instanceof LivelineError ? `${thrown.code}: ${thrown.message}` : messageOf(thrown);
