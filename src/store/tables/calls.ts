// The tables of what became of calls: what was said, which tools ran and what they did, what it cost. See records/ and tools/.
import type { ColumnType, Generated } from 'kysely';
import type { Json, NullableJson, NullableTime, Time } from './columns.ts';

export interface CallsTable {
  /** The carrier's. */
  id: string;
  profile: string;
  /** Of the profile's file: which wording of it answered. */
  profile_version: string;
  model: string;
  direction: 'inbound' | 'outbound';
  /** E.164, or what the carrier knows. */
  from_number: string;
  to_number: string;
  /** A call on the simulators. */
  rehearsal: boolean;
  /** Which installation answered; see records/node.ts. */
  node: string;
  started_at: Time;
  ended_at: NullableTime;
  duration_ms: number | null;
  /** Why it ended; null while it is in progress. */
  outcome: string | null;
  watchdog: NullableJson;
  /** Tokens of the whole call. */
  usage: NullableJson;
  /** Null: the model's prices are not known. */
  cost_micro_usd: ColumnType<string | null, number | null, number | null>;
  /** So many writes of this call were given up. */
  lost_writes: Generated<number>;
  /** Null: kept for ever. */
  delete_after: NullableTime;
  /** Whether the CRM was told of it. */
  crm_log: Generated<'off' | 'due' | 'begun' | 'done' | 'failed' | 'in-doubt'>;
  crm_log_tries: Generated<number>;
  /** Due: not before this. Begun: by then it is over, or its process died. */
  crm_log_after: NullableTime;
}

export interface TurnsTable {
  call_id: string;
  n: number;
  who: 'caller' | 'agent';
  at_ms: number;
  /** What was said; of the agent, also what nobody heard. */
  text: string;
  /** Of the agent: what the caller heard of it. Of the caller: the same as text. */
  heard: string;
  state: 'open' | 'done' | 'cut';
}

export interface ToolCallsTable {
  call_id: string;
  id: string;
  tool: string;
  args: Json;
  response: NullableJson;
  called_ms: number;
  done_ms: number | null;
  state: 'running' | 'done' | 'cancelled';
  cause: string | null;
  repeated: Generated<boolean>;
}

export interface CallEventsTable {
  call_id: string;
  n: number;
  at_ms: number;
  type: string;
  facts: Json;
}

export interface TurnUsageTable {
  call_id: string;
  n: number;
  turn: number;
  at_ms: number;
  usage: Json;
  cost_micro_usd: number | null;
}

/** What tools have done, so that it is done once; rows go after a day. */
export interface ToolEffectsTable {
  id: Generated<string>;
  call_id: string;
  tool: string;
  /** Of the arguments; see tools/normalised.ts. */
  args_hash: string;
  /** Of what it is done to, hashed too; null: it does not say. */
  about: string | null;
  /** `reversed`: done, and taken back since; it may be done anew. */
  state: 'running' | 'done' | 'in_doubt' | 'reversed';
  /** JSON: what the first call was answered. */
  result: string | null;
  claimed_at: Generated<Date>;
  /** Still running by then, it is in doubt. */
  runs_until: Time;
}
