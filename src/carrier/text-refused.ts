// A text that the carrier will not send, and why: what the caller may be told depends on it.
import { LivelineError } from '../base/errors.ts';

/**
 * `no-texts`: not a number that takes them, such as a landline · `opted-out`: its owner has asked for no more ·
 * `country`: the account may not text there · `line`: our own number or account cannot send texts · `too-many`: we have
 * sent as many as we allow ourselves.
 */
export type TextRefusal = 'no-texts' | 'opted-out' | 'country' | 'line' | 'too-many';

/** Nothing was sent, and trying again does not help. */
export class TextRefused extends LivelineError {
  readonly why: TextRefusal;

  constructor(why: TextRefusal, message: string, options?: { cause?: unknown }) {
    super('CARRIER_REFUSED', message, options);
    this.why = why;
  }
}
