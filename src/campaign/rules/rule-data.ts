// What the law of a country says about automated calls, as data: one file for each country or group of them. Whoever asks gets
// all that may apply, or the reason why nobody can say.
import { z } from 'zod';
import type { Hours } from '../../agents/hours.ts';
import { openingHours } from '../../agents/hours-field.ts';
import { regionsOf, type Where } from '../zones/where.ts';

const words = z.string().trim().min(1);
const date = z.iso.date('expected a date such as 2027-06-30');

/** Of the law, not of a profile: no calendar stands beside these files. */
const lawHours = openingHours.refine(({ holidays }) => holidays === undefined, {
  path: ['holidays'],
  message: 'expected the closed days under `dates`: rule data name no other file',
});

/** What a region sets beside its country; its hours hold beside the country's, so that it can only be stricter. */
const region = z.strictObject({
  name: words,
  sources: z.array(words).min(1),
  hours: lawHours.optional(),
  calls_per_day: z.int().min(1).optional(),
  calls_per_30_days: z.int().min(1).optional(),
  recording_announcement: z.boolean().default(false),
});

export const ruleFile = z
  .strictObject({
    version: date.describe('When somebody last checked it.'),
    valid_until: date.describe('From the day after, nobody is called by it: it is to be checked again.'),
    countries: z.array(z.string().regex(/^[A-Z]{2}$/, 'expected a country such as US')).min(1),
    sources: z.array(words).min(1).describe('Where it is written.'),
    hours: lawHours.describe('When a phone may ring, by the clock of whoever is called.'),
    consent_needed: z.boolean().describe('Whether an automated call needs the consent of whoever is called.'),
    ai_disclosure: z.boolean().describe('Whether the agent must say that it is an AI system.'),
    recording_announcement: z.boolean().describe('Whether whoever is called is told of a recording first.'),
    calls_per_day: z.int().min(1).optional().describe('To one number, within 24 hours.'),
    calls_per_30_days: z.int().min(1).optional().describe('To one number, within 30 days.'),
    regions: z.record(z.string().regex(/^[A-Z]{2,3}$/), region).default({}),
  })
  .superRefine(({ countries, regions }, context) => {
    const known = countries.map(regionsOf);
    if (known.some(({ size }) => size === 0)) return;
    // What is written for one that no number is of would hold for nobody.
    for (const code of Object.keys(regions))
      if (!known.some((there) => there.has(code)))
        context.addIssue({
          code: 'custom',
          path: ['regions', code],
          message: `expected a region of ${countries.join(' or ')} in two letters, such as FL`,
        });
  })
  .transform((file) => ({
    version: file.version,
    /** Epoch ms: of the last zone on earth, so that the last day is a whole one everywhere. */
    validUntilMs: Date.parse(`${file.valid_until}T12:00:00Z`) + DAY_MS,
    countries: file.countries,
    sources: file.sources,
    consentNeeded: file.consent_needed,
    ...limitsOf(file.countries.join('/'), file),
    aiDisclosure: file.ai_disclosure,
    regions: new Map(Object.entries(file.regions).map(([code, of]) => [code, limitsOf(of.name, of)])),
  }));

const DAY_MS = 86_400_000;

/** What one law limits. */
export interface Limits {
  readonly of: string;
  /** By the clock of whoever is called. Undefined: it names none. */
  readonly hours: Hours | undefined;
  /** To one number, within 24 hours. */
  readonly callsPerDay: number | undefined;
  /** To one number, within 30 days. */
  readonly callsPer30Days: number | undefined;
  readonly recordingAnnouncement: boolean;
}

const limitsOf = (
  of: string,
  file: {
    hours?: Hours | undefined;
    calls_per_day?: number | undefined;
    calls_per_30_days?: number | undefined;
    recording_announcement: boolean;
  },
): Limits => ({
  of,
  hours: file.hours,
  callsPerDay: file.calls_per_day,
  callsPer30Days: file.calls_per_30_days,
  recordingAnnouncement: file.recording_announcement,
});

export type CountryRules = z.infer<typeof ruleFile>;

/** By country. */
export type RuleData = ReadonlyMap<string, CountryRules>;

/** All that may apply to a number. */
export interface Law {
  /** Whose it is, ISO 3166. */
  readonly countries: readonly string[];
  /** Each of them holds. */
  readonly limits: readonly Limits[];
  readonly consentNeeded: boolean;
  readonly recordingAnnouncement: boolean;
  /** The fewest that any of them allows. */
  readonly callsPerDay: number | undefined;
  readonly callsPer30Days: number | undefined;
  /** Of the data, such as `US 2026-11-01`. */
  readonly versions: string;
}

/** `rule`, and `words` for a person. */
export interface NoLaw {
  readonly rule: string;
  readonly words: string;
  readonly versions: string;
}

/** Of several countries or regions where a number may be, all. */
export function lawFor({ countries, regions }: Where, data: RuleData, nowMs: number): Law | NoLaw {
  const no = (rule: string, words: string, versions = ''): NoLaw => ({ rule, words, versions });
  if (countries.length === 0) return no('rules.country', 'nobody knows the country of this number');
  const known = countries.map((country) => ({ country, rules: data.get(country) }));
  const missing = known.find(({ rules }) => rules === undefined);
  if (missing) return no('rules.missing', `there are no calling rules for ${missing.country}`);
  const files = known.flatMap(({ country, rules }) => (rules ? [{ country, rules }] : []));
  const versions = files.map(({ country, rules }) => `${country} ${rules.version}`).join(', ');
  const stale = files.find(({ rules }) => !(nowMs < rules.validUntilMs));
  if (stale)
    return no('rules.stale', `the calling rules for ${stale.country} are to be checked again`, versions);
  const limits = files.flatMap(({ rules }) => [rules, ...regionLimits(rules, regions)]);
  return {
    countries,
    limits,
    consentNeeded: files.some(({ rules }) => rules.consentNeeded),
    recordingAnnouncement: limits.some(({ recordingAnnouncement }) => recordingAnnouncement),
    callsPerDay: fewest(limits.map(({ callsPerDay }) => callsPerDay)),
    callsPer30Days: fewest(limits.map(({ callsPer30Days }) => callsPer30Days)),
    versions,
  };
}

/** Where nobody knows the region it may be any. */
const regionLimits = (
  { regions: known }: CountryRules,
  possible: readonly string[] | undefined,
): readonly Limits[] =>
  possible === undefined ? [...known.values()] : possible.flatMap((code) => known.get(code) ?? []);

function fewest(limits: readonly (number | undefined)[]): number | undefined {
  const set = limits.filter((limit) => limit !== undefined);
  return set.length > 0 ? Math.min(...set) : undefined;
}

/** What a campaign to all of these countries has to know before it calls anybody. */
export interface Asks {
  /** In each of them. Where only some ask for consent, each call is asked about. */
  readonly consentNeeded: boolean;
  /** In one of them, or in a region of it. */
  readonly recordingAnnouncement: boolean;
}

/** Undefined: there are no rules for one of them. */
export function asksOf(countries: readonly string[], data: RuleData): Asks | undefined {
  const known = countries.flatMap((country) => data.get(country) ?? []);
  if (known.length === 0 || known.length < countries.length) return undefined;
  return {
    consentNeeded: known.every(({ consentNeeded }) => consentNeeded),
    recordingAnnouncement: known
      .flatMap((rules) => [rules, ...rules.regions.values()])
      .some(({ recordingAnnouncement }) => recordingAnnouncement),
  };
}
