// Departing: where a call writes down what becomes of its caller, before it lets go of the line. Whoever answers the
// carrier's next question reads it there.
import type { CallId } from '../base/ids.ts';
import type { Departure } from '../ivr/departure.ts';

export interface Departing {
  /** Synchronous; never throws. */
  write(id: CallId, departure: Departure): void;
}
