import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadRules } from '../../../src/campaign/rules/load.ts';
import { asksOf, lawFor } from '../../../src/campaign/rules/rule-data.ts';

const OURS = join(import.meta.dirname, '../../../fixtures/calling-rules');
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liveline-rules-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const us = (): Promise<string> => readFile(join(OURS, 'us.yaml'), 'utf8');
const write = (name: string, text: string): Promise<void> => writeFile(join(dir, name), text);

test('ours are read, and name who they are for', async () => {
  const rules = await loadRules(OURS);
  expect([...rules.keys()]).toEqual(expect.arrayContaining(['US', 'CA', 'GB', 'DE', 'FR']));
  for (const { sources, hours } of rules.values()) {
    expect(sources.length).toBeGreaterThan(0);
    expect(hours).toBeDefined();
  }
});

test.each([
  ['no hours', (text: string) => text.replace(/^hours:.*\n/m, ''), /us\.yaml:\d+: hours: /],
  ['hours that are none', (text: string) => text.replace("'08:00-21:00'", "'8 to 9'"), /us\.yaml:\d+: hours/],
  [
    'a date that is none',
    (text: string) => text.replace('2027-06-30', '2027-06-31'),
    /us\.yaml:3: valid_until: /,
  ],
  ['a field that nobody knows', (text: string) => `${text}\nhour: 3\n`, /us\.yaml:\d+: .*hour/],
  [
    'no source',
    (text: string) => text.replace(/sources:\n(?: {2}- .*\n)+/, 'sources: []\n'),
    /us\.yaml:\d+: sources: /,
  ],
  ['broken YAML', (text: string) => text.replace('countries: [US]', 'countries: [US'), /us\.yaml:\d+: /],
  [
    'a calendar of another file',
    (text: string) =>
      text.replace("{ every_day: '08:00-21:00' }", "{ every_day: '08:00-21:00', holidays: a.ics }"),
    /us\.yaml:\d+: .*name no other file/,
  ],
  [
    'a calendar of another file, for a region',
    (text: string) =>
      text.replace(
        "hours: { every_day: '08:00-20:00' }",
        "hours: { every_day: '08:00-20:00', holidays: a.ics }",
      ),
    /us\.yaml:\d+: regions\.FL\.hours\S*: .*name no other file/,
  ],
  [
    'a region that no number is of',
    (text: string) => text.replace('  FL:', '  FLA:'),
    /us\.yaml:\d+: regions\.FLA: /,
  ],
])('%s: refused with file, line and field', async (_what, change, told) => {
  const text = await us();
  expect(change(text)).not.toBe(text);
  await write('us.yaml', change(text));
  await expect(loadRules(dir)).rejects.toMatchObject({ code: 'CALLING_RULES_INVALID' });
  await expect(loadRules(dir)).rejects.toThrow(told);
});

test('a country in two files is refused', async () => {
  await write('us.yaml', await us());
  await write('us2.yaml', await us());
  await expect(loadRules(dir)).rejects.toThrow('us2.yaml: countries: US is in another file too');
});

test('a folder that is empty, or is not there, is refused', async () => {
  await expect(loadRules(dir)).rejects.toThrow('holds no .yaml file');
  await expect(loadRules(join(dir, 'none'))).rejects.toMatchObject({ code: 'CALLING_RULES_INVALID' });
});

test('of several regions the strictest holds; one that is unknown may be any', async () => {
  const rules = await loadRules(OURS);
  const nowMs = Date.parse('2026-11-24');
  const law = (regions: string[] | undefined, countries = ['US']) =>
    lawFor({ countries, regions, zones: [] }, rules, nowMs);
  expect(law(['NY'])).toMatchObject({
    countries: ['US'],
    callsPerDay: undefined,
    callsPer30Days: undefined,
    recordingAnnouncement: false,
    consentNeeded: true,
  });
  expect(law(['NY', 'FL'])).toMatchObject({ callsPerDay: 3, recordingAnnouncement: true });
  expect(law(undefined)).toMatchObject({
    callsPerDay: 3,
    recordingAnnouncement: true,
    versions: 'US 2026-11-01',
  });
  expect(law(undefined, ['FR'])).toMatchObject({ callsPer30Days: 4 });
});

/** Easter Sunday, days since 1970 (the anonymous Gregorian algorithm, as in Meeus, Astronomical Algorithms, chapter 8). */
function easterOf(year: number): number {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  return Date.UTC(year, month - 1, (h + l - 7 * m + 33 * month + 19) % 32) / 86_400_000;
}

test('the public holidays of France are all there for as long as the file holds (Code du travail, L3133-1)', async () => {
  const france = (await loadRules(OURS)).get('FR')!;
  const lastDate = new Date(france.validUntilMs - 1.5 * 86_400_000).toISOString().slice(0, 10);
  const fixed = ['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25'];
  const holidays = [2026, 2027, 2028, 2029].flatMap((year) => [
    ...fixed.map((day) => `${year}-${day}`),
    ...[1, 39, 50].map((after) => new Date((easterOf(year) + after) * 86_400_000).toISOString().slice(0, 10)),
  ]);
  expect(holidays).toContain('2027-03-29');
  const due = holidays.filter((date) => france.version <= date && date <= lastDate);
  expect(due.length).toBeGreaterThan(5);
  for (const date of due) expect(france.hours!.dates[date], date).toEqual([]);
});

test('what countries ask of a campaign: consent where all do, an announcement where any region does', async () => {
  await write('us.yaml', await us());
  const free = (await us()).replace('[US]', '[JP]').replace('consent_needed: true', 'consent_needed: false');
  await write('jp.yaml', free.slice(0, free.indexOf('regions:')));
  const rules = await loadRules(dir);
  expect(asksOf(['US'], rules)).toEqual({ consentNeeded: true, recordingAnnouncement: true });
  expect(asksOf(['JP'], rules)).toEqual({ consentNeeded: false, recordingAnnouncement: false });
  expect(asksOf(['US', 'JP'], rules)).toEqual({ consentNeeded: false, recordingAnnouncement: true });
  expect(asksOf(['US', 'CA'], rules)).toBeUndefined();
  expect(asksOf([], rules)).toBeUndefined();
});
