// A profile: the file that says who answers. This schema is its type, its check and, by .describe(), its manual.
// Fields are snake_case, as in the YAML that authors know from elsewhere; the code sees camelCase.
import { z } from 'zod';
import { parsePhoneNumber } from '../base/phone-number.ts';
import { DEFAULT_MODEL } from '../live/session.ts';
import { toolNames } from '../tools/catalogue.ts';
import { variableFaults } from './instructions.ts';

const words = z.string().trim().min(1, 'expected some text');

const template = words.superRefine((text, context) => {
  for (const fault of variableFaults(text)) context.addIssue(fault);
});

const milliseconds = z.int().nonnegative();
const sensitivity = z.enum(['high', 'low']).optional();

const numbers = z.union(
  [
    z.literal('*'),
    z
      .array(
        z
          .string('expected quotes around a phone number, such as "+15550100100"')
          .refine(
            (text) => parsePhoneNumber(text) !== undefined,
            'expected a phone number with its country code, such as "+15550100100"',
          ),
      )
      .min(1, 'expected at least one phone number, or "*" for any'),
  ],
  'expected "*" or a list of phone numbers in quotes, such as ["+15550100100"]',
);

/** Intl throws at what it cannot read. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

const isLanguage = (tag: string): boolean =>
  holds(() => Intl.DateTimeFormat.supportedLocalesOf(tag).length === 1);

/** Offsets such as "+01:00" know no summer time, so only names are taken. */
const isTimeZone = (timeZone: string): boolean =>
  holds(() => /^[A-Z]/.test(Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone));

const voiceActivity = z
  .strictObject({
    start_sensitivity: sensitivity.describe(
      'How easily sound counts as the caller starting to speak; low for noisy lines.',
    ),
    end_sensitivity: sensitivity.describe('How easily a pause counts as the end of what the caller says.'),
    prefix_padding_ms: milliseconds
      .optional()
      .describe('Speech shorter than this does not count as a start.'),
    silence_ms: milliseconds
      .optional()
      .describe("Silence that ends the caller's turn; 500 to 800 is good on the phone."),
  })
  .prefault({})
  .describe('When the model hears the caller start and stop; what is left out is as the model has it.');

const bargeIn = z
  .strictObject({
    caller_interrupts: z
      .boolean()
      .default(true)
      .describe('Whether the agent stops when the caller starts to speak.'),
    greeting_interruptible: z.boolean().default(true).describe('Whether that holds for the greeting too.'),
    min_heard_ms: milliseconds
      .default(0)
      .describe('How much of a turn the caller has to have heard before it can be interrupted.'),
  })
  .prefault({})
  .describe('When the caller may interrupt.');

const tools = z
  .array(z.enum(toolNames))
  .refine((names) => new Set(names).size === names.length, 'expected every tool once')
  .default([])
  .describe('What the agent can do, by name.');

/** The schema of a file. `defaultModel`: for profiles that name no model. */
export const profileSchema = (defaultModel: string = DEFAULT_MODEL) =>
  z
    .strictObject({
      name: words.describe('Who answers, for people who read the log; no two profiles share it.'),
      numbers: numbers.describe(
        'The phone numbers this profile answers, or "*" for every number no other profile has.',
      ),
      instructions: template.describe('Who the agent is and how it behaves; may hold {{variables}}.'),
      greeting: template.describe('What the agent says first, word by word; may hold {{variables}}.'),
      voice: words
        .optional()
        .describe('A voice of the model, such as "Kore"; the model chooses when left out.'),
      language: z
        .string()
        .refine(isLanguage, 'expected a language tag such as "en-US"')
        .default('en-US')
        .describe('What the agent speaks, as a BCP 47 tag.'),
      model: words.default(defaultModel).describe('The Live API model.'),
      voice_activity: voiceActivity,
      barge_in: bargeIn,
      tools,
      time_zone: z
        .string()
        .refine(isTimeZone, 'expected a time zone such as "Europe/Berlin"')
        .default('UTC')
        .describe('The IANA time zone of {{date}} and {{time}}.'),
    })
    .transform(({ numbers, voice_activity, barge_in, time_zone, ...same }) => ({
      ...same,
      numbers: numbers === '*' ? numbers : numbers.flatMap((text) => parsePhoneNumber(text) ?? []),
      voiceActivity: {
        startSensitivity: voice_activity.start_sensitivity,
        endSensitivity: voice_activity.end_sensitivity,
        prefixPaddingMs: voice_activity.prefix_padding_ms,
        silenceMs: voice_activity.silence_ms,
      },
      bargeIn: {
        callerInterrupts: barge_in.caller_interrupts,
        greetingInterruptible: barge_in.greeting_interruptible,
        minHeardMs: barge_in.min_heard_ms,
      },
      timeZone: time_zone,
    }));

/** What the code sees of a file. */
export type Profile = z.output<ReturnType<typeof profileSchema>>;
