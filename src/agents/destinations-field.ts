// How the people that callers can be sent to are written in a profile. How they are reached is not known here.
import { z } from 'zod';
import { parsePhoneNumber } from '../base/phone-number.ts';
import { mayDial } from './dial-guard.ts';
import { httpsAddress, onOrOff, wholeFrom, words } from './fields.ts';
import type { Hours } from './hours.ts';
import { openingHours } from './hours-field.ts';

const TO =
  'expected a phone number with its country code in quotes, such as "+15550100111", or a sip: address';

/** Written as people write numbers, and kept as E.164. `countries`: ISO 3166; undefined: any. */
const dialable = (countries: ReadonlySet<string> | undefined) =>
  z
    .string(TO)
    .trim()
    .transform((text, context): string => {
      const refusal = mayDial(text, { countries });
      if (refusal === undefined) return parsePhoneNumber(text) ?? text;
      context.addIssue(refusal.words);
      return z.NEVER;
    });

export const NAME = /^[a-z][a-z0-9_]*$/;
export const NAME_EXPECTED = 'expected a name of small letters, digits and _, such as front_desk';

/** Where a profile does not say. */
export const QUEUE = { longestWaitMin: 10, minutesACall: 4 };

const destination = (countries: ReadonlySet<string> | undefined) =>
  z.strictObject({
    to: dialable(countries).describe(
      'Its phone number, or its sip: address; neither an emergency number nor one that costs extra.',
    ),
    description: words.describe('What it is for: the agent chooses by this.'),
    spoken: words
      .optional()
      .describe('What callers hear it called, such as "Billing"; its name with spaces when left out.'),
    transfer: z
      .enum(['cold', 'warm', 'queue', 'refer'])
      .default('cold')
      .describe(
        'How callers get there. cold: rung and connected; warm: told first who waits, and asked; queue: callers wait for their turn; refer: the caller’s own SIP server is told to call it, for sip: addresses.',
      ),
    ring_s: wholeFrom(5, 60, 'seconds')
      .default(20)
      .describe('How many seconds it rings before nobody is there.'),
    caller_id: z
      .enum(['caller', 'ours'])
      .default('caller')
      .describe('Whose number is shown there: that of the caller, or the one that was called.'),
    hours: openingHours
      .optional()
      .describe('When somebody is there, in time_zone; at all times when left out.'),
    screen_pop: httpsAddress
      .optional()
      .describe(
        'An https:// address to which a summary is posted when somebody takes a warm transfer, or a call of the queue.',
      ),
    longest_wait_min: wholeFrom(1, 60, 'minutes')
      .default(QUEUE.longestWaitMin)
      .describe('With transfer: queue, for how many minutes a caller is kept waiting at most.'),
    minutes_a_call: wholeFrom(1, 60, 'minutes')
      .default(QUEUE.minutesACall)
      .describe(
        'With transfer: queue, how many minutes a place in it is reckoned to take until others have waited.',
      ),
    callback: onOrOff
      .default(true)
      .describe('With transfer: queue, whether those who wait may ask to be called back.'),
  });

type Written = z.output<ReturnType<typeof destination>>;

/** The same shape as the plan of a call has. */
function destinationOf(name: string, file: Written) {
  const hours: Hours | undefined = file.hours;
  return {
    name,
    to: file.to,
    description: file.description,
    spoken: file.spoken ?? name.replaceAll('_', ' ').trim(),
    by: file.transfer,
    ringS: file.ring_s,
    callerId: file.caller_id,
    hours,
    screenPop: file.screen_pop,
    queue: {
      longestWaitMin: file.longest_wait_min,
      minutesACall: file.minutes_a_call,
      callback: file.callback,
    },
  };
}

/** Part of the schema of a profile; in the order in which they are written. */
export const destinations = (countries: ReadonlySet<string> | undefined) =>
  z
    .record(z.string().regex(NAME, NAME_EXPECTED), destination(countries))
    .default({})
    .transform((file) => Object.entries(file).map(([name, written]) => destinationOf(name, written)))
    .describe('Where callers can be sent, by a name of your own: the agent names it, and never a number.');
