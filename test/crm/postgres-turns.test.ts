// Turns: so many at once, in order, and nobody waits for ever.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from '../../src/crm/postgres-turns.ts';
import { ABORTED, failing, go } from '../contracts/crm-rig.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

function rig() {
  const clock = new ManualClock();
  const turns = new Turns(clock);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const take = (n: number, signal = go()): Promise<number> =>
    turns.take(signal, async () => {
      begun.push(n);
      await new Promise<void>((resolve) => (ends[n] = resolve));
      return n;
    });
  return { clock, turns, begun, ends, take };
}

test('three at once, the others in order, and a failure gives its turn back', async () => {
  const { clock, turns, begun, ends, take } = rig();
  const failed = turns.take(go(), () => turn().then(() => Promise.reject(new Error('x'))));
  const all = [0, 1, 2, 3].map((n) => take(n));
  expect(begun).toEqual([0, 1]);
  await expect(failed).rejects.toThrow('x');
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  ends[1]!();
  await turn();
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const end of ends) end();
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  expect(clock.pending).toBe(0);
});

test('who waits leaves in time or with the signal, and their turn is nobody’s', async () => {
  const { clock, begun, ends, take } = rig();
  const all = [0, 1, 2].map((n) => take(n));
  const hangUp = new AbortController();
  const gone = expect(take(3, hangUp.signal)).rejects.toEqual(ABORTED);
  const late = expect(take(4)).rejects.toEqual(failing('CRM_UNAVAILABLE'));
  hangUp.abort();
  await gone;
  clock.advance(2_000);
  await late;
  for (const end of ends) end();
  await Promise.all(all);
  const after = [5, 6, 7].map((n) => take(n));
  await turn();
  expect(begun).toEqual([0, 1, 2, 5, 6, 7]);
  for (const n of [5, 6, 7]) ends[n]!();
  await Promise.all(after);
  expect(clock.pending).toBe(0);
});
