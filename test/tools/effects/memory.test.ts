import { createMemoryEffects } from '../../../src/tools/effects/memory.ts';
import { expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import { effectsContract } from '../../contracts/effects.contract.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

effectsContract('memory', () => {
  const clock = new ManualClock();
  return Promise.resolve({
    effects: createMemoryEffects(clock),
    pass(ms) {
      clock.advance(ms);
      return Promise.resolve();
    },
  });
});

test('a call that nobody has asked about for so long is forgotten', async () => {
  const clock = new ManualClock();
  const effects = createMemoryEffects(clock, 1_000);
  const key = { callId: callId('CA1'), tool: 'book', argsHash: 'aa' };
  await effects.settle(key, { as: 'done', result: { response: {} }, reverses: [] });
  clock.advance(999);
  expect(await effects.claim(key, 1)).toMatchObject({ is: 'done' });
  clock.advance(1_000);
  expect(await effects.claim(key, 1)).toEqual({ is: 'mine', round: 0 });
});
