// The settings of a campaign: one schema gives their type, their check and, by .describe(), their manual. Fields are
// snake_case outside, in JSON or YAML; the code sees camelCase. Knows no database.
import { getCountries } from 'libphonenumber-js/max';
import { z } from 'zod';
import { phoneNumber, timeZone, wholeFrom, words } from '../agents/fields.ts';
import type { DayHours, Hours } from '../agents/hours.ts';
import { openingHours } from '../agents/hours-field.ts';
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';
import { breakerSettings, capsSettings, paceSettings, retrySettings } from './pace-settings.ts';

/** A pool is sized by it: no carrier says how many calls a day make one number look like spam. */
const CALLS_PER_DAY = 100;
const CALLER_ID = 'expected a phone number in quotes, or fields: number, calls_per_day';

const callerIds = z
  .array(
    z.union(
      [
        phoneNumber.transform((number) => ({ number, calls_per_day: CALLS_PER_DAY })),
        z.strictObject({
          number: phoneNumber.describe('It belongs to the account at the carrier, or was verified there.'),
          calls_per_day: wholeFrom(1, 100_000, 'calls')
            .default(CALLS_PER_DAY)
            .describe('So often it calls within any 24 hours, in all campaigns together.'),
        }),
      ],
      CALLER_ID,
    ),
    'expected a list of phone numbers of yours, in quotes',
  )
  .min(1, 'expected at least one phone number of yours: nobody is called by a number that is withheld')
  .transform((list, context) => {
    const pool = list.flatMap(({ number, calls_per_day }): CallerId[] => {
      const known = parsePhoneNumber(number);
      return known === undefined ? [] : [{ number: known, callsPerDay: calls_per_day }];
    });
    if (new Set(pool.map(({ number }) => number)).size < list.length)
      context.addIssue('expected every number once');
    return pool;
  })
  .describe('The numbers that are shown to who is called; each contact always sees the same one.');

export interface CallerId {
  readonly number: PhoneNumber;
  /** Within any 24 hours. */
  readonly callsPerDay: number;
}

const CONSENT =
  'expected which consent is needed, such as { kind: "written" }: express, written, or none-needed with a reason';
const REASON =
  'expected the reason why the law asks for no consent here, in a sentence: it is written into the audit';

const seller = words
  .optional()
  .describe(
    'To whom it must have been given; a consent that names somebody else, or nobody, does not count then. When it is left out, only consents that name nobody count.',
  );

const consent = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('express'), seller }),
      z.strictObject({ kind: z.literal('written'), seller }),
      z.strictObject({
        kind: z.literal('none-needed'),
        reason: z
          .string(REASON)
          .trim()
          .min(20, REASON)
          .describe(
            'Why the law asks for none, in a sentence; where the calling rules ask for consent, nobody is called all the same.',
          ),
      }),
    ],
    CONSENT,
  )
  .describe(
    'The consent that must be on record for a number, or it is not called: express; written, which is express too; or none-needed, with the reason written out. Marketing calls to the United States need it written in any case, and where somebody else or a fax was reached, it must be newer than that.',
  );

export type ConsentNeeded = z.output<typeof consent>;

/** 31 days: 47 CFR 64.1200(c)(2)(i)(D), 16 CFR 310.4(b)(3)(iv). */
const LIST_DAYS = 31;

const suppressionLists = z
  .array(
    z
      .strictObject({
        name: words.describe('As it was imported.'),
        not_older_than_days: wholeFrom(1, 3_650, 'days')
          .default(LIST_DAYS)
          .describe('When it is older than that, or missing, nobody is called.'),
      })
      .transform((file) => ({ name: file.name, notOlderThanDays: file.not_older_than_days })),
  )
  .refine((lists) => new Set(lists.map(({ name }) => name)).size === lists.length, 'expected every list once')
  .default([])
  .describe(
    'Lists of numbers that are not called. Numbers that opted out are never called, whatever is here.',
  );

