import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addConsent, listConsents } from '../../src/cli/consents.ts';
import { importList, listLists, removeList } from '../../src/cli/suppression.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { outboundRig } from './outbound-rig.ts';

const ADA = '+15550100123';

test('a consent is put on record, once, and shown', async (context) => {
  const { desk, out } = await outboundRig(context);
  const given = { kind: 'written', source: 'form \u001b[2J', given: '2025-03-01T00:00Z', seller: 'Harbour' };
  expect(await addConsent('+1 555 010 0123', given, desk)).toBe(0);
  expect(await addConsent(ADA, given, desk)).toBe(0);
  expect(await addConsent('+44 (0)20 7946 0958', given, desk)).toBe(0);
  expect(out.pop()).toBe('The consent of +442079460958 is on record.');
  expect(await listConsents(ADA, { utc: true }, desk)).toBe(0);
  expect(await listConsents('+15550100777', {}, desk)).toBe(0);
  expect(out.splice(0)).toEqual([
    `The consent of ${ADA} is on record.`,
    'It was on record already; of both ends the earlier one counts.',
    'kind     given             expires  source        seller',
    'written  2025-03-01 00:00  -        form \\x1b[2J  Harbour',
    'There is no consent of +15550100777 on record.',
  ]);
  expect(await listConsents(ADA, { json: true }, desk)).toBe(0);
  expect(JSON.parse(out.join(''))).toMatchObject({ consents: [{ number: ADA, seller: 'Harbour' }] });
});

test('every fault of a consent at once, and nothing is opened', async (context) => {
  const { desk, err, state } = await outboundRig(context);
  const faulty = { kind: 'implied', source: ' ', given: 'once', expires: 'never' };
  expect(await addConsent('555', faulty, desk)).toBe(2);
  expect(await listConsents('\u001b[2J', {}, desk)).toBe(2);
  expect(err.map((line) => line.split(' ')[0])).toEqual([
    'consents',
    '--kind',
    '--source',
    '--given',
    '--expires',
    'consents',
  ]);
  expect([err.join('').includes('\u001b'), state.opened]).toEqual([false, 0]);
  expect(
    await addConsent(
      ADA,
      { kind: 'written', source: 'form', given: '2025-03-01', expires: '2025-02-01' },
      desk,
    ),
  ).toBe(2);
  expect(err.at(-1)).toContain('it ends before it begins');
});

test('a list is imported, shown and removed', async (context) => {
  const { desk, out, err } = await outboundRig(context);
  const file = join(freshFolder(context), 'list.csv');
  writeFileSync(file, '2125550100\n2125550101\n');
  expect(await listLists({}, desk)).toBe(0);
  expect(await importList('National', file, { asOf: '2025-12-20', country: 'us' }, desk)).toBe(0);
  expect(await listLists({ utc: true }, desk)).toBe(0);
  expect([await removeList('National', desk), await removeList('National', desk)]).toEqual([0, 1]);
  expect(out).toEqual([
    ...['No list was imported.', '"National" has 2 numbers, as of 2025-12-20.'],
    'name      numbers  as of             imported',
    'National        2  2025-12-20 00:00  2026-01-01 00:00',
    '"National" is removed: campaigns that need it call nobody.',
  ]);
  expect(err.filter((line) => !line.includes('so far'))).toEqual(['There is no list "National".']);
});

test('a list that cannot be taken: why, exit 2', async (context) => {
  const { desk, err } = await outboundRig(context);
  const file = join(freshFolder(context), 'list.csv');
  writeFileSync(file, '+12125550100\nnobody\n');
  expect(await importList('National', file, { asOf: 'yesterday' }, desk)).toBe(2);
  expect(await importList('National', '/nowhere.csv', { asOf: '2025-12-20' }, desk)).toBe(2);
  expect(await importList('National', file, { asOf: '2025-12-20' }, desk)).toBe(2);
  expect(err.map((line) => line.slice(0, 28))).toEqual([
    ...['--as-of takes the date on wh', 'the list cannot be read: ENO', 'the list "National": there i'],
  ]);
});
