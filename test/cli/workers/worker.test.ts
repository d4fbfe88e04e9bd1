// One worker as it is to itself: which of what it is told is a word of its own, and what it answers.
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { alsoByOperator } from '../../../src/cli/told-to-stop.ts';
import type { Order } from '../../../src/cli/workers/crew.ts';
import type { FromWorker, ToWorker } from '../../../src/cli/workers/messages.ts';
import { workerSide, type WorkerSideOptions } from '../../../src/cli/workers/worker.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

function worker() {
  const events = new EventEmitter();
  const clock = new ManualClock();
  const sent: FromWorker[] = [];
  const heard: string[] = [];
  const link = {
    connected: true,
    on: (event: string, then: () => void) => events.on(event, then),
    send: (message: FromWorker) => sent.push(message) > 0,
  };
  const side = workerSide({
    ...{ clock, log: silentLog },
    process: link as unknown as WorkerSideOptions['process'],
  });
  side.signals.on('SIGTERM', (signal) => void heard.push(signal));
  side.signals.on('SIGINT', () => void heard.push('by its other name'));
  side.onRetire(() => void heard.push('retire'));
  return {
    ...{ clock, sent, heard, side, link },
    signal: (name: NodeJS.Signals) => events.emit(name, name),
    order: (order: Order) => events.emit('message', { is: 'order', order } satisfies ToWorker),
    say: (message: ToWorker) => events.emit('message', message),
    cut: () => {
      link.connected = false;
      events.emit('disconnect');
    },
  };
}

describe('told to stop', () => {
  test('once by those who keep it and once by a supervisor that tells the whole group: one word', () => {
    const { signal, order, heard, clock } = worker();
    signal('SIGINT');
    order('drain');
    clock.advance(999);
    signal('SIGTERM');
    expect(heard).toEqual(['SIGINT']);
  });

  test('the other way round too', () => {
    const { signal, order, heard } = worker();
    order('drain');
    signal('SIGTERM');
    expect(heard).toEqual(['SIGTERM']);
  });

  test('again, a second later: that is a second word', () => {
    const { signal, heard, clock } = worker();
    signal('SIGTERM');
    clock.advance(1_000);
    signal('SIGTERM');
    expect(heard).toEqual(['SIGTERM', 'SIGTERM']);
  });

  test('at once: as if told twice, unless it was told before', () => {
    const fresh = worker();
    fresh.order('now');
    expect(fresh.heard).toHaveLength(2);
    const told = worker();
    told.order('drain');
    told.order('now');
    expect(told.heard).toHaveLength(2);
  });

  test('to retire: it leaves the port first, and is told to stop once', () => {
    const { order, heard } = worker();
    order('retire');
    order('drain');
    expect(heard).toEqual(['retire', 'SIGTERM']);
  });

  test('nobody keeps it any more: it retires, and says nothing to whom is not there', () => {
    const { cut, heard, side, sent } = worker();
    cut();
    side.ready();
    expect(heard).toEqual(['retire', 'SIGTERM']);
    expect(sent).toEqual([]);
  });
});

describe('drained by an operator, and then told', () => {
  const drained = () => {
    const told = worker();
    const heard: string[] = [];
    const both = alsoByOperator(told.side.signals, silentLog);
    both.on('SIGTERM', (signal) => void heard.push(signal));
    both.drain();
    return { ...told, heard };
  };

  test.each<Order>(['drain', 'retire'])('to %s: it is at it, and hurries only when told again', (first) => {
    const { order, heard } = drained();
    order(first);
    expect(heard).toEqual(['SIGTERM']);
    order('now');
    expect(heard).toEqual(['SIGTERM', 'SIGTERM']);
  });

  test('to end at once: it hurries', () => {
    const { order, heard } = drained();
    order('now');
    expect(heard).toEqual(['SIGTERM', 'SIGTERM']);
  });
});

describe('figures', () => {
  const own = { contentType: 'text/plain', text: () => Promise.resolve('mine') };

  test('who scrapes it gets those of all', async () => {
    const { side, say, sent } = worker();
    const shown = side.metricsOf(own);
    expect(shown.contentType).toBe('text/plain');
    const first = shown.text();
    const second = shown.text();
    expect(sent).toEqual([
      { is: 'ask', ask: 1 },
      { is: 'ask', ask: 2 },
    ]);
    say({ is: 'figures', ask: 2, text: 'of all, later' });
    say({ is: 'figures', ask: 1, text: 'of all' });
    expect([await first, await second]).toEqual(['of all', 'of all, later']);
  });

  test('nobody says them within 3 s: its own', async () => {
    const { side, clock } = worker();
    const text = side.metricsOf(own).text();
    clock.advance(3_000);
    expect(await text).toBe('mine');
    expect(clock.pending).toBe(0);
  });

  test('asked for its own, it says them; nothing where they cannot be told, for the others to be heard', async () => {
    const { side, say, sent } = worker();
    side.metricsOf(own);
    say({ is: 'asked', ask: 7 });
    await setImmediate();
    expect(sent).toEqual([{ is: 'answer', ask: 7, text: 'mine' }]);
    side.metricsOf({ ...own, text: () => Promise.reject(new Error('no')) });
    say({ is: 'asked', ask: 8 });
    await setImmediate();
    expect(sent.at(-1)).toEqual({ is: 'answer', ask: 8, text: '' });
  });
});
