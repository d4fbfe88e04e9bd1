// The fields of a campaign that are numbers: how often, how fast, how long, and when it stops by itself. What is made of them
// is not known here.
import { z } from 'zod';
import { onOrOff, wholeFrom } from '../agents/fields.ts';

const SHARE = 'expected a share from 0 to 1, such as 0.03 for 3 %';
const share = z.number(SHARE).min(0, SHARE).max(1, SHARE);

/** Of all calls that a person answered, within 30 days (16 CFR 310.4(b)(4)(i) and 47 CFR 64.1200(a)(7)). */
export const MOST_ABANDONED = 0.03;
const ABANDONED =
  'expected a share from 0 to 0.03: of calls that people answer, no more than 3 % may be abandoned';

const MOST_CALLS = 10_000;
const calls = wholeFrom(1, MOST_CALLS, 'calls');

export const capsSettings = z
  .strictObject({
    per_day: calls.default(2).describe('Within any 24 hours.'),
    per_week: calls.default(5).describe('Within any 7 days.'),
    total: calls.optional().describe('Ever; any number when left out.'),
    min_gap_hours: z
      .number('expected hours')
      .min(0, 'expected hours, 0 or more')
      .max(24 * 365, 'expected hours, a year of them at most')
      .default(4)
      .describe(
        'Between two calls that rang, or may have rung; a busy line did not ring, one that declined did.',
      ),
  })
  .prefault({})
  .transform((file) => ({
    perDay: file.per_day,
    perWeek: file.per_week,
    total: file.total,
    minGapHours: file.min_gap_hours,
  }))
  .describe(
    'How often one number may be called, by all campaigns together; where the law asks for less, the law counts.',
  );

const SECOND = 'expected calls per second, such as 1 or 0.5, from 0.01 to 100';

export const paceSettings = z
  .strictObject({
    calls_per_second: z
      .number(SECOND)
      .min(0.01, SECOND)
      .max(100, SECOND)
      .default(1)
      .describe(
        'How many calls are begun in a second, at most; no more than the account at the carrier may.',
      ),
    concurrency: calls.default(10).describe('How many of its calls ring or are talked on at the same time.'),
    ramp_minutes: wholeFrom(0, 24 * 60, 'minutes')
      .default(10)
      .describe('From one call at a time at the start, it takes so long until there are all of them.'),
    // At least 15 s or four rings: 47 CFR 64.1200(a)(6), 16 CFR 310.4(b)(4)(ii). At most what Twilio takes (Calls, Timeout).
    ring_s: wholeFrom(15, 600, 'seconds')
      .default(25)
      .describe('For how long it rings before it is given up.'),
  })
  .prefault({})
  .transform((file) => ({
    callsPerSecond: file.calls_per_second,
    concurrency: file.concurrency,
    rampMinutes: file.ramp_minutes,
    ringS: file.ring_s,
  }))
  .describe('How fast it goes.');

export const breakerSettings = z
  .strictObject({
    over: wholeFrom(10, 1_000, 'attempts')
      .default(50)
      .describe('The last attempts that are looked at, of those since it was started.'),
    at_least: wholeFrom(5, 1_000, 'attempts')
      .default(20)
      .describe('With fewer of them nothing is judged; abandoned calls are, from the first.'),
    answer_rate_below: share
      .default(0.05)
      .describe(
        'It stops when a smaller share is answered, by whomever: numbers are bad, or ours is shown as spam.',
      ),
    failure_above: share.default(0.3).describe('It stops when a larger share fails or is blocked.'),
    blocked_above: share
      .default(0.05)
      .describe(
        'It stops when a larger share is blocked by carriers or by who is called (SIP 603, 607, 608).',
      ),
    abandoned_above: z
      .number(ABANDONED)
      .min(0, ABANDONED)
      .max(MOST_ABANDONED, ABANDONED)
      .default(MOST_ABANDONED)
      .describe(
        'It stops when a larger share of those who answered within 30 days heard nobody in time; up to the first one in so many, one is too few to judge.',
      ),
  })
  .prefault({})
  .superRefine(({ at_least, over }, context) => {
    if (at_least > over)
      context.addIssue({
        code: 'custom',
        path: ['at_least'],
        message: 'expected no more attempts than `over`',
      });
  })
  .transform((file) => ({
    over: file.over,
    atLeast: file.at_least,
    answerRateBelow: file.answer_rate_below,
    failureAbove: file.failure_above,
    blockedAbove: file.blocked_above,
    abandonedAbove: file.abandoned_above,
  }))
  .describe('When it pauses itself, and says why.');

const YEAR_MINUTES = 365 * 24 * 60;
const most = wholeFrom(1, 20, 'attempts');

const retry = (field: {
  leastMinutes: number;
  afterMinutes: number;
  most: number;
  otherDayPart: boolean;
  describe: string;
}) =>
  z
    .strictObject({
      after_minutes: wholeFrom(field.leastMinutes, YEAR_MINUTES, 'minutes')
        .default(field.afterMinutes)
        .describe('Not before so long.'),
      most: most.default(field.most).describe('So many attempts may end like this; after that it is left.'),
      other_day_part: onOrOff
        .default(field.otherDayPart)
        .describe(
          `Whether then in another part of their day: morning, afternoon or evening; ${field.otherDayPart ? 'on' : 'off'} when left out.`,
        ),
    })
    .prefault({})
    .transform((file) => ({
      afterMinutes: file.after_minutes,
      most: file.most,
      otherDayPart: file.other_day_part,
    }))
    .describe(field.describe);

export const retrySettings = z
  .strictObject({
    busy: retry({
      leastMinutes: 10,
      afterMinutes: 10,
      most: 3,
      otherDayPart: false,
      describe: 'The line was busy; up to 5 minutes are added, so that not all come at once.',
    }),
    no_answer: retry({
      leastMinutes: 4 * 60,
      afterMinutes: 4 * 60,
      most: 4,
      otherDayPart: true,
      describe: 'Nobody answered, for at least 4 hours.',
    }),
    machine: retry({
      leastMinutes: 4 * 60,
      afterMinutes: 16 * 60,
      most: 2,
      otherDayPart: true,
      describe: 'A voicemail or an answering machine answered; never again on the same day.',
    }),
  })
  .prefault({})
  .transform((file) => ({ busy: file.busy, noAnswer: file.no_answer, machine: file.machine }))
  .describe('When somebody who was not reached is called again.');

export type CampaignCaps = z.output<typeof capsSettings>;
export type CampaignPace = z.output<typeof paceSettings>;
export type CampaignBreakers = z.output<typeof breakerSettings>;
export type CampaignRetries = z.output<typeof retrySettings>;
export type Retry = CampaignRetries['busy'];
