// The fields of a profile that say where callers can be sent, what is kept of calls, and how many there may be.
import { z } from 'zod';
import { destinations } from './destinations-field.ts';
import { off, onOrOff, template } from './fields.ts';
import { openingHours } from './hours-field.ts';

const DELIVER = 'expected an e-mail address, or an https:// address';
const MAIL = /^[^\s@<>"]+@[^\s@<>".]+(?:\.[^\s@<>".]+)+$/;

const CREDENTIALS =
  'an https:// address cannot hold a user or password: posts would go without them. Sign them with WEBHOOK_SECRET, or put a key into the query';

const deliverTo = z.string(DELIVER).superRefine((text, context) => {
  // By its look an address with a user is an e-mail address too, and is not delivered to as one.
  if (MAIL.test(text) && !text.includes('://')) return;
  const url = text.startsWith('https://') ? URL.parse(text) : null;
  if (url === null) context.addIssue(DELIVER);
  else if (url.username !== '' || url.password !== '') context.addIssue(CREDENTIALS);
});

/** Half an hour: 16,000 bytes a second as Twilio gives it, which the greatest recording that is fetched holds. */
const LONGEST_MESSAGE_S = 1_800;
/** After four hours Twilio ends a call by itself (twilio.com, Calls resource, TimeLimit). */
const LONGEST_CALL_MIN = 240;

const SECONDS = `expected a whole number of seconds from 5 to ${LONGEST_MESSAGE_S}`;
const CALLS = 'expected a whole number of calls, from 1 on';
const MINUTES = `expected a whole number of minutes from 1 to ${LONGEST_CALL_MIN}; longer no carrier keeps a call`;

const voicemail = z
  .strictObject({
    greeting: template
      .default('Please leave a message after the beep.')
      .describe('What is said before the beep; may hold {{variables}}.'),
    max_seconds: z
      .int(SECONDS)
      .min(5, SECONDS)
      .max(LONGEST_MESSAGE_S, SECONDS)
      .default(120)
      .describe('How long a message after the beep may be.'),
    deliver_to: z
      .array(deliverTo)
      .default([])
      .describe(
        'Where messages go besides the record of the call: e-mail addresses, and https:// addresses.',
      ),
    transcribe: onOrOff
      .default(false)
      .describe('Whether the model writes down what was said, once the caller has hung up.'),
  })
  .transform(({ greeting, max_seconds, deliver_to, transcribe }) => ({
    greeting,
    maxSeconds: max_seconds,
    deliverTo: deliver_to,
    transcribe,
  }));

const recording = z.union(
  [
    off.transform(() => false as const),
    z
      .strictObject({
        announcement: template.describe(
          'Said before anything is recorded; may hold {{variables}}. "none" where the law asks for nothing. In calls that are placed first_words.recording is said in its place, where it is set.',
        ),
      })
      .transform(({ announcement }) => ({
        announcement: announcement.trim().toLowerCase() === 'none' ? undefined : announcement,
      })),
  ],
  'expected "off", or fields: announcement (what is said before, or "none")',
);

/** Part of the schema of a profile. `countries`: that may be dialled, by ISO 3166; undefined: any. */
export const officeSettings = (countries: ReadonlySet<string> | undefined) => ({
  hours: openingHours
    .optional()
    .describe('When you are open, in time_zone: for closed, bookings, {{open_now}} and {{opening_hours}}.'),
  destinations: destinations(countries),
  voicemail: z
    .union(
      [off.transform(() => undefined), voicemail],
      'expected "off", or fields: greeting, max_seconds, deliver_to, transcribe',
    )
    .optional()
    .describe('Messages after the beep; none when left out.'),
  recording: recording
    .default(false)
    .describe(
      'Whether the sound of calls is recorded, from when the announcement was heard to the end, and for as long as their records are kept; "off", or fields. It holds for all of a call, also once another agent goes on with it; while a secret is typed, nothing is heard in it. A greeting_audio is not played where there is an announcement.',
    ),
  limits: z
    .strictObject({
      calls_at_once: z
        .int(CALLS)
        .min(1, CALLS)
        .optional()
        .describe('How many calls this profile takes at the same time; any number when left out.'),
      call_minutes: z
        .int(MINUTES)
        .min(1, MINUTES)
        .max(LONGEST_CALL_MIN, MINUTES)
        .optional()
        .describe('How long a call may last; as long as the carrier lets it when left out.'),
    })
    .prefault({})
    .transform(({ calls_at_once, call_minutes }) => ({
      callsAtOnce: calls_at_once,
      callMinutes: call_minutes,
    }))
    .describe('How many calls there may be, and how long they may last.'),
});
