import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import type { ToolResult } from '../../../src/tools/tool.ts';
import { HARD_LIMIT_MS, rigOf, settle, TIMEOUT_MS, tool } from './runner-rig.ts';

interface Act {
  readonly key: string;
  /** Tool and arguments. */
  readonly what: string;
  readonly message: string;
  readonly gate: PromiseWithResolvers<ToolResult>;
  readonly signal: AbortSignal;
  end: 'running' | 'done' | 'undone' | 'in-doubt';
}

const id = fc.constantFrom(...'a b c d e f g h i j k l m n o'.split(' '));
const step = fc.oneof(
  {
    weight: 48,
    arbitrary: fc.record({
      do: fc.constant('run' as const),
      id,
      name: fc.constantFrom('book', 'cancel'),
      when: fc.constantFrom('Monday', ' Monday', 'Tuesday'),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('cancel' as const), id }) },
  {
    weight: 40,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(3),
      as: fc.constantFrom('done' as const, 'done' as const, 'undone' as const, 'in-doubt' as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), byMs: fc.nat(TIMEOUT_MS) }) },
  { weight: 48, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
);

function scene() {
  const acts: Act[] = [];
  const violations: string[] = [];
  const act =
    (name: string) =>
    (
      args: object,
      { effectKey, signal }: { effectKey: string; signal: AbortSignal },
    ): Promise<ToolResult> => {
      // Said at the end, as the runner takes whatever a tool throws.
      const before = acts.filter(({ key, end }) => key === effectKey && end !== 'undone');
      if (before.length > 0) violations.push(`${effectKey} after one that is ${before[0]!.end}`);
      const gate = Promise.withResolvers<ToolResult>();
      gate.promise.catch(() => undefined);
      const what = `${name} ${String(Object.values(args)[0]).trim()}`;
      const one: Act = {
        key: effectKey,
        what,
        message: `${what}, act ${acts.length}`,
        gate,
        signal,
        end: 'running',
      };
      signal.addEventListener('abort', () => (one.end = 'in-doubt'));
      acts.push(one);
      return gate.promise;
    };
  const end = (one: Act | undefined, as: 'done' | 'undone' | 'in-doubt'): void => {
    if (one?.end !== 'running') return;
    one.end = as;
    if (as === 'done') one.gate.resolve({ tell: { message: one.message } });
    else one.gate.reject(as === 'undone' ? new LivelineError('CRM_CONFLICT', 'taken') : new Error('lost'));
  };
  const rig = rigOf([
    tool('book', act('book'), { effect: {} }),
    tool('cancel', act('cancel'), { effect: { reverses: ['book'] } }),
  ]);
  return { acts, violations, end, ...rig };
}

test('in any order, each id is answered at most once, each effect done at most once, and the first result given', async () => {
  const count = { acts: 0, repeated: 0, late: 0, anew: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
      const { acts, violations, end, clock, done, late, run, cancel, runner } = scene();
      const asked = new Map<string, string>();
      let closedWith: readonly [number, number] | undefined;
      for (const event of steps)
        switch (event.do) {
          case 'run':
            run(event.name, event.id, { when: event.when });
            if (!asked.has(event.id)) asked.set(event.id, `${event.name} ${event.when.trim()}`);
            break;
          case 'cancel':
            cancel(event.id);
            break;
          case 'end':
            end(acts.filter((one) => one.end === 'running')[event.which], event.as);
            break;
          case 'advance':
            clock.advance(event.byMs);
            break;
          case 'settle':
            await settle();
            break;
          case 'close':
            void runner.close();
            closedWith ??= [done.length, late.length];
        }
      await settle();
      clock.advance(HARD_LIMIT_MS * 2);
      await settle();
      const before = [done.length, late.length];
      await runner.close();
      expect([done.length, late.length]).toEqual(closedWith ?? before);
      expect(clock.pending).toBe(0);
      expect(violations).toEqual([]);

      for (const [which, what] of asked) {
        const answers = done.filter((answer) => answer.id === which);
        const lates = late.filter((answer) => answer.id === which);
        expect(answers.length).toBeLessThanOrEqual(1);
        expect(lates.length).toBeLessThanOrEqual(1);
        // Told twice is only who was first told that it takes too long.
        if (lates[0]) expect(answers.length).toBe(lates[0].after === 'timed-out' ? 1 : 0);
        for (const { response } of [...answers, ...lates])
          if (response['status'] === 'ok')
            expect(acts.find(({ message }) => message === response['message'])?.what).toBe(what);
      }
      // A repetition was told what somebody was told, or would have been, as the first.
      const results = new Set(acts.filter((one) => one.end === 'done').map(({ message }) => message));
      for (const { response, repeated } of done)
        if (repeated && response['status'] === 'ok') expect(results).toContain(response['message']);
      const keysDone = acts.filter((one) => one.end === 'done').map(({ key }) => key);
      expect(new Set(keysDone).size).toBe(keysDone.length);

      count.acts += acts.length;
      count.repeated += done.filter(({ repeated }) => repeated).length;
      count.late += late.length;
      count.anew += acts.filter(({ key }) => !key.endsWith('/0')).length;
    }),
    { numRuns: 500 },
  );
  // The orders did reach what they are about.
  for (const reached of Object.values(count)) expect(reached).toBeGreaterThan(10);
});
