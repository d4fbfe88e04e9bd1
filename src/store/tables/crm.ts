// The tables of Liveline's own CRM; see crm/.
import type { Generated, GeneratedAlways } from 'kysely';
import type { Json, NullableTime, Time } from './columns.ts';

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
