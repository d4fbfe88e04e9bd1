// A voicemail as it is shown: what is known of a message that a caller left. These schemas are its types and its documentation.
import { z } from 'zod';

export const STAGES = ['sound', 'words', 'delivery', 'removal', 'over'] as const;
export type Stage = (typeof STAGES)[number];
export const DELIVERY_STATES = ['due', 'begun', 'done', 'failed', 'in-doubt'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

const delivery = z
  .object({
    to: z.string().describe('An e-mail address, or an https address.'),
    state: z
      .enum(DELIVERY_STATES)
      .describe('due: not yet, or not yet again; begun: just now; in-doubt: nobody can say, look there.'),
    cause: z.string().nullable().describe('Why it has not arrived, for people.'),
  })
  .meta({ id: 'VoicemailDelivery' });

export const voicemailEntry = z
  .object({
    id: z.string().describe("The recording, by the carrier's id."),
    callId: z.string(),
    profile: z.string(),
    from: z.string().describe('E.164, or what the carrier knows.'),
    to: z.string(),
    rehearsal: z.boolean().describe('Left in a call on the simulators.'),
    recordedAt: z.iso.datetime(),
    seconds: z.number().nonnegative(),
    stage: z
      .enum(STAGES)
      .describe(
        'What is being done: its sound fetched from the carrier, its words written down, it is delivered, the carrier told to delete it; over: all done.',
      ),
    sound: z
      .enum(['due', 'kept', 'lost'])
      .describe('lost: the carrier did not give it within a day; it may still be there.'),
    words: z
      .enum(['off', 'due', 'done', 'none', 'failed'])
      .describe('Whether they were written down; none: nothing was said.'),
    transcript: z.string().nullable(),
    deliveries: z.array(delivery),
    keptUntil: z.iso.datetime().nullable().describe('When it is deleted; null: never.'),
  })
  .meta({ id: 'Voicemail' });
export type VoicemailEntry = z.output<typeof voicemailEntry>;

export const voicemailQuery = z.strictObject({
  number: z.string().trim().min(1).optional().describe('Who left it or was called: E.164.'),
  profile: z.string().trim().min(1).optional(),
  call: z.string().trim().min(1).optional().describe("Left in this call, by the carrier's id."),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().optional().describe('`next` of the page before.'),
});
export type VoicemailQuery = z.output<typeof voicemailQuery>;

export const voicemailPage = z
  .object({
    voicemails: z.array(voicemailEntry).describe('Newest first.'),
    next: z.string().nullable().describe('The cursor of the next page; null: there is none.'),
  })
  .meta({ id: 'VoicemailPage' });
export type VoicemailPage = z.output<typeof voicemailPage>;
