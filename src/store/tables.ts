// The tables of the schema `liveline`, as kysely sees them; migrations/ makes them. Times are timestamptz, durations and
// offsets within a call whole milliseconds, money whole millionths of a US dollar.
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';

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

/** Of the CRM's rows: those of a rehearsal and the others never see each other. */
interface CrmRow {
  rehearsal: boolean;
}

export interface CrmContactsTable extends CrmRow {
  id: string;
  /** A second creation under it is the first one; null for what nobody created through the CRM's door. */
  key: string | null;
  name: string;
  /** What names are searched by; see crm/folded-name.ts. */
  folded_name: string;
  name_words: GeneratedAlways<string>;
  /** E.164. */
  phone: string | null;
  email: string | null;
  facts: Json;
  /** Put there by the samples of a rehearsal, which alone may change it. */
  sample: Generated<boolean>;
  created_at: Generated<Date>;
  /** Null: as it was created. */
  updated_at: NullableTime;
}

/** No two that are booked overlap. */
export interface CrmAppointmentsTable extends CrmRow {
  id: string;
  key: string | null;
  contact_id: string;
  starts_at: Time;
  ends_at: Time;
  about: string;
  status: 'booked' | 'cancelled';
  created_at: Generated<Date>;
}

export interface CrmObjectsTable extends CrmRow {
  id: string;
  /** By which numbers are given out. */
  n: Generated<string>;
  key: string | null;
  kind: 'order' | 'ticket' | 'message';
  number: string;
  /** Without spaces and dashes, in lower case. */
  bare_number: string;
  contact_id: string | null;
  title: string;
  status: string;
  facts: Json;
  created_at: Generated<Date>;
}

export interface CrmCallsTable extends CrmRow {
  /** The carrier's. No reference to `calls`: whoever logs it may have no record. Goes with the record, where there is one. */
  call_id: string;
  contact_id: string | null;
  from_number: string;
  to_number: string;
  direction: 'inbound' | 'outbound';
  started_at: Time;
  duration_ms: string;
  outcome: string;
  summary: string;
  recording_url: string | null;
}

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

/** Messages that callers left after the beep; see records/voicemail/. */
export interface VoicemailsTable {
  /** The carrier's, of the recording. */
  id: string;
  /** No reference to `calls`: that row is written behind. */
  call_id: string;
  profile: string;
  from_number: string;
  to_number: string;
  language: string;
  time_zone: string;
  /** That writes it down; null: the usual one. */
  model: string | null;
  rehearsal: boolean;
  recorded_at: Time;
  duration_ms: number;
  /** What is to be done next. */
  stage: Generated<'sound' | 'words' | 'delivery' | 'removal' | 'over'>;
  /** Counts those who took it on: the last one's word counts. */
  claim: Generated<number>;
  /** Of this stage. */
  tries: Generated<number>;
  /** Nobody takes it on before this; whoever has it is done by then, or dead. */
  after: Time;
  /** `none`: too short to keep. `lost`: the carrier never gave it. `erased`: delivered, and not to be kept. */
  sound: Generated<'due' | 'kept' | 'none' | 'lost' | 'erased'>;
  /** The installation in whose DATA_DIR the sound is. */
  held_by: string | null;
  /** `none`: nothing was said. */
  words: 'off' | 'due' | 'done' | 'none' | 'failed';
  transcript: string | null;
  /** Once it was delivered. */
  keeps: boolean;
  /** Null: kept for ever. */
  delete_after: NullableTime;
}

export interface VoicemailDeliveriesTable {
  voicemail_id: string;
  n: number;
  /** An e-mail address, or an https address. */
  target: string;
  state: Generated<'due' | 'begun' | 'done' | 'failed' | 'in-doubt'>;
  tries: Generated<number>;
  after: Time;
  cause: string | null;
}

export interface OptOutsTable {
  /** E.164. */
  number: string;
  /** The call in which it was asked for; null: outside of one, or forgotten. */
  call_id: string | null;
  reason: Generated<string>;
  added_at: Generated<Date>;
}

export interface Tables {
  calls: CallsTable;
  turns: TurnsTable;
  tool_calls: ToolCallsTable;
  call_events: CallEventsTable;
  turn_usage: TurnUsageTable;
  tool_effects: ToolEffectsTable;
  crm_contacts: CrmContactsTable;
  crm_appointments: CrmAppointmentsTable;
  crm_objects: CrmObjectsTable;
  crm_calls: CrmCallsTable;
  voicemails: VoicemailsTable;
  voicemail_deliveries: VoicemailDeliveriesTable;
  routes: RoutesTable;
  claims: ClaimsTable;
  callbacks: CallbacksTable;
  opt_outs: OptOutsTable;
}
