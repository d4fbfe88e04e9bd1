import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { campaignSettings } from '../../../src/campaign/settings.ts';
import { readSettings } from '../../../src/campaign/settings-faults.ts';
import { SAMPLE, SAMPLE_NAME } from '../../../src/console/web/campaigns/sample.ts';
import {
  fieldsOf,
  isShown,
  settingsOf,
  type Field,
  type Schema,
} from '../../../src/console/web/campaigns/settings-fields.ts';

const FIELDS = fieldsOf(z.toJSONSchema(campaignSettings, { io: 'input' }) as Schema);
const field = (path: string): Field | undefined => FIELDS.find((each) => each.path === path);

test('every setting has its field, or is written as JSON', () => {
  const covered = new Set(FIELDS.map(({ path }) => path.split('.')[0]));
  expect([...covered].sort()).toEqual(Object.keys(campaignSettings.in.shape).sort());
  expect(FIELDS.filter(({ about }) => about === '').map(({ path }) => path)).toEqual([]);
});

test('a field knows its bounds, its default, and whether it must be there', () => {
  expect(field('pace.ring_s')).toMatchObject({
    kind: { is: 'number', whole: true, least: 15, most: 600 },
    ...{ isRequired: false, otherwise: '25' },
  });
  expect(field('pace.calls_per_second')?.kind).toMatchObject({ whole: false, least: 0.01 });
  expect(field('profile')).toMatchObject({ kind: { is: 'text' }, isRequired: true });
  expect(field('purpose')).toMatchObject({
    kind: { is: 'choice', options: ['marketing', 'informational'] },
    otherwise: 'marketing',
  });
  expect(field('caller_ids')).toMatchObject({ kind: { is: 'lines', of: '' }, isRequired: true });
  expect(field('suppression_lists')?.kind).toEqual({ is: 'lines', of: 'name' });
  expect(field('windows.every_day')?.kind).toEqual({ is: 'hours' });
  expect(field('starts_at')?.kind).toEqual({ is: 'moment' });
  expect(field('retries.busy.other_day_part')?.kind).toEqual({ is: 'choice', options: ['on', 'off'] });
});

test('the kind of consent says which fields there are beside it', () => {
  expect(field('consent.kind')).toMatchObject({
    kind: { is: 'choice', options: ['express', 'written', 'none-needed'] },
    isRequired: true,
  });
  const shownWith = (kind: string): string[] =>
    FIELDS.filter((each) => each.path.startsWith('consent.') && isShown(each, { 'consent.kind': kind })).map(
      ({ path }) => path,
    );
  expect(shownWith('written')).toEqual(['consent.kind', 'consent.seller']);
  expect(shownWith('none-needed')).toEqual(['consent.kind', 'consent.reason']);
  expect(shownWith('')).toEqual(['consent.kind']);
  const typed = { 'consent.kind': 'express', 'consent.reason': 'left from before' };
  expect(settingsOf(FIELDS, typed)).toEqual({ consent: { kind: 'express' } });
});

test('what is typed becomes what the API takes', () => {
  const typed = {
    ...SAMPLE,
    'pace.ring_s': ' 20 ',
    'windows.weekdays': '09:00-12:00, 13:00-17:00',
    'windows.sun': 'closed',
    holidays: '2026-12-25\n\n 2027-01-01 ',
    suppression_lists: 'National DNC',
    starts_at: '2026-12-01T09:00',
    'retries.busy.other_day_part': 'on',
    'caps.per_day': '',
  };
  const settings = settingsOf(FIELDS, typed);
  expect(settings).toMatchObject({
    ...{ pace: { concurrency: 5, ramp_minutes: 5, ring_s: 20 }, holidays: ['2026-12-25', '2027-01-01'] },
    windows: { weekdays: ['09:00-12:00', '13:00-17:00'], sun: 'closed' },
    suppression_lists: [{ name: 'National DNC' }],
    starts_at: new Date('2026-12-01T09:00').toISOString(),
    retries: { busy: { other_day_part: 'on' } },
  });
  expect(settings).not.toHaveProperty('caps');
  expect(readSettings(settings)).toHaveProperty('settings');
});

test('what is no number is left to the API to refuse', () => {
  const read = readSettings(settingsOf(FIELDS, { ...SAMPLE, 'pace.ring_s': 'long' }));
  expect('faults' in read && read.faults.map((fault) => fault.field)).toEqual(['pace.ring_s']);
});

test('the sample is that of the command line', () => {
  const file = new URL('../../../fixtures/campaigns/reminders.yaml', import.meta.url);
  const { name, ...settings } = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  expect(SAMPLE_NAME).toBe(name);
  expect(settingsOf(FIELDS, SAMPLE)).toEqual(settings);
});
