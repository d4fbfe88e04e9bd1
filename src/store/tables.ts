// The tables of the schema `liveline`, as kysely sees them; migrations/ makes them. Times are timestamptz, durations and
// offsets within a call whole milliseconds, money whole millionths of a US dollar.
import type { ColumnType, Generated, JSONColumnType } from 'kysely';

export const SCHEMA = 'liveline';

/** Handed in as JSON text: the driver would make an array of a list. */
type Json = JSONColumnType<object>;
type NullableJson = ColumnType<object | null, string | null, string | null>;
type Time = ColumnType<Date, Date | string, Date | string>;
type NullableTime = ColumnType<Date | null, Date | string | null, Date | string | null>;

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

export interface Tables {
  calls: CallsTable;
  turns: TurnsTable;
  tool_calls: ToolCallsTable;
  call_events: CallEventsTable;
  turn_usage: TurnUsageTable;
}
