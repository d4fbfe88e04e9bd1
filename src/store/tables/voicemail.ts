// The tables of messages that callers left, and of where these are brought; see records/voicemail/.
import type { Generated } from 'kysely';
import type { NullableTime, Time } from './columns.ts';

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
