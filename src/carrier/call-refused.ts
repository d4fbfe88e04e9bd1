// A call that the carrier will not place, and why: what becomes of the number, and of those after it, depends on it.
import { LivelineError } from '../base/errors.ts';

/**
 * `number`: nobody can be called there · `country`: the account may not call there · `caller-id`: the number that would be
 * shown is not the account's · `account`: credentials, money, or a limit of it; also whatever is new here.
 */
export type CallRefusal = 'number' | 'country' | 'caller-id' | 'account';

/** Nobody was called, and trying the same again does not help. */
export class CallRefused extends LivelineError {
  readonly why: CallRefusal;
  /** In the carrier's own numbering; undefined when it gave none. */
  readonly carrierCode: number | undefined;

  constructor(why: CallRefusal, carrierCode: number | undefined, message: string) {
    super('CARRIER_REFUSED', message);
    this.why = why;
    this.carrierCode = carrierCode;
  }
}
