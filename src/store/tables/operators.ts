// The tables of people who operate this server: their sessions with the console, and what they did; see console/.
import type { Json, Time } from './columns.ts';

export interface OperatorSessionsTable {
  key: Buffer;
  role: 'viewer' | 'operator';
  name: string;
  opened_at: Time;
  used_at: Time;
}

/** Is only ever added to. */
export interface OperatorAuditTable {
  id: string;
  at: Time;
  who: string;
  role: 'viewer' | 'operator' | null;
  /** How they showed who they are; null: they did not. */
  by: 'session' | 'token' | 'machine' | null;
  action: string;
  call_id: string | null;
  campaign_id: string | null;
  outcome: 'done' | 'refused' | 'failed';
  detail: Json;
  /** From which they asked. */
  address: string;
}
