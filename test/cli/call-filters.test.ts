import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queryOf, timeOf, type CallFilters } from '../../src/cli/call-filters.ts';
import { callQuery } from '../../src/records/record.ts';

const NOW = Date.UTC(2026, 0, 2, 12);
const query = (filters: CallFilters) => queryOf(filters, NOW, 20);

test('nothing asked for: the usual number of calls', () => {
  expect(query({})).toEqual({ query: { limit: 20 } });
});

test('every option reaches the query, in the form that the records have', () => {
  const asked = query({
    ...{ number: ' +1 (555) 010-0123', profile: 'Desk', outcome: 'in-progress', after: '1d', before: '2h' },
    ...{ limit: '200', cursor: 'abc', tool: 'take_message', watchdog: 'late greeting' },
  });
  expect(asked).toEqual({
    query: {
      ...{ number: '+15550100123', profile: 'Desk', outcome: 'in-progress', limit: 200, cursor: 'abc' },
      ...{ tool: 'take_message', watchdog: 'late greeting' },
      ...{ after: '2026-01-01T12:00:00.000Z', before: '2026-01-02T10:00:00.000Z' },
    },
  });
});

test('who has no number can be asked for as well', () => {
  expect(query({ number: 'anonymous' })).toMatchObject({ query: { number: 'anonymous' } });
});

test('all faults are told at once, with what each option takes', () => {
  const asked = query({
    ...{ number: '5550123', outcome: 'hung-up', after: 'yesterday', before: '2026-02-30', limit: '201' },
    ...{ profile: ' ', cursor: '' },
  });
  expect('faults' in asked && asked.faults.map((fault) => fault.replace(/ takes .*, not /, ' '))).toEqual([
    '--number "5550123"',
    '--profile " "',
    '--outcome "hung-up"',
    '--after "yesterday"',
    '--before "2026-02-30"',
    '--limit "201"',
    '--cursor ""',
  ]);
  expect('faults' in asked && asked.faults[2]).toContain('caller-hung-up, agent-hung-up');
});

test.each(['0', '-1', '1.5', '', '1e2', '0x10'])('--limit %j is refused', (limit) => {
  expect(query({ limit })).toHaveProperty('faults');
});

test('a time that ends before it begins is refused', () => {
  expect(query({ after: '1h', before: '2h' })).toEqual({
    faults: ['--after is not earlier than --before: no call can lie between them'],
  });
});

test.each([
  ['2026-01-01', '2026-01-01T00:00:00.000Z'],
  ['2026-01-01T15:04', '2026-01-01T15:04:00.000Z'],
  ['2026-01-01 15:04:05', '2026-01-01T15:04:05.000Z'],
  ['2026-01-01T15:04:05.678+02:00', '2026-01-01T13:04:05.678Z'],
  ['2026-01-01t15:04z', '2026-01-01T15:04:00.000Z'],
  ['90m', '2026-01-02T10:30:00.000Z'],
  ['1.5h', '2026-01-02T10:30:00.000Z'],
  ['1w', '2025-12-26T12:00:00.000Z'],
])('%s in UTC is %s', (text, time) => {
  expect(timeOf(text, NOW, true)).toBe(time);
});

test('without a zone a time is of this machine', () => {
  expect(timeOf('2026-07-01', NOW, false)).toBe(new Date(2026, 6, 1).toISOString());
  expect(timeOf('2026-07-01T15:04', NOW, false)).toBe(new Date(2026, 6, 1, 15, 4).toISOString());
});

test.each([
  ...['', '2h ago', '3', 'h', '-2h', '2026-13-01', '2026-02-29', '2026-01-01T25:00', '2026-1-1', 'tomorrow'],
  ...['999999w', '2026-01-01T10:00+99:99', '1e3d'],
])('%j is no time', (text) => {
  expect(timeOf(text, NOW, true)).toBeUndefined();
});

test('whatever is typed becomes a query that the records take, or a fault', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^\d{1,6}[smhdw]$/), fc.date().map(String));
  const filters = fc.record(
    { number: text, profile: text, outcome: text, after: text, before: text, limit: text, cursor: text },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(filters, (given) => {
      const asked = query(given);
      if ('query' in asked) expect(callQuery.parse(asked.query)).toEqual(asked.query);
      else expect(asked.faults.length).toBeGreaterThan(0);
    }),
  );
});
