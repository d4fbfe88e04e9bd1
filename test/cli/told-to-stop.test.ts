// Being told to stop: before the start is over, afterwards, twice, and where something does not let go.
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { alsoByOperator, startUntilTold } from '../../src/cli/told-to-stop.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

function starting() {
  const signals = new EventEmitter();
  const clock = new ManualClock();
  const start = Promise.withResolvers<{ stop(): Promise<void> }>();
  const stopped = Promise.withResolvers<undefined>();
  const seen = { exits: [] as number[], stops: 0, told: new AbortController().signal };
  const running = {
    stop: (): Promise<void> => {
      seen.stops += 1;
      return stopped.promise;
    },
  };
  const result = startUntilTold(
    (told) => {
      seen.told = told;
      return start.promise;
    },
    { signals, clock, log: silentLog, exit: (code) => void seen.exits.push(code) },
  );
  return { signals, clock, start, stopped, seen, running, result };
}

test('told while it starts: the start is told, and what has started is stopped', async () => {
  const { signals, start, stopped, seen, running, result } = starting();
  signals.emit('SIGTERM', 'SIGTERM');
  expect(seen.told.aborted).toBe(true);
  await setImmediate();
  expect(seen).toMatchObject({ exits: [], stops: 0 });
  start.resolve(running);
  expect(await result).toBeUndefined();
  expect(seen).toMatchObject({ exits: [], stops: 1 });
  stopped.resolve(undefined);
  await setImmediate();
  expect(seen.exits).toEqual([0]);
});

test('told while it starts, and the start is given up: that is no fault', async () => {
  const { signals, start, seen, result } = starting();
  signals.emit('SIGINT', 'SIGINT');
  start.reject(new Error('given up'));
  expect(await result).toBeUndefined();
  await setImmediate();
  expect(seen).toMatchObject({ exits: [0], stops: 0 });
});

test('a start that fails by itself rejects, and nothing exits', async () => {
  const { start, seen, result } = starting();
  start.reject(new Error('the port is taken'));
  await expect(result).rejects.toThrow('the port is taken');
  expect(seen.exits).toEqual([]);
});

test('told afterwards: stopped once for each signal, so that the second ends calls at once', async () => {
  const { signals, clock, start, stopped, seen, running, result } = starting();
  start.resolve(running);
  expect(await result).toBe(running);
  expect(clock.pending).toBe(0);
  signals.emit('SIGTERM', 'SIGTERM');
  await setImmediate();
  signals.emit('SIGTERM', 'SIGTERM');
  await setImmediate();
  expect(seen).toMatchObject({ exits: [], stops: 2 });
  stopped.resolve(undefined);
  await setImmediate();
  expect(seen.exits[0]).toBe(0);
});

test.each(['the start', 'the stop'])('%s hangs: after 45 s it ends all the same, with 1', async (what) => {
  const { signals, clock, start, seen, running } = starting();
  if (what === 'the stop') start.resolve(running);
  signals.emit('SIGTERM', 'SIGTERM');
  await setImmediate();
  clock.advance(40_000);
  signals.emit('SIGTERM', 'SIGTERM');
  await setImmediate();
  clock.advance(4_999);
  expect(seen.exits).toEqual([]);
  clock.advance(1);
  expect(seen.exits).toEqual([1]);
});

test('what cannot be stopped cleanly ends with 1', async () => {
  const { signals, start, stopped, seen, running } = starting();
  start.resolve(running);
  stopped.reject(new Error('no'));
  signals.emit('SIGTERM', 'SIGTERM');
  await setImmediate();
  expect(seen.exits).toEqual([1]);
});

test.each<[string, string[], number]>([
  ['a signal after an operator’s word is the first of its kind', ['drain', 'SIGTERM'], 1],
  ['whichever it is', ['drain', 'SIGINT'], 1],
  ['the second one ends calls at once', ['drain', 'SIGINT', 'SIGTERM'], 2],
  ['an operator hurries nobody', ['SIGTERM', 'drain'], 1],
  ['nor twice', ['drain', 'drain'], 1],
  ['two signals do', ['SIGTERM', 'drain', 'SIGTERM'], 2],
])('told by an operator too: %s', (_what, words, times) => {
  const signals = new EventEmitter();
  const both = alsoByOperator(signals, silentLog);
  let told = 0;
  both.on('SIGTERM', () => (told += 1));
  both.on('SIGINT', () => (told += 1));
  for (const word of words) {
    if (word === 'drain') both.drain();
    else signals.emit(word, word);
  }
  expect(told).toBe(times);
});
