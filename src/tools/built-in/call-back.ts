// call_back: the caller is promised that they are called back, on the number they call from and on no other: numbers that a
// model names freely would be toll fraud.
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import { parsePhoneNumber } from '../../base/phone-number.ts';
import { defineTool } from '../define-tool.ts';
import { ToolRefusal } from '../refusal.ts';
import type { Office, Tool, ToolContext } from '../tool.ts';
import { optionalDateField, optionalTimeField, wordsField } from './fields.ts';
import { localTimeOf, momentsOf } from './local-time.ts';
import { placeField, placeNamed, type Place } from './places.ts';
import { spokenTime } from './spoken-time.ts';

const MINUTE_MS = 60_000;
const FURTHEST_DAYS = 14;
const MOST_MINUTES = FURTHEST_DAYS * 24 * 60;
const MOST_REASON_CHARACTERS = 200;

interface When {
  readonly date: string | undefined;
  readonly time: string | undefined;
  readonly inMinutes: number | undefined;
}

export const callBack = (places: readonly Place[]): Tool =>
  defineTool({
    name: 'call_back',
    description:
      'Promises the caller that they are called back, on the number that they call from, and connected then. Agree the time ' +
      'with them first. One call is owed to a number at a time: a later promise moves it. A time that is past, too far ahead or ' +
      'when nobody is there is refused in words.',
    args: z.object({
      destination: placeField(places, 'With whom they are connected then.'),
      date: optionalDateField('The date where the office is, as YYYY-MM-DD; goes with time.'),
      time: optionalTimeField(
        'The time of the day where the office is, on a 24-hour clock, as HH:MM; goes with date.',
      ),
      in_minutes: z
        .int()
        .min(0)
        .max(MOST_MINUTES)
        .transform((minutes) => minutes || undefined)
        .optional()
        .describe('In place of date and time: in how many minutes from now.'),
      reason: wordsField('What it is about, in a few words.', MOST_REASON_CHARACTERS),
    }),
    timeoutMs: 5_000,
    effect: {},
    async run({ destination, date, time, in_minutes, reason }, context) {
      const { callbacks, callId, profile, office, epochMs, effectKey, signal } = context;
      if (callbacks === undefined)
        throw new ToolRefusal('Nobody is called back from this line. Say so, and offer to take a message.');
      const { to, from } = numbersOf(context);
      const { name, spoken, isOpenAt } = placeNamed(places, destination);
      const dueEpochMs = dueAt({ date, time, inMinutes: in_minutes }, office, epochMs);
      if (isOpenAt?.(dueEpochMs) === false)
        throw new ToolRefusal(
          'Nobody is there at that time, so nothing was promised. Say so, and ask for another time.',
        );
      const promised = { callId, profile, to, from, destination: name, dueEpochMs, reason };
      const done = await callbacks.promise(promised, effectKey, signal).catch((thrown: unknown) => {
        throw asRefusal(thrown);
      });
      if (done === 'too-often')
        throw new ToolRefusal(
          'This number was called as often as it is in a day, so nothing was promised. Say so, and offer to take a message.',
        );
      const when = spokenTime(dueEpochMs, office);
      const what =
        done === 'moved'
          ? `Moved: a call had been promised to this number before, and takes place at the new time only: ${spoken} calls back`
          : `Promised: ${spoken} calls back`;
      return { tell: { when, message: `${what} ${when}. Tell the caller this time.` } };
    },
  });

function numbersOf({ caller, called }: ToolContext) {
  const to = parsePhoneNumber(caller);
  if (to === undefined)
    throw new ToolRefusal(
      "The caller's number is withheld, so nobody can call it back. Say so, and offer to take a message with a number.",
    );
  const from = parsePhoneNumber(called);
  if (from === undefined)
    throw new LivelineError('CARRIER_REFUSED', 'the number that was called is none that calls can come from');
  return { to, from };
}

/** In ms since the epoch. Throws ToolRefusal with words that ask for another time. */
function dueAt({ date, time, inMinutes }: When, office: Office, epochMs: number): number {
  if (inMinutes !== undefined) return epochMs + inMinutes * MINUTE_MS;
  if (date === undefined || time === undefined)
    throw new ToolRefusal('Give date and time, or in_minutes. Ask the caller when they want to be called.');
  const [dueMs, again] = momentsOf({ date, time }, office.timeZone);
  if (dueMs === undefined)
    throw new ToolRefusal(
      'The clocks are set forward then, so this time does not exist. Ask for another time.',
    );
  // Of a time that comes twice, the one that is still to come.
  const dueEpochMs = dueMs <= epochMs && again !== undefined ? again : dueMs;
  const now = `it is now ${spokenTime(epochMs, office)}, ${localTimeOf(epochMs, office.timeZone).date}`;
  if (dueEpochMs <= epochMs)
    throw new ToolRefusal(`This is in the past: ${now}. Mend the date, or ask for another time.`);
  if (dueEpochMs > epochMs + MOST_MINUTES * MINUTE_MS)
    throw new ToolRefusal(
      `This is too far ahead: ${now}, and nobody is called back after more than ${FURTHEST_DAYS} days.`,
    );
  return dueEpochMs;
}

function asRefusal(thrown: unknown): unknown {
  return thrown instanceof LivelineError && thrown.code === 'DIAL_REFUSED'
    ? new ToolRefusal(
        'The number that the caller calls from is not one that we call. Say so, and offer to take a message.',
      )
    : thrown;
}
