import { describe, expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import { createLog, silentLog } from '../../../src/base/log.ts';
import { createMemoryEffects } from '../../../src/tools/effects/memory.ts';
import type { Claim, EffectKey, Effects } from '../../../src/tools/effects/effects.ts';
import { createSteadyEffects } from '../../../src/tools/effects/steady.ts';
import { effectsContract } from '../../contracts/effects.contract.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { settle } from '../run/runner-rig.ts';

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
    claim: (each, limitMs, about) => through(() => shared.claim(each, limitMs, about)),
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

  test('one that hangs still costs a second, once in five', async () => {
    const { clock, effects, state } = rig();
    state.is = 'away';
    await effects.claim(key('0'), 60_000);
    state.is = 'hangs';
    clock.advance(5_000);
    const asked = state.asked;
    const claiming = effects.claim({ ...key('a'), callId: callId('CA2') }, 60_000);
    await settle();
    clock.advance(999);
    let isTold = false;
    void claiming.then(() => (isTold = true));
    await settle();
    expect(isTold).toBe(false);
    clock.advance(1);
    expect(await claiming).toEqual({ is: 'mine', round: 0 });
    for (const each of ['b', 'c', 'd'])
      expect((await effects.claim({ ...key(each), callId: callId('CA2') }, 60_000)).is).toBe('mine');
    // Once for the claim, and once for what the other call has begun.
    expect(state.asked).toBe(asked + 2);
    clock.advance(5_000);
    state.is = 'there';
    expect((await effects.claim(key('e'), 60_000)).is).toBe('mine');
  });

  test('each spell is said', async () => {
    const { clock, effects, state, levels } = rig();
    for (const [n, is] of (['away', 'hangs', 'there', 'away', 'there'] as const).entries()) {
      state.is = is;
      clock.advance(5_000);
      const claiming = effects.claim(key(`${n}`), 60_000);
      await settle();
      clock.advance(1_000);
      await claiming;
    }
    expect(levels()).toEqual(['warn', 'info', 'warn', 'info']);
  });

  test('what was begun meanwhile is in doubt for others once it is back, until it is settled', async () => {
    const { clock, effects, shared, state } = rig();
    state.is = 'away';
    await effects.claim(key('a'), 60_000);
    state.is = 'there';
    clock.advance(5_000);
    await settle();
    expect(await shared.claim(key('a'), 60_000)).toEqual({ is: 'in-doubt' });
    expect(await effects.claim(key('a'), 60_000)).toEqual({ is: 'running' });
    await effects.settle(key('a'), done('ours'));
    expect(await shared.claim(key('a'), 60_000)).toMatchObject({ is: 'done' });
  });

  test('nothing is begun in a call that another process has had', async () => {
    const { clock, effects, shared, state } = rig();
    await shared.claim(key('a'), 60_000);
    await shared.settle(key('a'), done('theirs'));
    effects.takenUp?.(key('a').callId);
    state.is = 'away';
    for (const each of ['a', 'a', 'b'])
      await expect(effects.claim(key(each), 60_000)).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    expect((await effects.claim({ ...key('b'), callId: callId('CA2') }, 60_000)).is).toBe('mine');
    state.is = 'there';
    clock.advance(5_000);
    expect(await effects.claim(key('a'), 60_000)).toMatchObject({ is: 'done' });
    expect(await effects.claim(key('b'), 60_000)).toEqual({ is: 'mine', round: 0 });
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

  test('no claim overtakes what its call has done meanwhile', async () => {
    const { clock, effects, shared, state } = rig();
    const cancel = { ...key('a'), tool: 'cancel' };
    state.is = 'away';
    await effects.claim(key('a'), 60_000);
    await effects.settle(key('a'), done('booked'));
    await effects.claim(cancel, 60_000);
    await effects.settle(cancel, { ...done('cancelled'), reverses: ['book'] });
    state.is = 'there';
    let first: Promise<Claim> | undefined;
    // At the moment at which the database is asked again, and before what waits is written.
    clock.after(5_000, () => (first = effects.claim(key('a'), 60_000)));
    clock.advance(4_999);
    await settle();
    clock.advance(1);
    expect(await first).toEqual({ is: 'mine', round: 1 });
    expect(await shared.claim(key('a'), 60_000)).toEqual({ is: 'running' });
    expect(await shared.claim(cancel, 60_000)).toMatchObject({ is: 'done' });
  });

  test('what cannot be written in time is claimed in memory', async () => {
    const { clock, effects, shared, state } = rig();
    state.is = 'away';
    await effects.claim(key('a'), 60_000);
    await effects.settle(key('a'), done('booked'));
    state.is = 'hangs';
    clock.advance(4_999);
    let isDue: Promise<Claim> | undefined;
    clock.after(1, () => (isDue = effects.claim(key('b'), 60_000)));
    clock.advance(1);
    await settle();
    clock.advance(1_000);
    expect(await isDue).toEqual({ is: 'mine', round: 0 });
    expect(await shared.claim(key('b'), 60_000)).toEqual({ is: 'mine', round: 0 });
  });
});

describe('a database that is there, and slow', () => {
  test('is waited for: what it has not answered for is not begun, and may be tried again', async () => {
    const { clock, effects, shared, state, lines } = rig();
    state.is = 'hangs';
    const claiming = effects.claim(key('a'), 60_000);
    let is = 'waiting';
    void claiming.catch(() => (is = 'refused'));
    await settle();
    clock.advance(3_999);
    await settle();
    expect(is).toBe('waiting');
    clock.advance(1);
    await expect(claiming).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    expect(lines, 'it is not away').toEqual([]);
    state.is = 'there';
    expect(await effects.claim(key('a'), 60_000)).toEqual({ is: 'mine', round: 0 });
    expect(await shared.claim(key('a'), 60_000)).toEqual({ is: 'running' });
  });

  test('a claim that is there when nobody waits for it any more is given back', async () => {
    const clock = new ManualClock();
    const shared = createMemoryEffects(clock);
    const slow: Effects = {
      ...shared,
      claim: async (...claimed) => {
        await new Promise<void>((resolve) => void clock.after(4_500, resolve));
        return shared.claim(...claimed);
      },
    };
    const effects = createSteadyEffects({ shared: slow, clock, log: silentLog });
    const claiming = effects.claim(key('a'), 60_000);
    await settle();
    clock.advance(4_000);
    await expect(claiming).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    clock.advance(500);
    await settle();
    expect(await shared.claim(key('a'), 60_000)).toEqual({ is: 'mine', round: 0 });
  });

  test('one connection that was cut is no sign of its absence', async () => {
    const clock = new ManualClock();
    const shared = createMemoryEffects(clock);
    let cuts = 1;
    const cut: Effects = {
      ...shared,
      claim: (...claimed) => {
        if (cuts-- > 0) return Promise.reject(Object.assign(new Error('terminated'), { code: '57P01' }));
        return shared.claim(...claimed);
      },
    };
    const effects = createSteadyEffects({ shared: cut, clock, log: silentLog });
    expect(await effects.claim(key('a'), 60_000)).toEqual({ is: 'mine', round: 0 });
    expect(await shared.claim(key('a'), 60_000)).toEqual({ is: 'running' });
  });

  const afterThree = async (eachMs: number) => {
    const clock = new ManualClock();
    const shared: Effects = {
      ...createMemoryEffects(clock),
      settle: () => new Promise((resolve) => void clock.after(eachMs, resolve)),
    };
    const effects = createSteadyEffects({ shared, clock, log: silentLog });
    for (const each of ['a', 'b', 'c']) void effects.settle(key(each), done('done'));
    await settle();
    const got: (Claim | 'refused')[] = [];
    void effects.claim(key('d'), 60_000).then(
      (claim) => got.push(claim),
      () => got.push('refused'),
    );
    for (let ms = 0; ms <= 4_000; ms += 100) {
      clock.advance(100);
      await settle();
    }
    return got;
  };

  test('a claim waits for what its call has done to be written', async () => {
    expect(await afterThree(900)).toEqual([{ is: 'mine', round: 0 }]);
    expect(await afterThree(1_500)).toEqual(['refused']);
  });
});

describe('what many calls have done at once', () => {
  const keyOf = (call: number): EffectKey => ({ ...key('a'), callId: callId(`CA${call}`) });

  test('is written four calls at a time, and each call in its order', async () => {
    const clock = new ManualClock();
    const gates: PromiseWithResolvers<undefined>[] = [];
    const written: string[] = [];
    const slow: Effects = {
      ...createMemoryEffects(clock),
      async settle({ callId: call, argsHash }) {
        written.push(`${call} ${argsHash}`);
        const gate = Promise.withResolvers<undefined>();
        gates.push(gate);
        await gate.promise;
      },
    };
    const effects = createSteadyEffects({ shared: slow, clock, log: silentLog });
    const settling = [0, 1, 2, 3, 4, 5].flatMap((call) =>
      ['first', 'second'].map((argsHash) => effects.settle({ ...keyOf(call), argsHash }, done('done'))),
    );
    await settle();
    expect(written).toEqual([0, 1, 2, 3].map((call) => `CA${call} first`));
    gates[1]!.resolve(undefined);
    await settle();
    expect(written.slice(4)).toEqual(['CA1 second']);
    for (let next = 0; next < 12; next++) {
      gates[next]!.resolve(undefined);
      await settle();
    }
    await Promise.all(settling);
    expect(written).toHaveLength(12);
    expect(new Set(written).size).toBe(12);
    for (const call of [0, 1, 2, 3, 4, 5])
      expect(written.indexOf(`CA${call} first`)).toBeLessThan(written.indexOf(`CA${call} second`));
    expect(clock.pending).toBe(0);
  });

  test('while the database is away is kept, ten thousand at most; what is not, the log names', async () => {
    const { clock, effects, shared, state, lines } = rig();
    state.is = 'away';
    for (let call = 0; call < 10_001; call++) void effects.settle(keyOf(call), done('done'));
    await settle();
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ callId: 'CA0', tool: 'book', as: 'done' }),
    ]);
    state.is = 'there';
    clock.advance(5_000);
    await settle();
    expect(await shared.claim(keyOf(0), 60_000)).toMatchObject({ is: 'mine' });
    for (const call of [1, 5_000, 10_000])
      expect(await shared.claim(keyOf(call), 60_000)).toMatchObject({ is: 'done' });
    expect(clock.pending).toBe(0);
  });
});
