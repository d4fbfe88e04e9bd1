import { describe, expect, test } from 'vitest';
import { optOut } from '../../../src/tools/built-in/opt-out.ts';
import type { OptOut, OptOutBook } from '../../../src/tools/opt-outs.ts';
import { ADA_PHONE, contextOf, use } from '../rig.ts';

function listening(): OptOutBook & { readonly added: OptOut[] } {
  const added: OptOut[] = [];
  return {
    added,
    add: (entry) => Promise.resolve(void added.push(entry)),
    has: () => Promise.resolve(false),
  };
}

test.each([{}, { reason: 'stop calling me' }])('the number that calls is written down: %j', async (args) => {
  const optOuts = listening();
  const { tell, then } = await use(optOut, args, contextOf({ optOuts }));
  expect(optOuts.added).toEqual([{ number: ADA_PHONE, callId: 'CA1', reason: '', ...args }]);
  expect(tell['message']).toContain('not called by us any more');
  expect(then).toBeUndefined();
});

test('another number that the model names is not', async () => {
  const optOuts = listening();
  const args = { number: '+15550100777', phone: '+15550100777', caller: '+15550100777' };
  await use(optOut, args, contextOf({ optOuts })).catch(() => undefined);
  expect(optOuts.added.filter(({ number }) => number !== ADA_PHONE)).toEqual([]);
});

describe('where it cannot be written down, it is not said to be', () => {
  test.each(['anonymous', '', 'sip:ada@example.com', 'client:ada', '911'])(
    'a caller without a number: "%s"',
    async (caller) => {
      const optOuts = listening();
      await expect(use(optOut, {}, contextOf({ optOuts, caller }))).rejects.toThrow(/withheld/);
      expect(optOuts.added).toEqual([]);
    },
  );

  test('a line that keeps no list', async () => {
    await expect(use(optOut, {}, contextOf())).rejects.toThrow(/keeps no list/);
  });

  test('a database that is away', async () => {
    const away = { ...listening(), add: () => Promise.reject(new Error('away')) };
    await expect(use(optOut, {}, contextOf({ optOuts: away }))).rejects.toThrow('away');
  });
});