export type SuppressionListNeeded = z.output<typeof suppressionLists>[number];

const MOMENT = 'expected a moment with its offset, such as "2026-12-01T09:00:00-05:00"';
const moment = z.iso.datetime({ offset: true, error: MOMENT }).transform((text) => Date.parse(text));

const ALL_DAY: DayHours = [{ startMinute: 0, endMinute: 24 * 60 }];

const without = (holidays: readonly string[], windows: Hours | undefined): Hours | undefined =>
  holidays.length === 0
    ? windows
    : {
        week: windows?.week ?? Array.from({ length: 7 }, () => ALL_DAY),
        dates: { ...windows?.dates, ...Object.fromEntries(holidays.map((date) => [date, []])) },
      };

const COUNTRIES: ReadonlySet<string> = new Set(getCountries());
const DATE = 'expected a date such as "2026-12-25"';

export const campaignSettings = z
  .strictObject({
    profile: words.describe('Who speaks: the name of a profile that has first_words.'),
    purpose: z
      .enum(['marketing', 'informational'], 'expected "marketing" or "informational"')
      .default('marketing')
      .describe('What the calls are for; the law allows less for marketing.'),
    caller_ids: callerIds,
    country: z
      .string()
      .refine((code) => COUNTRIES.has(code), 'expected a country by ISO 3166, such as "US"')
      .optional()
      .describe(
        'Of numbers that are written without their country. What may be done is asked of the country of each number.',
      ),
    time_zone: timeZone
      .optional()
      .describe('An IANA zone that also counts for contacts that have none of their own.'),
    windows: openingHours
      .superRefine(({ holidays }, context) => {
        if (holidays !== undefined)
          context.addIssue({
            code: 'custom',
            path: ['holidays'],
            message: 'expected no file: write the days into the field holidays of the campaign',
          });
      })
      .optional()
      .describe('When it may ring, by the clock of who is called; never beyond what the law allows.'),
    holidays: z
      .array(z.iso.date(DATE), 'expected a list of dates')
      .default([])
      .describe('Dates on which nobody is called, besides those of the law.'),
    consent,
    suppression_lists: suppressionLists,
    caps: capsSettings,
    pace: paceSettings,
    breakers: breakerSettings,
    retries: retrySettings,
    max_attempts: wholeFrom(1, 20, 'attempts')
      .default(4)
      .describe(
        'How often one contact is called at most; a call that they asked for themselves comes on top.',
      ),
    machines: z
      .enum(['hang-up', 'leave-message', 'call-again'], 'expected "hang-up", "leave-message" or "call-again"')
      .optional()
      .describe(
        'What comes of contacts whose voicemail answers: left at that, left at that once there is a message on it, or called again. As on_voicemail of the profile says when left out; said here, this counts.',
      ),
    starts_at: moment
      .optional()
      .describe('Nobody is called before, whenever it is started; at once when left out.'),
    ends_at: moment.optional().describe('Nobody is called from then on.'),
  })
  .superRefine(({ starts_at, ends_at }, context) => {
    if (starts_at !== undefined && ends_at !== undefined && ends_at <= starts_at)
      context.addIssue({ code: 'custom', path: ['ends_at'], message: 'expected a moment after starts_at' });
  })
  .transform((file) => ({
    profile: file.profile,
    purpose: file.purpose,
    callerIds: file.caller_ids,
    country: file.country,
    timeZone: file.time_zone,
    /** By the clock of who is called, without the holidays. Undefined: whenever the law allows it. */
    windows: without(file.holidays, file.windows),
    consent: file.consent,
    suppressionLists: file.suppression_lists,
    caps: file.caps,
    pace: file.pace,
    breakers: file.breakers,
    retries: file.retries,
    maxAttempts: file.max_attempts,
    machines: file.machines,
    startsAtMs: file.starts_at,
    endsAtMs: file.ends_at,
  }));

/** What the code sees of the settings. What was written is kept: this is not read again. */
export type CampaignSettings = z.output<typeof campaignSettings>;
