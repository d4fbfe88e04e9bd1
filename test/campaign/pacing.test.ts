// How many calls may be begun now, and from which of our numbers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePhoneNumber, type PhoneNumber } from '../../src/base/phone-number.ts';
import { chooseCallerId, howMany, type PaceFacts } from '../../src/campaign/pacing.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 5, 1);
const FACTS: PaceFacts = {
  nowMs: NOW,
  pace: { callsPerSecond: 1, concurrency: 10, rampMinutes: 10, ringS: 25 },
  startedAtMs: NOW - 60 * MINUTE,
  open: 0,
  agent: { callsAtOnce: undefined, live: 0, ringing: 0 },
  model: { most: undefined, live: 0, ringing: 0 },
  slots: 100,
};

describe('how many', () => {
  test.each<[Partial<PaceFacts>, number, string]>([
    [{}, 10, 'it has 10 calls at once'],
    [{ slots: 3 }, 3, 'no faster'],
    [{ open: 8 }, 2, 'it has 10 calls at once'],
    [{ open: 12 }, 0, 'it has 10 calls at once'],
    [{ startedAtMs: NOW }, 1, 'it has 1 calls at once so far'],
    [{ startedAtMs: NOW - 5 * MINUTE }, 5, 'takes 10 minutes to its 10'],
    [{ startedAtMs: NOW - 15 * MINUTE }, 10, 'it has 10 calls at once'],
    [{ startedAtMs: NOW + MINUTE }, 1, 'so far'],
    [{ startedAtMs: undefined }, 0, 'not running'],
    [{ agent: { callsAtOnce: 4, live: 1, ringing: 2 } }, 1, 'its profile takes 4 calls at once'],
    [{ agent: { callsAtOnce: 4, live: 3, ringing: 2 } }, 0, 'its profile takes 4 calls at once'],
    [{ model: { most: 6, live: 2, ringing: 1 } }, 3, '6 sessions with the model'],
    [{ slots: NaN }, 0, 'no faster'],
  ])('%j', (facts, calls, because) => {
    expect(howMany({ ...FACTS, ...facts })).toEqual({
      calls,
      because: expect.stringContaining(because) as string,
    });
  });

  test('never more than any of the limits leaves, nor less than all of them leave', () => {
    const count = fc.integer({ min: 0, max: 40 });
    const most = fc.option(count, { nil: undefined });
    const facts = fc.record({
      nowMs: fc.constant(NOW),
      pace: fc.record({
        callsPerSecond: fc.constant(1),
        concurrency: fc.integer({ min: 1, max: 40 }),
        rampMinutes: count,
        ringS: fc.constant(25),
      }),
      startedAtMs: count.map((minutes) => NOW - minutes * MINUTE),
      open: count,
      agent: fc.record({ callsAtOnce: most, live: count, ringing: count }),
      model: fc.record({ most, live: count, ringing: count }),
      slots: count,
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { pace, open, agent, model, slots } = given;
        const share =
          pace.rampMinutes === 0 ? 1 : Math.min(1, (NOW - given.startedAtMs) / MINUTE / pace.rampMinutes);
        const left = Math.min(
          slots,
          1 + (pace.concurrency - 1) * share - open,
          (agent.callsAtOnce ?? Infinity) - agent.live - agent.ringing,
          (model.most ?? Infinity) - model.live - model.ringing,
        );
        const { calls } = howMany(given);
        expect(calls).toBeGreaterThanOrEqual(0);
        expect(calls).toBeLessThanOrEqual(Math.max(0, left + 1e-9));
        expect(calls).toBeGreaterThan(left - 1 - 1e-9);
      }),
    );
  });
});

describe('caller IDs', () => {
  const [A, B, C] = ['+15550100100', '+15550100101', '+15550100102'].map((text) =>
    parsePhoneNumber(text)!,
  ) as [PhoneNumber, PhoneNumber, PhoneNumber];
  const TO = parsePhoneNumber('+15550100999')!;
  const pool = [A, B, C].map((number) => ({ number, callsPerDay: 3 }));
  const used = (...calls: [PhoneNumber, number, number?][]) =>
    new Map(calls.map(([number, count, firstAtMs = NOW]) => [number, { calls: count, firstAtMs }]));
  const choose = (use: ReturnType<typeof used>, seenBefore?: PhoneNumber, to = TO) =>
    chooseCallerId(pool, use, { to, seenBefore });

  test('the one that has called least', () => {
    expect(choose(used([A, 2], [B, 1], [C, 2]))).toEqual({ from: B });
  });
  test('who was called before sees the same one, also when it has called most', () => {
    expect(choose(used([A, 2]), A)).toEqual({ from: A });
  });
  test('and is never called by another when that one has called often enough', () => {
    expect(choose(used([A, 3, NOW - 1_000]), A)).toMatchObject({
      from: undefined,
      untilMs: NOW + 86_399_000,
    });
  });
  test('a number that is ours no more is not shown again', () => {
    const gone = parsePhoneNumber('+15550100199');
    expect(choose(used([A, 1], [B, 1]), gone)).toEqual({ from: C });
  });
  test('all have called often enough: until the first is free', () => {
    expect(choose(used([A, 3, NOW - 5], [B, 4, NOW - 9], [C, 3, NOW - 7]))).toMatchObject({
      from: undefined,
      untilMs: NOW - 9 + 86_400_000,
    });
  });
  test('of equals always the same for a contact, and not the same for all of them', () => {
    const contacts = Array.from({ length: 60 }, (_, n) =>
      parsePhoneNumber(`+155501002${String(n).padStart(2, '0')}`)!,
    );
    const chosen = contacts.map((to) => choose(used(), undefined, to).from);
    expect(contacts.map((to) => choose(used(), undefined, to).from)).toEqual(chosen);
    for (const number of [A, B, C])
      expect(chosen.filter((from) => from === number).length).toBeGreaterThan(8);
  });
  test('no caller ID ever calls more often than it may, and none of the pool is left idle', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 30 }), (contacts) => {
        const calls = new Map<PhoneNumber, { calls: number; firstAtMs: number }>();
        const seen = new Map<number, PhoneNumber>();
        for (const contact of contacts) {
          const to = parsePhoneNumber(`+155501003${String(contact).padStart(2, '0')}`)!;
          const { from } = chooseCallerId(pool, calls, { to, seenBefore: seen.get(contact) });
          const total = [...calls.values()].reduce((sum, each) => sum + each.calls, 0);
          if (from === undefined) {
            const theirs = seen.get(contact);
            expect(theirs === undefined ? total : calls.get(theirs)!.calls).toBe(
              theirs === undefined ? 9 : 3,
            );
            continue;
          }
          expect(from).toBe(seen.get(contact) ?? from);
          seen.set(contact, from);
          calls.set(from, { calls: (calls.get(from)?.calls ?? 0) + 1, firstAtMs: NOW });
          expect(calls.get(from)!.calls).toBeLessThanOrEqual(3);
        }
      }),
    );
  });
  test('an empty pool calls nobody', () => {
    expect(chooseCallerId([], new Map(), { to: TO, seenBefore: A })).toMatchObject({
      from: undefined,
      untilMs: undefined,
    });
  });
});
