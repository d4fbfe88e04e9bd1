// Keys out and keys in: what the tools ask of the call.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askForDigits } from '../../../src/tools/built-in/ask-for-digits.ts';
import { sendDigits } from '../../../src/tools/built-in/send-digits.ts';
import { contextOf, use } from '../rig.ts';

test('keys are pressed as they were named, whatever they are', async () => {
  const keys = fc.string({
    unit: fc.constantFrom(...Array.from('0123456789ABCD*#wW')),
    minLength: 1,
    maxLength: 32,
  });
  await fc.assert(
    fc.asyncProperty(keys, async (digits) => {
      const { tell, then } = await use(sendDigits, { digits: ` ${digits}\n` }, contextOf());
      expect(then).toEqual({ type: 'sendKeys', keys: digits });
      expect(tell['message']).toMatch(/say nothing/i);
    }),
  );
});

test.each(['', ' ', '1 2', '+1', 'two', '1,2', '1'.repeat(33), '1\n2', 12, null])(
  'what is no row of keys is refused: %j',
  async (digits) => {
    await expect(use(sendDigits, { digits }, contextOf())).rejects.toMatchObject({
      code: 'TOOL_ARGUMENTS_INVALID',
    });
  },
);

test('asked to type: the call expects keys, and the agent asks for them', async () => {
  const { tell, then } = await use(askForDigits, { what: 'the customer number' }, contextOf());
  expect(then).toEqual({ type: 'expectKeys' });
  expect(tell['message']).toMatch(/hash key ends it/);
});
