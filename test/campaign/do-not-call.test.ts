// Whether a number may be called as far as imported lists go.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doNotCallVerdict, listFaults, type SuppressionList } from '../../src/campaign/do-not-call.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const NEEDED = [{ name: 'national', notOlderThanDays: 31 }];
const list = (of: Partial<SuppressionList> = {}): SuppressionList => ({
  name: 'national',
  asOfMs: NOW - DAY,
  version: 3,
  holdsNumber: false,
  ...of,
});
const verdict = (lists: SuppressionList[], needed = NEEDED) => doNotCallVerdict(needed, lists, NOW);

test.each([
  [list(), 'ring'],
  [list({ asOfMs: NOW - 31 * DAY }), 'ring'],
  [list({ asOfMs: NOW - 31 * DAY - 1 }), 'wait suppression.stale'],
  [list({ asOfMs: NaN }), 'wait suppression.stale'],
  [list({ asOfMs: NOW + DAY }), 'ring'],
  [list({ asOfMs: NOW + DAY + 1 }), 'wait suppression.future'],
  [list({ name: 'other' }), 'wait suppression.missing'],
  [list({ holdsNumber: true }), 'never suppression.listed'],
  [list({ holdsNumber: undefined }), 'never suppression.listed'],
])('%j', (one, expected) => {
  const said = verdict([one]);
  expect(said.may === 'ring' ? 'ring' : `${said.may} ${said.rule}`).toBe(expected);
});

test('names the lists it looked at, with their versions, and no others', () => {
  expect(verdict([list(), list({ name: 'other', holdsNumber: true })])).toEqual({
    may: 'ring',
    data: 'national 3',
  });
});

test('no list is needed: none is looked at', () => {
  expect(verdict([list({ holdsNumber: true, asOfMs: 0 })], [])).toEqual({ may: 'ring', data: '' });
});

test('rings only when every list that is needed is there, fresh, and without the number', () => {
  const names = ['a', 'b', 'c'];
  const needed = fc.uniqueArray(
    fc.record({ name: fc.constantFrom(...names), notOlderThanDays: fc.integer({ min: 1, max: 40 }) }),
    { selector: ({ name }) => name },
  );
  const lists = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      asOfMs: fc.oneof(
        fc.constant(NaN),
        fc.integer({ min: -50, max: 3 }).map((days) => NOW + days * DAY),
      ),
      version: fc.nat(),
      holdsNumber: fc.constantFrom(false, false, true, undefined),
    }),
    { selector: ({ name }) => name },
  );
  fc.assert(
    fc.property(needed, lists, (asked, there) => {
      const fine = asked.every(({ name, notOlderThanDays }) => {
        const one = there.find((each) => each.name === name);
        const age = one === undefined ? NaN : (NOW - one.asOfMs) / DAY;
        return age >= -1 && age <= notOlderThanDays && one?.holdsNumber === false;
      });
      expect(doNotCallVerdict(asked, there, NOW).may === 'ring').toBe(fine);
      // Waiting is of the campaign as a whole: so its faults say the same.
      expect(doNotCallVerdict(asked, there, NOW).may === 'wait').toBe(
        listFaults(asked, there, NOW).length > 0,
      );
    }),
  );
});
