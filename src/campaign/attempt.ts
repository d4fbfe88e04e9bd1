// One attempt to reach a number: its states, and what is known of it. Knows no database.
import type { Fields } from '../agents/instructions.ts';
import type { CallId } from '../base/ids.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { AnsweredBy } from '../call/answered-by.ts';
import type { CallStatus } from '../carrier/webhooks.ts';
import type { Disposition } from '../tools/dispositions.ts';

/**
 * `claimed`: the carrier may or may not have been asked · `placed`: it has the call · `over` · `void`: it was never placed,
 * and must not be taken when it comes all the same.
 */
export type AttemptState = 'claimed' | 'placed' | 'over' | 'void';

export interface Attempt {
  readonly id: string;
  /** Undefined: one call, of no campaign. */
  readonly campaignId: string | undefined;
  readonly contactId: string | undefined;
  /** Of the contact; the first is 1. */
  readonly number: number;
  readonly profile: string;
  readonly to: PhoneNumber;
  readonly from: PhoneNumber;
  readonly variables: Fields;
  readonly state: AttemptState;
  readonly callId: CallId | undefined;
  readonly status: CallStatus | undefined;
  readonly answeredBy: AnsweredBy | undefined;
  readonly disposition: Disposition | undefined;
}

/** What came of an attempt. `not-placed`: nobody was called. */
export type AttemptOutcome =
  | 'human'
  | 'machine'
  | 'message-left'
  | 'fax'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'blocked'
  | 'canceled'
  | 'abandoned'
  | 'opted-out'
  | 'wrong-number'
  | 'not-placed';
