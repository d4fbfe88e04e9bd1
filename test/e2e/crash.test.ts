// Killed while it records calls, again and again: what was acknowledged is in the database. The long version, with times:
// npm run bench -- crash.
import { expect, test } from 'vitest';
import { compare, type Held } from '../../bench/crash/judge.ts';
import { hashOf, keyOf, type Entry } from '../../bench/crash/ledger.ts';
import { crash } from '../../bench/crash/rounds.ts';
import { callId } from '../../src/base/ids.ts';
import type { RecordWrite } from '../../src/records/write.ts';

const MINUTES_MS = 60_000;

test(
  'three kills, one of them with the database away and one with its server: nothing acknowledged is missing',
  async () => {
    const { faults, verdict, safeIn, foundAgain, leftRunning } = await crash({
      kills: ['flush', 'away', 'postmaster'],
      seed: 1,
      calls: 6,
    });
    expect(faults).toEqual([]);
    expect(verdict.calls).toBeGreaterThanOrEqual(3 * 6);
    expect(verdict.died).toBeGreaterThan(0);
    expect(verdict.found).toBe(verdict.acknowledged);
    expect(Math.min(safeIn.database, safeIn.spool, verdict.acknowledged)).toBeGreaterThan(20);
    // The first left its server running; the other two killed theirs.
    expect([foundAgain, leftRunning]).toEqual([1, 1]);
  },
  4 * MINUTES_MS,
);

const turn = (n: number, text: string): RecordWrite => {
  const said = { text, heard: text, state: 'done', who: 'caller', atMs: 0 } as const;
  return { is: 'turn', callId: callId('CA1'), n, ...said };
};

/** Turn 0 was made with three texts, and the second was acknowledged last; turn 1 never was. */
function judged(writes: readonly RecordWrite[]): { missing: readonly string[]; strange: readonly string[] } {
  const versions = ['one', 'two', 'three'].map((text) => turn(0, text));
  const [one, two, three] = versions.map(hashOf);
  const entries = new Map<string, Entry>([
    [keyOf(versions[0]!), { made: [one!, two!, three!], safe: new Set([one!, two!]) }],
    [keyOf(turn(1, 'unsure')), { made: [hashOf(turn(1, 'unsure'))], safe: new Set() }],
  ]);
  const held: Held = { writes, died: 0, open: [] };
  const { missing, strange } = compare(held, { entries });
  return { missing, strange };
}

test.each([
  { has: 'what was acknowledged', writes: [turn(0, 'two')], missing: [], strange: [] },
  { has: 'what is newer', writes: [turn(0, 'three'), turn(1, 'unsure')], missing: [], strange: [] },
  { has: 'nothing', writes: [], missing: ['CA1 turn 0: not there'], strange: [] },
  {
    has: 'what is older',
    writes: [turn(0, 'one')],
    missing: ['CA1 turn 0: older than what was acknowledged'],
    strange: [],
  },
  {
    has: 'one twice',
    writes: [turn(0, 'two'), turn(0, 'two')],
    missing: [],
    strange: ['CA1 turn 0: twice'],
  },
  {
    has: 'what nobody made',
    writes: [turn(0, 'two'), turn(2, 'whose?')],
    missing: [],
    strange: ['CA1 turn 2: made by nobody'],
  },
])('the judge of a database that has $has', ({ writes, missing, strange }) => {
  expect(judged(writes)).toEqual({ missing, strange });
});
