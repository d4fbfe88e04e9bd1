// A message that a caller left: what of it has to be known to bring it to people. Plain data.
import { z } from 'zod';
import { callId } from '../../base/ids.ts';

/** Of a carrier; also the name of a file. */
export const RECORDING_ID = /^[\w-]{1,64}$/;

export const message = z.object({
  /** The carrier's, of the recording. */
  id: z.string().regex(RECORDING_ID),
  callId: z.string().transform(callId),
  profile: z.string(),
  from: z.string(),
  to: z.string(),
  /** BCP 47. */
  language: z.string(),
  /** IANA. */
  timeZone: z.string(),
  /** Left out: the usual one. */
  model: z.string().optional(),
  /** Left in a call on the simulators. */
  rehearsal: z.boolean(),
  recordedAtMs: z.number(),
  /** By the carrier at first, then by the sound itself. */
  durationMs: z.number(),
  /** E-mail addresses and https addresses. */
  deliverTo: z.array(z.string()),
  transcribe: z.boolean(),
  /** 0: until it was delivered. */
  keepDays: z.union([z.number().nonnegative(), z.literal('forever')]),
});
export type Message = z.output<typeof message>;
