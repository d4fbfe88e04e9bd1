// One leg of the telephone network: whose, and what the carrier does with it just now.
import type { CallId } from '../../../src/base/ids.ts';
import type { CarrierCall, Errand, PersonQuestion } from '../../../src/carrier/webhooks.ts';

export type Place =
  /** Taken by the carrier, and not dialled yet: an account dials one after the other. */
  | { readonly at: 'waiting-to-ring' }
  | { readonly at: 'ringing' }
  /** A webhook is on its way. */
  | { readonly at: 'asking' }
  | { readonly at: 'saying' }
  | { readonly at: 'stream' }
  /** `sinceMs`: they talk. */
  | { readonly at: 'dial'; readonly other: Leg; readonly sinceMs: number | undefined }
  | { readonly at: 'dialled'; readonly by: Leg }
  | { readonly at: 'refer' }
  | { readonly at: 'conference'; readonly name: string }
  | { readonly at: 'queue'; readonly name: string; readonly sinceMs: number }
  /** Waits for somebody to be first in a queue. */
  | { readonly at: 'taking' }
  | { readonly at: 'bridge'; readonly other: Leg; readonly sinceMs: number; readonly waitedS: number }
  | { readonly at: 'record' }
  | { readonly at: 'keys' }
  | { readonly at: 'over' };

/** Why a caller's call may be ended without a word. */
export type Credit = 'agent' | 'talk' | 'message' | 'key' | 'referred' | 'accepts';

export interface Leg {
  readonly id: CallId;
  readonly is: 'caller' | 'person' | 'dialled';
  readonly call: Omit<CarrierCall, 'status'>;
  /** Of whom we called. */
  readonly errand: Errand | undefined;
  readonly ringS: number;
  readonly credits: Set<Credit>;
  readonly bornMs: number;
  place: Place;
  /** The agent wants them to go somewhere, and it is not done yet. */
  isSent: boolean;
  /** Of the verb that it was given last. */
  step: number | undefined;
  /** Counts what happens to it: what was begun before is stale. */
  turn: number;
  /** When it came to its place. */
  changedMs: number;
}

export type NewLeg = Pick<Leg, 'id' | 'is' | 'call'> & {
  readonly errand?: Errand;
  readonly ringS?: number;
  readonly place?: Place;
};

export const newLeg = (more: NewLeg, nowMs: number): Leg => ({
  ...{ errand: undefined, ringS: 0, place: { at: 'ringing' }, ...more },
  ...{ credits: new Set(), isSent: false, step: undefined, turn: 0, changedMs: nowMs, bornMs: nowMs },
});

export const isOver = ({ place }: Leg): boolean => place.at === 'over';
export const isRinging = ({ place }: Leg): boolean =>
  place.at === 'ringing' ||
  (place.at === 'dialled' && place.by.place.at === 'dial' && place.by.place.sinceMs === undefined);

/** What is asked when somebody whom we called has hung up. */
export const overFor = ({ call }: Leg, errand: Errand): PersonQuestion => ({
  ...{ call: { ...call, status: 'completed' }, errand, outcome: { of: 'over' } },
});
