// A message that a caller left: what of it has to be known to bring it to people. Plain data.
import { z } from 'zod';
import { callId } from '../../base/ids.ts';

/** Of a carrier; also the name of a file. */
export const RECORDING_ID = /^[\w-]{1,64}$/;

/** No call is longer (Twilio docs, Calls resource, TimeLimit). */
const LONGEST_MS = 86_400_000;

/** Whatever the carrier says of a length: one that can be written down. */
export const durationOf = (ms: number): number =>
  Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_MS) : 0;

const left = {
  /** The carrier's, of the recording. */
  id: z.string().regex(RECORDING_ID),
  callId: z.string().transform(callId),
  /** Left in a call on the simulators. */
  rehearsal: z.boolean(),
  recordedAtMs: z.number(),
  /** By the carrier at first, then by the sound itself. */
  durationMs: z.number().transform(durationOf),
};

export const message = z.object({
  ...left,
  profile: z.string(),
  from: z.string(),
  to: z.string(),
  /** BCP 47. */
  language: z.string(),
  /** IANA. */
  timeZone: z.string(),
  /** Left out: the usual one. */
  model: z.string().optional(),
  /** E-mail addresses and https addresses. */
  deliverTo: z.array(z.string()),
  transcribe: z.boolean(),
  /** 0: until it was delivered. */
  keepDays: z.union([z.number().nonnegative(), z.literal('forever')]),
});
export type Message = z.output<typeof message>;

/** Of a message of which it is not known yet whose it is. */
export const leftSomewhere = z.object({ ...left, about: z.literal('unknown') });
export type Left = Pick<Message, keyof typeof left>;

/** Whose a message is, and what becomes of it. */
export type AboutVoicemail = Omit<Message, keyof typeof left>;
