// The table of recordings of calls; see records/recording/.
import type { Generated } from 'kysely';
import type { NullableTime, Time } from './columns.ts';

export interface RecordingsTable {
  /** No reference to `calls`: that row is written behind. */
  call_id: string;
  rehearsal: boolean;
  /** Of its first sample. */
  started_at: Time;
  /** The same, since the call was answered. */
  from_ms: number;
  duration_ms: number;
  /** Silent in its place, or missing at the end: the disk was too slow, or full. */
  lost_ms: number;
  /** `erased`: it is to be deleted where it is, and then this row. */
  sound: Generated<'kept' | 'erased'>;
  /** As a storage names itself. */
  place: string;
  /** Null: kept for ever. */
  delete_after: NullableTime;
}
