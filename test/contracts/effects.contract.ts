// The rules that every keeper of effects keeps. Each adapter's test opens one, empty, and lets its time pass.
import { describe, expect, test, type TestContext } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import type { Claim, EffectKey, EffectResult, Effects } from '../../src/tools/effects/effects.ts';

export interface EffectsRig {
  readonly effects: Effects;
  /** Makes so much time pass for the claims that there are. */
  readonly pass: (ms: number) => Promise<void>;
}

/** What it is about, when it is claimed and when it is settled. */
type Abouts = readonly [claimed?: string | undefined, settled?: string];

const LIMIT_MS = 60_000;
const book: EffectKey = { callId: callId('CA1'), tool: 'book', argsHash: 'aa' };
const cancel: EffectKey = { callId: callId('CA1'), tool: 'cancel', argsHash: 'cc' };
const resultOf = (message: string): EffectResult => ({
  response: { status: 'ok', retryable: false, message, odd: 'nul \u0000, half \ud800, "quoted"', list: [1] },
});
const done = (message: string, reverses: readonly string[] = [], about?: string) =>
  ({ as: 'done', result: resultOf(message), reverses, about }) as const;

export function effectsContract(
  adapter: string,
  open: (context: Pick<TestContext, 'onTestFinished'>) => Promise<EffectsRig>,
): void {
  describe(`${adapter} keeps the rules of effects`, () => {
    test('[EF1] the first claim gets it, every other sees that it runs', async (context) => {
      const { effects } = await open(context);
      expect(await effects.claim(book, LIMIT_MS)).toEqual({ is: 'mine', round: 0 });
      expect(await effects.claim(book, LIMIT_MS)).toEqual({ is: 'running' });
    });

    test('[EF2] of twenty at the same time one gets it', async (context) => {
      const { effects } = await open(context);
      const claims = await Promise.all(Array.from({ length: 20 }, () => effects.claim(book, LIMIT_MS)));
      const kinds = claims.map(({ is }) => is).sort();
      expect(kinds).toEqual(['mine', ...Array.from({ length: 19 }, () => 'running')]);
    });

    test('[EF3] call, tool and arguments each make another effect', async (context) => {
      const { effects } = await open(context);
      await effects.claim(book, LIMIT_MS);
      for (const other of [
        { ...book, callId: callId('CA2') },
        { ...book, tool: 'order' },
        { ...book, argsHash: 'bb' },
      ])
        expect(await effects.claim(other, LIMIT_MS)).toEqual({ is: 'mine', round: 0 });
    });

    test('[EF4] what is done stays so, with the first result, whatever is settled later', async (context) => {
      const { effects, pass } = await open(context);
      await effects.claim(book, LIMIT_MS);
      await effects.settle(book, {
        ...done('first'),
        result: { ...resultOf('first'), then: { type: 'hangUp' } },
      });
      await effects.settle(book, done('second'));
      await effects.settle(book, { as: 'undone' });
      await effects.settle(book, { as: 'in-doubt' });
      await pass(LIMIT_MS * 2);
      expect(await effects.claim(book, LIMIT_MS)).toEqual({
        is: 'done',
        result: { ...resultOf('first'), then: { type: 'hangUp' } },
      });
    });

    test('[EF5] what was not done may be tried again, in the same round', async (context) => {
      const { effects } = await open(context);
      await effects.claim(book, LIMIT_MS);
      await effects.settle(book, { as: 'undone' });
      await effects.settle(book, { as: 'undone' });
      expect(await effects.claim(book, LIMIT_MS)).toEqual({ is: 'mine', round: 0 });
    });

    test('[EF6] what is in doubt stays so, until it is known', async (context) => {
      const { effects } = await open(context);
      await effects.claim(book, LIMIT_MS);
      await effects.settle(book, { as: 'in-doubt' });
      expect(await effects.claim(book, LIMIT_MS)).toEqual({ is: 'in-doubt' });
      await effects.settle(book, done('after all'));
      expect(await effects.claim(book, LIMIT_MS)).toMatchObject({ is: 'done' });
    });

    test('[EF7] what was never settled is in doubt after its limit, and not before', async (context) => {
      const { effects, pass } = await open(context);
      await effects.claim(book, LIMIT_MS);
      await pass(LIMIT_MS / 2);
      expect(await effects.claim(book, LIMIT_MS)).toEqual({ is: 'running' });
      await pass(LIMIT_MS);
      expect(await effects.claim(book, LIMIT_MS)).toEqual({ is: 'in-doubt' });
      await effects.settle(book, done('late'));
      expect(await effects.claim(book, LIMIT_MS)).toMatchObject({ is: 'done' });
    });

    test('[EF8] what is taken back may be done anew, in the next round', async (context) => {
      const { effects } = await open(context);
      for (const round of [0, 1, 2]) {
        for (const [key, message] of [
          [book, `booked ${round}`],
          [cancel, `cancelled ${round}`],
        ] as const) {
          expect(await effects.claim(key, LIMIT_MS)).toEqual({ is: 'mine', round });
          await effects.settle(key, done(message, key === book ? ['cancel'] : ['book']));
          const again: Claim = await effects.claim(key, LIMIT_MS);
          expect(again).toEqual({ is: 'done', result: resultOf(message) });
        }
      }
    });

    test('[EF9] taking back reaches what is done or in doubt in this call, and nothing else', async (context) => {
      const { effects, pass } = await open(context);
      const late = { ...book, argsHash: 'late' };
      await effects.claim(late, LIMIT_MS);
      await pass(LIMIT_MS * 2);
      const elsewhere = { ...book, callId: callId('CA2') };
      const running = { ...book, argsHash: 'running' };
      const inDoubt = { ...book, argsHash: 'doubt' };
      const order = { ...book, tool: 'order' };
      for (const key of [book, elsewhere, running, inDoubt, order]) await effects.claim(key, LIMIT_MS);
      for (const key of [book, elsewhere, order]) await effects.settle(key, done('booked'));
      await effects.settle(inDoubt, { as: 'in-doubt' });
      await effects.claim(cancel, LIMIT_MS);
      await effects.settle(cancel, done('cancelled', ['book', 'cancel']));
      const claims: Record<string, string> = {};
      for (const [name, key] of Object.entries({ book, late, elsewhere, running, inDoubt, order, cancel }))
        claims[name] = (await effects.claim(key, LIMIT_MS)).is;
      expect(claims).toEqual({
        ...{ book: 'mine', elsewhere: 'done', running: 'running' },
        ...{ inDoubt: 'mine', late: 'mine', order: 'done', cancel: 'done' },
      });
    });

    test('[EF10] there and back: each change takes back the one before, of the same tool', async (context) => {
      const { effects } = await open(context);
      const [a, b] = ['a', 'b'].map((argsHash) => ({ callId: book.callId, tool: 'change', argsHash }));
      const rounds: Claim[] = [];
      for (const key of [a!, b!, a!, b!]) {
        rounds.push(await effects.claim(key, LIMIT_MS));
        await effects.settle(key, done('changed', ['change']));
      }
      expect(rounds.map((claim) => claim.is === 'mine' && claim.round)).toEqual([0, 0, 1, 1]);
    });

    test('[EF11] settling twice takes back once', async (context) => {
      const { effects } = await open(context);
      await effects.claim(book, LIMIT_MS);
      await effects.settle(book, done('booked'));
      await effects.claim(cancel, LIMIT_MS);
      await effects.settle(cancel, done('cancelled', ['book']));
      await effects.claim(book, LIMIT_MS);
      await effects.settle(book, done('booked anew'));
      await effects.settle(cancel, done('cancelled', ['book']));
      expect(await effects.claim(book, LIMIT_MS)).toEqual({ is: 'done', result: resultOf('booked anew') });
    });

    test('[EF12] what was done without a claim, the claim being lost, is done', async (context) => {
      const { effects } = await open(context);
      await effects.settle(book, done('done meanwhile'));
      expect(await effects.claim(book, LIMIT_MS)).toMatchObject({ is: 'done' });
    });

    test('[EF13] taking back reaches what is about the same, or where one of both does not say', async (context) => {
      const { effects } = await open(context);
      const keyOf = (argsHash: string): EffectKey => ({ ...book, argsHash });
      const booked: Record<string, Abouts> = {
        ...{ nothing: [], before: ['nine'], after: [undefined, 'nine'], mended: ['ten', 'nine'] },
        ...{ other: ['ten'], otherAfter: [undefined, 'ten'], otherMended: ['nine', 'ten'] },
      };
      const isTakenBackBy = async (...about: Abouts): Promise<string[]> => {
        for (const [name, [before, after]] of Object.entries(booked)) {
          await effects.claim(keyOf(name), LIMIT_MS, before);
          await effects.settle(keyOf(name), done('booked', [], after));
        }
        const by = { ...cancel, argsHash: about.join() };
        await effects.claim(by, LIMIT_MS, about[0]);
        await effects.settle(by, done('cancelled', ['book'], about[1]));
        const taken: string[] = [];
        for (const name of Object.keys(booked))
          if ((await effects.claim(keyOf(name), LIMIT_MS, booked[name]![0])).is === 'mine') taken.push(name);
        return taken;
      };
      expect(await isTakenBackBy('nine')).toEqual(['nothing', 'before', 'after', 'mended']);
      expect(await isTakenBackBy(undefined, 'nine')).toEqual(['nothing', 'before', 'after', 'mended']);
      expect(await isTakenBackBy('ten', 'nine')).toEqual(['nothing', 'before', 'after', 'mended']);
      expect(await isTakenBackBy('noon')).toEqual(['nothing']);
      expect(await isTakenBackBy()).toEqual(Object.keys(booked));
    });

    test('[EF14] what is in doubt is about what it was claimed for', async (context) => {
      const { effects } = await open(context);
      await effects.claim(book, LIMIT_MS, 'nine');
      await effects.settle(book, { as: 'in-doubt' });
      await effects.claim(cancel, LIMIT_MS);
      await effects.settle(cancel, done('cancelled', ['book'], 'ten'));
      expect(await effects.claim(book, LIMIT_MS)).toEqual({ is: 'in-doubt' });
      const other = { ...cancel, argsHash: 'dd' };
      await effects.claim(other, LIMIT_MS);
      await effects.settle(other, done('cancelled', ['book'], 'nine'));
      expect(await effects.claim(book, LIMIT_MS)).toEqual({ is: 'mine', round: 1 });
    });
  });
}
