// Retention: when it deletes, and that it goes on after a fault.
import { expect, test, vi } from 'vitest';
import { pino } from 'pino';
import { LivelineError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { startRetention } from '../../src/records/retention.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const HOUR_MS = 3_600_000;
const settle = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await Promise.resolve();
};

function rig(deleteExpired: (now: Date) => Promise<number>, ready = () => Promise.resolve()) {
  const sweepEffects = vi.fn(() => Promise.resolve(2));
  const sweepJournals = vi.fn(() => Promise.resolve(3));
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = pino({ level: 'debug', base: null }, { write: (line: string) => void lines.push(line) });
  const stop = startRetention({ store: { deleteExpired }, sweepEffects, sweepJournals, ready, clock, log });
  return { clock, lines, stop, sweepEffects, sweepJournals };
}

test('at once and then hourly, by the wall clock, until it is stopped', async () => {
  const seen: string[] = [];
  const { clock, stop } = rig((now) => Promise.resolve(seen.push(now.toISOString())));
  await settle();
  clock.advance(HOUR_MS);
  await settle();
  expect(seen).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z']);
  stop();
  expect(clock.pending).toBe(0);
});

test('what tools did in calls that are long over goes with them, and their journals', async () => {
  const { clock, lines, sweepEffects, sweepJournals } = rig(() => Promise.resolve(0));
  await settle();
  expect(sweepEffects).toHaveBeenCalledTimes(1);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 20, effects: 2 },
    { level: 20, journals: 3 },
  ]);
  clock.advance(HOUR_MS);
  await settle();
  expect(sweepEffects).toHaveBeenCalledTimes(2);
  expect(sweepJournals).toHaveBeenCalledTimes(2);
});

test('a fault is told, and it is tried again the next time', async () => {
  const deleteExpired = vi
    .fn<() => Promise<number>>()
    .mockRejectedValueOnce(new Error('gone away'))
    .mockResolvedValue(3);
  const { clock, lines } = rig(deleteExpired);
  await settle();
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 40, reason: 'gone away' });
  clock.advance(HOUR_MS);
  await settle();
  expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
    expect.objectContaining({ calls: 3 }),
  );
});

test('a database that is not there yet is not asked', async () => {
  const deleteExpired = vi.fn(() => Promise.resolve(0));
  rig(deleteExpired, () => Promise.reject(new Error('no database')));
  await settle();
  expect(deleteExpired).not.toHaveBeenCalled();
});

test('that the database is away is nothing to wake anybody for', async () => {
  const away = new LivelineError('DATABASE_UNAVAILABLE', 'it does not answer');
  const { lines } = rig(
    () => Promise.resolve(0),
    () => Promise.reject(away),
  );
  await settle();
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 20, reason: away.message },
  ]);
});

test('one that takes long is not started twice', async () => {
  let finish = (): void => {};
  const deleteExpired = vi.fn(
    () =>
      new Promise<number>((resolve) => {
        finish = () => resolve(0);
      }),
  );
  const clock = new ManualClock();
  startRetention({
    ...{ store: { deleteExpired }, clock, log: silentLog },
    sweepEffects: () => Promise.resolve(0),
    sweepJournals: () => Promise.resolve(0),
    ready: () => Promise.resolve(),
  });
  await settle();
  clock.advance(5 * HOUR_MS);
  await settle();
  expect(deleteExpired).toHaveBeenCalledTimes(1);
  finish();
  await settle();
  clock.advance(HOUR_MS);
  await settle();
  expect(deleteExpired).toHaveBeenCalledTimes(2);
});
