// What is said first in calls that we place, and what the law of many countries wants said: the field of a profile. Says
// neither when it is spoken nor whether it was.
import { z } from 'zod';
import { fieldsOf, template } from './fields.ts';

/** Each may hold {{variables}}. */
export interface FirstWords {
  readonly identity: string;
  readonly assistant: string;
  readonly callback: string;
  readonly optOut: string;
  /** Where the call is recorded. */
  readonly recording: string | undefined;
}

/** Part of the schema of a profile. */
export const firstWords = z
  .strictObject(
    {
      identity: template.describe('Who calls, and for whom.'),
      assistant: template.describe('That it is no person who speaks.'),
      callback: template.describe('The number on which they can call back.'),
      opt_out: template.describe('How they are never called again.'),
      recording: template.optional().describe('That the call is recorded, where it is.'),
    },
    fieldsOf(
      '{ identity: "This is Harbour Dental.", assistant: "I am an AI assistant.", callback: "…", opt_out: "…" }',
    ),
  )
  .transform(({ identity, assistant, callback, opt_out, recording }): FirstWords => ({
    ...{ identity, assistant, callback, optOut: opt_out, recording },
  }))
  .optional()
  .describe(
    'What is said first, word by word, in calls that this profile places, before the greeting; nobody interrupts it. A campaign needs it.',
  );
