// The fields of a profile for calls that it places: what becomes of one that a machine answers, and how calls may turn out.
// Tells no machine from a person.
import { z } from 'zod';
import { fieldsOf, template } from './fields.ts';

export type OnVoicemail =
  | { readonly do: 'hang-up' }
  /** As hanging up; a campaign calls again later. */
  | { readonly do: 'call-again' }
  /** May hold {{variables}}. */
  | { readonly do: 'leave-message'; readonly text: string };

const ON_VOICEMAIL = 'expected "hang_up", "call_again", or { leave_message: <text> }';

/** Of an outcome; a model has to write it as it is. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const NAMES = 'expected names in small letters, digits and underscores, such as "wants_offer"';

/** Part of the schema of a profile. */
export const placedCallSettings = {
  on_voicemail: z
    .union(
      [
        z.literal('hang_up').transform((): OnVoicemail => ({ do: 'hang-up' })),
        z.literal('call_again').transform((): OnVoicemail => ({ do: 'call-again' })),
        z
          .strictObject(
            { leave_message: template.describe('What is said after the beep, word by word.') },
            fieldsOf('{ leave_message: "This is Harbour Dental. We will call again." }'),
          )
          .transform(({ leave_message }): OnVoicemail => ({ do: 'leave-message', text: leave_message })),
      ],
      ON_VOICEMAIL,
    )
    .prefault('hang_up')
    .describe(
      'What happens when a machine answers a call that this profile places: the end (hang_up), the end and, in a campaign, another call later (call_again), or a message after the beep. A campaign whose settings name machines goes by those.',
    ),
  outcomes: z
    .array(z.string(NAMES).regex(NAME, NAMES))
    .refine((names) => new Set(names).size === names.length, 'expected every name once')
    .default([])
    .describe('More names that record_outcome may write down for calls that this profile places.'),
};
