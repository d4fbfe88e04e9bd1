// The note of a recording: what is known of it beside its sound, on disk beside that until the database has it. It names no
// number of anybody's.
import { z } from 'zod';

/** As carriers name calls; it is the name of a file. */
export const RECORDED_ID = /^[\w-]{1,64}$/;

export const recordingNote = z.strictObject({
  callId: z.string().regex(RECORDED_ID),
  rehearsal: z.boolean(),
  /** When its first sample was heard. */
  startedAt: z.iso.datetime(),
  /** The same, since the call was answered. */
  fromMs: z.int().nonnegative(),
  /** Null: it is kept for ever. */
  deleteAfter: z.iso.datetime().nullable(),
  /** The process that writes it, or wrote it; see store/process-owner.ts. */
  owner: z.string(),
  /** open: it is being written. */
  is: z.enum(['open', 'whole']),
  /** Silent in its place: so much could not be written in time. */
  lostMs: z.int().nonnegative(),
});
export type RecordingNote = z.output<typeof recordingNote>;
