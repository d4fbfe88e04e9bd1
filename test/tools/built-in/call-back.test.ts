// call_back: what is promised, to whom, and which times are refused. It is Monday, 10 o'clock in New York.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { callBack } from '../../../src/tools/built-in/call-back.ts';
import type { Place } from '../../../src/tools/built-in/places.ts';
import type { CallbackBook, PromisedCallback, Promising } from '../../../src/tools/callbacks.ts';
import type { ToolContext } from '../../../src/tools/tool.ts';
import { ADA_PHONE, contextOf, tell, use } from '../rig.ts';

const PLACES: readonly Place[] = [
  {
    name: 'billing',
    description: 'Invoices',
    spoken: 'Billing',
    // 9 to 17 o'clock there, in winter.
    isOpenAt: (epochMs) =>
      Math.floor((epochMs / 3_600_000 + 19) % 24) >= 9 && Math.floor((epochMs / 3_600_000 + 19) % 24) < 17,
  },
  { name: 'emergency', description: 'Pain', spoken: 'the dentist on call' },
];
const tool = callBack(PLACES);

function open(given: Partial<ToolContext> = {}, promising: Promising = 'promised') {
  const promised: { callback: PromisedCallback; key: string }[] = [];
  const callbacks: CallbackBook = {
    promise: (callback, key, signal) => {
      signal.throwIfAborted();
      promised.push({ callback, key });
      return Promise.resolve(promising);
    },
  };
  const context = contextOf({ callbacks, effectKey: 'CA1/call_back/1', ...given });
  return {
    promised,
    ask: (args: object) => tell(tool, { destination: 'billing', reason: 'An invoice', ...args }, context),
  };
}

test('by date and time: promised to the caller alone, and the model is told the time in words', async () => {
  const { promised, ask } = open();
  const told = await ask({ date: '2026-11-24', time: '15:30', in_minutes: 0 });
  expect(promised).toEqual([
    {
      key: 'CA1/call_back/1',
      callback: {
        callId: 'CA1',
        profile: 'reception',
        to: ADA_PHONE,
        from: '+15550100100',
        destination: 'billing',
        dueEpochMs: Date.parse('2026-11-24T20:30:00Z'),
        reason: 'An invoice',
      },
    },
  ]);
  expect(told['when']).toBe('Tuesday, November 24 at 3:30 PM');
  expect(told['message']).toMatch(/Billing calls back Tuesday, November 24 at 3:30 PM/);
});

test('in so many minutes', async () => {
  const { promised, ask } = open();
  expect(await ask({ in_minutes: 20, date: '', time: '' })).toMatchObject({
    when: 'Monday, November 23 at 10:20 AM',
  });
  expect(promised[0]?.callback.dueEpochMs).toBe(Date.parse('2026-11-23T15:20:00Z'));
});

test.each([
  [{ date: '2026-11-23', time: '09:59' }, /past.*it is now Monday, November 23 at 10:00 AM, 2026-11-23/],
  [{ date: '2026-12-08', time: '10:00' }, /too far ahead.*14 days/],
  [{ date: '2026-11-24', time: '17:00' }, /Nobody is there at that time/],
  [{ in_minutes: 480 }, /Nobody is there at that time/],
  [{}, /Give date and time, or in_minutes/],
  [{ date: '2026-11-24' }, /Give date and time, or in_minutes/],
  [{ time: '15:30' }, /Give date and time, or in_minutes/],
  [{ date: 'tomorrow', time: '15:30' }, /date: expected a date/],
  [{ in_minutes: 14 * 24 * 60 + 1 }, /in_minutes/],
  [{ in_minutes: -5 }, /in_minutes/],
  [{ destination: 'the moon', in_minutes: 5 }, /destination: expected one of billing, emergency/],
  [{ reason: ' ', in_minutes: 5 }, /reason: expected some words/],
])('refused in words, and nothing is promised: %j', async (args, words) => {
  const { promised, ask } = open();
  expect(await ask(args)).toMatchObject({ status: 'error', message: expect.stringMatching(words) as string });
  expect(promised).toEqual([]);
});

