import { describe, expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { createLog } from '../../src/base/log.ts';
import { createMemoryEffects } from '../../src/tools/effects-memory.ts';
import type { EffectKey, Effects } from '../../src/tools/effects.ts';
import { createSteadyEffects } from '../../src/tools/steady-effects.ts';
import { effectsContract } from '../contracts/effects.contract.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { settle } from './runner-rig.ts';

const key = (argsHash: string): EffectKey => ({ callId: callId('CA1'), tool: 'book', argsHash });
const done = (message: string) => ({ as: 'done', result: { response: { message } }, reverses: [] }) as const;

const passOf = (clock: ManualClock) => (ms: number) => {
  clock.advance(ms);
  return Promise.resolve();
};

/** A database that other processes share, which may be away, hang, or refuse. */
function rig() {
  const clock = new ManualClock();
  const shared = createMemoryEffects(clock);
  const state = { is: 'there' as 'there' | 'away' | 'hangs' | 'refuses', asked: 0 };
  const through = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    state.asked += 1;
    if (state.is === 'away') throw Object.assign(new Error('cannot connect'), { code: 'ECONNREFUSED' });
    if (state.is === 'hangs') await new Promise(() => undefined);
    if (state.is === 'refuses') throw Object.assign(new Error('too long'), { code: '22001' });
    return ask();
  };
  const faulty: Effects = {
    claim: (each, limitMs) => through(() => shared.claim(each, limitMs)),
    settle: (each, settlement) => through(() => shared.settle(each, settlement)),
  };
  const lines: { level: string; msg: string }[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  const log = createLog({ level: 'debug', secrets: [], destination: { write } });
  const effects = createSteadyEffects({ shared: faulty, clock, log });
  const levels = (): string[] => lines.map(({ level }) => level);
  return { clock, shared, state, effects, lines, levels };
}

effectsContract('a database with memory before it', () => {
  const { clock, effects } = rig();
  return Promise.resolve({ effects, pass: passOf(clock) });
});

effectsContract('memory in the stead of a database that is away', () => {
  const { clock, effects, state } = rig();
  state.is = 'away';
  return Promise.resolve({ effects, pass: passOf(clock) });
});

describe('with other processes', () => {
  test('what another does or did is seen', async () => {
    const { effects, shared } = rig();
    await shared.claim(key('a'), 60_000);
    expect(await effects.claim(key('a'), 60_000)).toEqual({ is: 'running' });
    await shared.settle(key('a'), done('theirs'));
    expect(await effects.claim(key('a'), 60_000)).toMatchObject({ is: 'done' });
  });

  test('what is claimed and done here, others see', async () => {
    const { effects, shared } = rig();
    await effects.claim(key('a'), 60_000);
    expect(await shared.claim(key('a'), 60_000)).toEqual({ is: 'running' });
    await effects.settle(key('a'), done('ours'));
    expect(await shared.claim(key('a'), 60_000)).toMatchObject({ is: 'done' });
  });
});

describe('while the database is away', () => {
  test('each thing is done once in this process, the log says so once, and what was done is written later', async () => {
    const { clock, effects, shared, state, lines } = rig();
    state.is = 'away';
    expect(await effects.claim(key('a'), 60_000)).toEqual({ is: 'mine', round: 0 });
    expect(await effects.claim(key('b'), 60_000)).toEqual({ is: 'mine', round: 0 });
    await effects.settle(key('a'), done('ours'));
    await effects.settle(key('b'), done('ours too'));
    expect(await effects.claim(key('a'), 60_000)).toMatchObject({ is: 'done' });
    expect(lines).toMatchObject([{ level: 'warn' }]);
    clock.advance(5_000);
    await settle();
    state.is = 'there';
    clock.advance(5_000);
    await settle();
    for (const each of ['a', 'b'])
      expect(await shared.claim(key(each), 60_000)).toMatchObject({ is: 'done' });
    expect(lines).toMatchObject([{ level: 'warn' }, { level: 'info' }]);
    expect(clock.pending).toBe(0);
  });

  test('a database that hangs costs a second, once in five', async () => {
    const { clock, effects, state } = rig();
    state.is = 'hangs';
    const claiming = effects.claim(key('a'), 60_000);
    await settle();
    clock.advance(999);
    let isTold = false;
    void claiming.then(() => (isTold = true));
    await settle();
    expect(isTold).toBe(false);
    clock.advance(1);
    expect(await claiming).toEqual({ is: 'mine', round: 0 });
    for (const each of ['b', 'c', 'd']) expect((await effects.claim(key(each), 60_000)).is).toBe('mine');
    expect(state.asked).toBe(1);
    clock.advance(5_000);
    state.is = 'there';
    expect((await effects.claim(key('e'), 60_000)).is).toBe('mine');
    expect(state.asked).toBe(2);
  });

  test('each spell is said', async () => {
    const { clock, effects, state, levels } = rig();
    for (const [n, is] of (['away', 'there', 'hangs', 'there'] as const).entries()) {
      state.is = is;
      clock.advance(5_000);
      const claiming = effects.claim(key(`${n}`), 60_000);
      await settle();
      clock.advance(1_000);
      await claiming;
    }
    expect(levels()).toEqual(['warn', 'info', 'warn', 'info']);
  });

  test('what the database refuses for good is said, and does not hold up the others', async () => {
    const { effects, shared, state, lines } = rig();
    await effects.claim(key('a'), 60_000);
    state.is = 'refuses';
    await effects.settle(key('a'), done('odd'));
    state.is = 'there';
    await effects.settle(key('b'), done('even'));
    expect(lines).toMatchObject([{ level: 'error', callId: 'CA1', tool: 'book' }]);
    expect(await shared.claim(key('b'), 60_000)).toMatchObject({ is: 'done' });
    expect(await effects.claim(key('a'), 60_000)).toMatchObject({ is: 'done' });
  });

  test('what is settled while another is being written is written too, in order', async () => {
    const { effects, shared } = rig();
    await Promise.all([
      effects.settle(key('a'), done('booked')),
      effects.settle({ ...key('a'), tool: 'cancel' }, { ...done('cancelled'), reverses: ['book'] }),
      effects.settle(key('b'), done('booked')),
    ]);
    await settle();
    const claims = [key('a'), key('b'), { ...key('a'), tool: 'cancel' }].map(
      async (each) => (await shared.claim(each, 60_000)).is,
    );
    expect(await Promise.all(claims)).toEqual(['mine', 'done', 'done']);
  });
});
