// The figures of several workers as one text: put together, and asked for.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { FigureDesk } from '../../../src/cli/workers/figure-desk.ts';
import { mergedFigures } from '../../../src/cli/workers/merged-figures.ts';
import type { ToWorker } from '../../../src/cli/workers/messages.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

/** As a worker has it. `only`: a metric that others have not. */
async function textOf(worker: string, calls: number, only?: string): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'calls_total', help: 'Calls.', labelNames: ['outcome'], registers }).inc(
    { outcome: 'done' },
    calls,
  );
  new Gauge({ name: 'in_progress', help: 'Now.\nOr soon.', registers }).set(calls);
  new Histogram({ name: 'seconds', help: 'How long.', buckets: [1, 5], registers }).observe(calls);
  if (only !== undefined) new Gauge({ name: only, help: 'Its own.', registers }).set(1);
  registry.setDefaultLabels({ worker });
  return registry.metrics();
}

test('all samples of a metric stand together, under one head', async () => {
  const merged = mergedFigures([await textOf('1', 2), '', await textOf('2', 7, 'extra')]);
  expect(merged.split('\n')).toEqual([
    '# HELP calls_total Calls.',
    '# TYPE calls_total counter',
    'calls_total{outcome="done",worker="1"} 2',
    'calls_total{outcome="done",worker="2"} 7',
    '',
    '# HELP in_progress Now.\\nOr soon.',
    '# TYPE in_progress gauge',
    'in_progress{worker="1"} 2',
    'in_progress{worker="2"} 7',
    '',
    '# HELP seconds How long.',
    '# TYPE seconds histogram',
    'seconds_bucket{le="1",worker="1"} 0',
    'seconds_bucket{le="5",worker="1"} 1',
    'seconds_bucket{le="+Inf",worker="1"} 1',
    'seconds_sum{worker="1"} 2',
    'seconds_count{worker="1"} 1',
    'seconds_bucket{le="1",worker="2"} 0',
    'seconds_bucket{le="5",worker="2"} 0',
    'seconds_bucket{le="+Inf",worker="2"} 1',
    'seconds_sum{worker="2"} 7',
    'seconds_count{worker="2"} 1',
    '',
    '# HELP extra Its own.',
    '# TYPE extra gauge',
    'extra{worker="2"} 1',
    '',
  ]);
});

test('of one process: what it says itself', async () => {
  const text = await textOf('1', 3);
  expect(mergedFigures([text]).trim()).toBe(text.trim());
});

function deskOf(workers: number) {
  const clock = new ManualClock();
  const desk = new FigureDesk(clock);
  return {
    clock,
    workers: Array.from({ length: workers }, () => {
      const told: ToWorker[] = [];
      return { told, seat: desk.join((message) => void told.push(message)) };
    }),
  };
}

const HELD = '# HELP a A.\n# TYPE a gauge\n';

test('everyone is asked, and who asked is told', () => {
  const { workers, clock } = deskOf(2);
  const [one, two] = workers;
  two!.seat.take({ is: 'ask', ask: 41 });
  expect(one!.told).toEqual([{ is: 'asked', ask: 1 }]);
  expect(two!.told).toEqual([{ is: 'asked', ask: 1 }]);
  two!.seat.take({ is: 'answer', ask: 1, text: `${HELD}a{worker="2"} 2` });
  one!.seat.take({ is: 'answer', ask: 1, text: `${HELD}a{worker="1"} 1` });
  expect(two!.told.at(-1)).toEqual({
    ...{ is: 'figures', ask: 41 },
    text: `${HELD}a{worker="2"} 2\na{worker="1"} 1\n`,
  });
  expect(one!.told).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test.each([
  ['dies', (_: ManualClock, seat: { leave(): void }) => seat.leave()],
  ['says nothing for 2 s', (clock: ManualClock) => clock.advance(2_000)],
])('one that %s is left out', (_, goes) => {
  const { workers, clock } = deskOf(2);
  const [one, two] = workers;
  one!.seat.take({ is: 'ask', ask: 1 });
  one!.seat.take({ is: 'answer', ask: 1, text: `${HELD}a 1` });
  goes(clock, two!.seat);
  expect(one!.told.at(-1)).toEqual({ is: 'figures', ask: 1, text: `${HELD}a 1\n` });
  two!.seat.take({ is: 'answer', ask: 1, text: `${HELD}a 2` });
  expect(one!.told, 'too late').toHaveLength(2);
});
