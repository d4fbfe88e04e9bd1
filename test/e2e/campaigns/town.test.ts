// A campaign from its list to its last call, with people, machines, busy lines and numbers that nobody has: all that counts it
// says the same.
import { expect, test, vi } from 'vitest';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { wav } from '../rig.ts';
import { GREETING, numbered, openTown, tally } from './town.ts';

vi.setConfig({ testTimeout: 180_000 });

type Kind = 'human' | 'machine' | 'busy' | 'no-answer' | 'failed' | 'blocked';
const KINDS: readonly Kind[] = [
  ...(['human', 'human', 'human', 'machine', 'machine', 'busy', 'no-answer', 'failed'] as const),
  ...(['human', 'machine', 'busy', 'busy', 'no-answer', 'failed', 'human', 'blocked'] as const),
];
const PEOPLE: Readonly<Record<Kind, Omit<Person, 'number'>>> = {
  human: { does: 'answers', ringsMs: 1_500, script: [{ say: wav('caller/yes') }] },
  machine: {
    ...{ does: 'answers', ringsMs: 500 },
    picksUp: { is: 'machine', greeting: wav('agent/opening-hours'), beeps: true },
  },
  busy: { does: 'busy', ringsMs: 100 },
  'no-answer': { does: 'no-answer' },
  failed: { does: 'fails' },
  blocked: { does: 'blocked' },
};
const SCRIPT = {
  name: 'reminds',
  greeting: { say: GREETING },
  otherwise: {
    steps: [
      { call: { name: 'record_outcome', args: { outcome: 'reached', note: 'They come.' } } },
      { say: 'Wonderful. Goodbye.' },
      { call: { name: 'end_call', args: { reason: 'done' } } },
    ],
  },
};

test('its numbers add up in status, results, audit and database, and at the carrier', async (context) => {
  const numbers = KINDS.map((_, n) => numbered(n));
  const kindOf = (number: string): Kind => KINDS[numbers.findIndex((each) => each === number)]!;
  const town = await openTown(context, { population: (number) => PEOPLE[kindOf(number)], script: SCRIPT });
  const id = await town.campaign('spring', numbers);
  await town.campaigns.start(id);
  await town.done(id);

  const wanted = tally(KINDS);
  const { contacts, outcomes, attempts } = await town.campaigns.progress(id);
  expect(outcomes).toEqual(wanted);
  expect(Object.values(contacts).reduce((sum, count) => sum + count, 0)).toBe(KINDS.length);
  expect(attempts).toEqual({ over: KINDS.length });

  const results = await town.results(id);
  expect(results).toHaveLength(KINDS.length);
  for (const { number, outcome, attempts: count } of results)
    expect({ number, outcome, count }).toEqual({ number, outcome: kindOf(number!), count: '1' });
  expect(tally(results.map(({ disposition }) => disposition))).toEqual({
    reached: wanted['human'],
    '': KINDS.length - wanted['human']!,
  });

  const rows = await town.rows(id);
  expect(rows.attempts.map(({ to_number }) => to_number)).toEqual(numbers);
  for (const { to_number, outcome } of rows.attempts) expect(outcome).toBe(kindOf(to_number));
  const of = (decision: string) => rows.audit.filter((line) => line.decision === decision);
  expect(
    of('dial')
      .map(({ to_number }) => to_number)
      .toSorted(),
  ).toEqual(numbers);
  expect(
    of('settle')
      .map(({ to_number }) => to_number)
      .toSorted(),
  ).toEqual(numbers);

  for (const number of numbers) expect(town.network.callsTo(number)).toHaveLength(1);
  console.log(`${KINDS.length} contacts: ${JSON.stringify(outcomes)}`);
});
