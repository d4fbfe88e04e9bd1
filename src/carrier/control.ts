// Power over a call from outside its stream, by the carrier's REST interface.
import type { CallId } from '../base/ids.ts';

export interface CallControl {
  /**
   * Ends the call. A call that is already over counts as done.
   * Throws CARRIER_UNREACHABLE (try again) or CARRIER_REFUSED (do not).
   */
  hangUp(id: CallId): Promise<void>;
}

export interface CarrierAccount {
  /** Tries the credentials. Throws CARRIER_UNREACHABLE (try again) or CARRIER_REFUSED: wrong, or the account may not call. */
  check(): Promise<void>;
}
