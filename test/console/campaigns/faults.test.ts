import { expect, test } from 'vitest';
import { faultsCsv } from '../../../src/http/campaign-contact-routes.ts';
import { ApiFault } from '../../../src/console/web/api.ts';
import { mappingOf } from '../../../src/console/web/campaigns/column-mapping.ts';
import { faultLines } from '../../../src/console/web/campaigns/fault-lines.ts';
import { placedFaults } from '../../../src/console/web/campaigns/setting-faults.ts';

const PATHS = ['name', 'profile', 'caller_ids', 'consent.kind', 'pace.ring_s', 'windows.mon', 'windows.tue'];
const placed = (message: string) => {
  const { at, rest } = placedFaults(new ApiFault(422, 'CAMPAIGN_INVALID', message), PATHS);
  return { at: Object.fromEntries(at), rest };
};

test('each fault comes to the field that it speaks of', () => {
  expect(placed('profile: there is no profile "X"; pace.ring_s: expected seconds; 15 at least')).toEqual({
    at: { profile: 'there is no profile "X"', 'pace.ring_s': 'expected seconds; 15 at least' },
    rest: [],
  });
  expect(placed('caller_ids[1]: not yours; caller_ids[2].number: no number').at).toEqual({
    caller_ids: 'not yours; no number',
  });
  expect(placed('consent: expected which consent').at).toEqual({ 'consent.kind': 'expected which consent' });
  expect(placed('windows: never open within the law').at).toEqual({
    'windows.mon': 'never open within the law',
  });
  expect(placed('body.name: expected a name').at).toEqual({ name: 'expected a name' });
});

test('what is of no field is told all the same, and whole', () => {
  expect(placed('colour: there is no such field; name: taken')).toEqual({
    at: { name: 'taken' },
    rest: ['colour: there is no such field'],
  });
  expect(placed('there is a campaign of this name already').rest).toEqual([
    'there is a campaign of this name already',
  ]);
  expect(placedFaults(new Error('name: of no API'), PATHS).rest).toEqual(['name: of no API']);
  expect(placedFaults(undefined, PATHS).rest).toEqual([]);
});

test('the faults of a file are read as they are sent', async () => {
  const faults = [
    { line: 3, field: 'phone', words: '"12", "34" is no phone number\nat all' },
    { line: 9, field: '', words: 'has 2 values, but the first line has 5' },
    { line: 10, field: 'region', words: 'is too long' },
  ];
  const contacts = {
    faults: async function* () {
      for (const fault of faults) yield await Promise.resolve(fault);
    },
  };
  let csv = '';
  for await (const line of faultsCsv(contacts, { id: 'I1' })) csv += line;
  expect(faultLines(csv, 100)).toEqual(faults);
  expect(faultLines(csv, 2)).toEqual(faults.slice(0, 2));
  for (const length of csv.split('').keys())
    expect(faults).toEqual(expect.arrayContaining([...faultLines(csv.slice(0, length), 100)]));
});

test('columns are said one a line', () => {
  expect(mappingOf('Handy = phone\n Notes =\n\nnonsense\na=b = name')).toEqual({
    ...{ Handy: 'phone', Notes: '', 'a=b': 'name' },
  });
});