test('one is moved: the model knows that the earlier one holds no longer', async () => {
  const told = await open({}, 'moved').ask({ in_minutes: 20 });
  expect(told['message']).toMatch(/^Moved:.*at the new time only.*Billing calls back.*10:20 AM/);
});

test('called too often in a day: refused in words', async () => {
  expect(await open({}, 'too-often').ask({ in_minutes: 20 })).toMatchObject({
    status: 'error',
    message: expect.stringMatching(/as often as it is in a day.*offer to take a message/) as string,
  });
});

test('where somebody is always there, any hour will do', async () => {
  const { promised, ask } = open();
  await ask({ destination: 'emergency', date: '2026-11-24', time: '03:00' });
  expect(promised).toHaveLength(1);
});

test('whatever the model asks for, only the number that calls is called, between now and in 14 days', async () => {
  const { promised, ask } = open();
  const text = (...likely: string[]) =>
    fc.oneof({ arbitrary: fc.constantFrom(...likely), weight: 4 }, fc.string(), fc.constant('+15550199999'));
  const minutes = fc.oneof(fc.integer(), fc.integer({ min: -60, max: 15 * 24 * 60 }));
  const args = fc.record(
    {
      ...{ destination: text('billing', 'emergency'), reason: text('An invoice'), in_minutes: minutes },
      ...{
        date: text('2026-11-24', '2026-12-24'),
        time: text('15:30', '3:00'),
        to: text(''),
        number: text(''),
      },
    },
    { requiredKeys: ['destination', 'reason'] },
  );
  await fc.assert(
    fc.asyncProperty(args, async (given) => {
      await ask(given);
      for (const { callback } of promised) {
        expect(callback).toMatchObject({ to: ADA_PHONE, from: '+15550100100' });
        expect(['billing', 'emergency']).toContain(callback.destination);
        const inMs = callback.dueEpochMs - Date.parse('2026-11-23T15:00:00Z');
        expect(inMs > 0 && inMs <= 14 * 86_400_000).toBe(true);
      }
    }),
  );
  expect(promised.length).toBeGreaterThan(0);
});

test('a time that the clocks leave out is refused; of one that comes twice, the one that is still to come', async () => {
  const spring = open({ epochMs: Date.parse('2026-03-07T15:00:00Z') });
  expect(await spring.ask({ destination: 'emergency', date: '2026-03-08', time: '02:30' })).toMatchObject({
    message: expect.stringContaining('does not exist') as string,
  });
  // 1:30 for the first time is over.
  const autumn = open({ epochMs: Date.parse('2026-11-01T05:45:00Z') });
  await autumn.ask({ destination: 'emergency', date: '2026-11-01', time: '01:30' });
  expect(autumn.promised[0]?.callback.dueEpochMs).toBe(Date.parse('2026-11-01T06:30:00Z'));
});

test.each(['anonymous', '', 'sip:ada@example.com'])('nobody can be called back at %j', async (caller) => {
  const { promised, ask } = open({ caller });
  expect(await ask({ in_minutes: 5 })).toMatchObject({
    message: expect.stringContaining('withheld') as string,
  });
  expect(promised).toEqual([]);
});

test('where nobody keeps promises, none is made', async () => {
  const { ask } = open({ callbacks: undefined });
  expect(await ask({ in_minutes: 5 })).toMatchObject({
    message: expect.stringContaining('offer to take a message') as string,
  });
});

test('a number that is not called is a refusal in words; a database that is away is no promise', async () => {
  const failing = (code: 'DIAL_REFUSED' | 'DATABASE_UNAVAILABLE'): CallbackBook => ({
    promise: () => Promise.reject(new LivelineError(code, 'no')),
  });
  expect(await open({ callbacks: failing('DIAL_REFUSED') }).ask({ in_minutes: 5 })).toMatchObject({
    status: 'error',
    message: expect.stringContaining('not one that we call') as string,
  });
  const context = contextOf({ callbacks: failing('DATABASE_UNAVAILABLE') });
  await expect(
    use(tool, { destination: 'billing', in_minutes: 5, reason: 'x' }, context),
  ).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});
