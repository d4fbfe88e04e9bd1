// The tables of what is owed to callers: where in the telephone network they are, who is called back, who never. See ivr/.
import type { Generated } from 'kysely';
import type { Json, NullableTime, Time } from './columns.ts';

/** Where callers are in the telephone network; rows go after some hours. */
export interface RoutesTable {
  call_id: string;
  from_number: string;
  to_number: string;
  step: number;
  route: Json;
  updated_at: Generated<Date>;
}

/** What one process alone may do, until then. */
export interface ClaimsTable {
  name: string;
  until: Time;
}

/** Callers who were promised that they are called back. */
export interface CallbacksTable {
  id: string;
  /** A second promise under it is the first one. */
  key: string;
  rehearsal: boolean;
  /** In which it was promised. */
  call_id: string;
  profile: string;
  /** Who is called back. */
  to_number: string;
  from_number: string;
  destination: string;
  reason: string;
  due_at: Time;
  state: Generated<'due' | 'dialling' | 'done' | 'failed' | 'in-doubt'>;
  /** So often the carrier was, or may have been, asked to call. */
  attempts: Generated<number>;
  /** So often they did not answer. */
  unanswered: Generated<number>;
  /** When the carrier was, or may have been, asked to call: a number is not rung too often in a day. */
  dialled_at: Generated<Date[]>;
  /** Due: not before this. Dialling: by then it is over, or nobody knows what became of it. */
  next_at: Time;
  /** The carrier's, of the call to them. */
  leg_id: string | null;
  cause: string | null;
  /** Done, failed or in doubt since. */
  settled_at: NullableTime;
}

export interface OptOutsTable {
  /** E.164. */
  number: string;
  /** The call in which it was asked for; null: outside of one, or forgotten. */
  call_id: string | null;
  reason: Generated<string>;
  added_at: Generated<Date>;
}
