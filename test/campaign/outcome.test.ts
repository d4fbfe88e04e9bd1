// What came of an attempt, and what comes of its contact.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallStatus } from '../../src/carrier/webhooks.ts';
import type { AttemptOutcome } from '../../src/campaign/attempt.ts';
import {
  isFinal,
  laterOf,
  nextOf,
  outcomeOf,
  outcomeOfEnded,
  type AttemptFacts,
  type ContactFacts,
} from '../../src/campaign/outcome.ts';
import { campaignSettings } from '../../src/campaign/settings.ts';

const STATUSES = [
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
] as const;
const FINAL = STATUSES.slice(3);
const statuses = fc.constantFrom<CallStatus>(...STATUSES);
const told = (list: readonly CallStatus[]): CallStatus | undefined =>
  list.reduce<CallStatus | undefined>(laterOf, undefined);

describe('the later of two statuses', () => {
  test('callbacks of one call in any order, and more than once, end the same', () => {
    const life = fc
      .tuple(
        fc.subarray<CallStatus>(['queued', 'ringing', 'in-progress']),
        fc.option(fc.constantFrom(...FINAL), { nil: undefined }),
      )
      .map(([before, end]): CallStatus[] => (end === undefined ? before : [...before, end]));
    const shuffled = life.chain((list) =>
      fc.tuple(
        fc.constant(list),
        list.length === 0
          ? fc.constant<CallStatus[]>([])
          : fc
              .array(fc.constantFrom(...list), { maxLength: 6 })
              .chain((again) =>
                fc.shuffledSubarray([...list, ...again], { minLength: list.length + again.length }),
              ),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([inOrder, asTold]) => {
        expect(told(asTold)).toBe(inOrder.at(-1));
      }),
    );
  });
  test('the first end stays, whatever is told after it', () => {
    fc.assert(
      fc.property(fc.array(statuses), fc.constantFrom(...FINAL), fc.array(statuses), (before, end, after) => {
        const ended = told([...before, end])!;
        expect(isFinal(ended)).toBe(true);
        expect(after.reduce<CallStatus>(laterOf, ended)).toBe(ended);
      }),
    );
  });
  test('nothing that is told makes it less', () => {
    fc.assert(
      fc.property(statuses, statuses, (one, other) => {
        expect([one, other]).toContain(laterOf(one, other));
        expect(laterOf(laterOf(one, other), one)).toBe(laterOf(one, other));
      }),
    );
  });
});

const ended = (of: Partial<AttemptFacts> = {}): AttemptFacts => ({
  state: 'placed',
  status: 'completed',
  answeredBy: undefined,
  disposition: undefined,
  spoken: false,
  abandoned: false,
  messageLeft: false,
  refused: false,
  ...of,
});

test.each<[Partial<AttemptFacts>, AttemptOutcome]>([
  [{}, 'abandoned'],
  [{ status: 'in-progress' }, 'abandoned'],
  [{ answeredBy: 'human' }, 'abandoned'],
  [{ answeredBy: 'unknown' }, 'abandoned'],
  [{ spoken: true }, 'human'],
  [{ spoken: true, status: 'in-progress' }, 'human'],
  [{ spoken: true, answeredBy: 'human' }, 'human'],
  [{ spoken: true, answeredBy: 'unknown' }, 'human'],
  [{ spoken: true, answeredBy: 'machine' }, 'machine'],
  [{ spoken: true, abandoned: true }, 'abandoned'],
  [{ disposition: { outcome: 'reached' } }, 'human'],
  [{ disposition: { outcome: 'reached' }, abandoned: true }, 'abandoned'],
  [{ answeredBy: 'machine' }, 'machine'],
  [{ answeredBy: 'machine', abandoned: true }, 'machine'],
  [{ answeredBy: 'machine', messageLeft: true }, 'message-left'],
  [{ disposition: { outcome: 'message_left' } }, 'message-left'],
  [{ answeredBy: 'fax', messageLeft: true }, 'fax'],
  [{ abandoned: true }, 'abandoned'],
  [{ answeredBy: 'machine', disposition: { outcome: 'reached' } }, 'machine'],
  [{ answeredBy: 'machine', disposition: { outcome: 'wrong_number' } }, 'wrong-number'],
  [{ disposition: { outcome: ' Opted-Out ' }, abandoned: true }, 'opted-out'],
  [{ disposition: { outcome: 'opted_out' }, state: 'void', status: undefined }, 'opted-out'],
  [{ status: 'busy' }, 'busy'],
  [{ status: 'busy', sipCode: 486 }, 'busy'],
  [{ status: 'busy', sipCode: 603 }, 'blocked'],
  [{ status: 'failed', sipCode: 607 }, 'blocked'],
  [{ status: 'no-answer', sipCode: 608 }, 'blocked'],
  [{ spoken: true, status: 'completed', sipCode: 608 }, 'human'],
  [{ status: 'failed' }, 'failed'],
  [{ status: 'no-answer' }, 'no-answer'],
  [{ status: 'canceled' }, 'canceled'],
  [{ status: undefined }, 'no-answer'],
  [{ status: 'queued', state: 'claimed' }, 'no-answer'],
  [{ status: undefined, state: 'void' }, 'not-placed'],
  [{ status: undefined, state: 'void', refused: true }, 'failed'],
])('%j is %s', (facts, outcome) => {
  expect(outcomeOf(ended(facts))).toBe(outcome);
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-06-01T14:00:00Z');
function settings(written: object = {}) {
  const of = {
    profile: 'r',
    caller_ids: ['+15550100100'],
    consent: { kind: 'written' },
  };
  const { machines = 'call-again', ...rest } = campaignSettings.parse({ ...of, ...written });
  return { ...rest, machines };
}
const contact = (outcomes: AttemptOutcome[], of: Partial<ContactFacts> = {}): ContactFacts => ({
  to: '+15550100123',
  history: outcomes.map((outcome, at) => ({ outcome, atMs: NOW - MINUTE * (outcomes.length - at) })),
  zone: 'America/New_York',
  disposition: undefined,
  ...of,
});
const next = (outcomes: AttemptOutcome[], of: Partial<ContactFacts> = {}, written: object = {}) =>
  nextOf(outcomes.at(-1)!, contact(outcomes, of), settings(written), NOW);

describe('what comes of a contact', () => {
  test.each<[AttemptOutcome, string]>([
    ['human', 'done'],
    ['message-left', 'done'],
    ['opted-out', 'never'],
    ['wrong-number', 'never'],
    ['failed', 'never'],
    ['blocked', 'never'],
    ['fax', 'never'],
  ])('%s is the end', (outcome, then) => {
    expect(next([outcome])).toMatchObject({ then, rule: `outcome.${outcome}` });
  });

  test('not placed: again at once, and it does not count', () => {
    expect(next(['not-placed'])).toMatchObject({ then: 'retry', atMs: NOW });
  });

  test('busy: in 10 to 15 minutes, not all at once', () => {
    const waits = Array.from({ length: 50 }, (_, n) => {
      const after = next(['busy'], { to: `+155501001${n}` });
      return after.then === 'retry' ? after.atMs - NOW : NaN;
    });
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(10 * MINUTE);
      expect(wait).toBeLessThanOrEqual(15 * MINUTE);
    }
    expect(new Set(waits).size).toBeGreaterThan(40);
  });

  // It is 10:00 in New York.
  test('nobody answered: after 4 hours, in another part of the day', () => {
    expect(next(['no-answer'])).toMatchObject({ then: 'retry', atMs: NOW + 4 * HOUR });
    const before = { history: [{ outcome: 'no-answer' as const, atMs: NOW + 3 * HOUR }] };
    // 13:00 was tried too: at 17:00.
    expect(
      nextOf(
        'no-answer',
        contact([], { history: [...contact(['no-answer']).history, ...before.history] }),
        settings(),
        NOW + 3 * HOUR,
      ),
    ).toMatchObject({ then: 'retry', atMs: NOW + 7 * HOUR });
  });

  test('a machine: on the next day, in another part of it', () => {
    // 2:00 at the earliest: noon, as the morning was tried.
    expect(next(['machine'])).toMatchObject({ then: 'retry', atMs: Date.parse('2026-06-02T16:00:00Z') });
    expect(next(['machine'], {}, { machines: 'hang-up' })).toMatchObject({ then: 'done' });
    expect(next(['machine', 'machine'])).toMatchObject({ then: 'done', rule: 'outcome.machine' });
    expect(
      next(['machine'], {}, { retries: { machine: { after_minutes: 240, other_day_part: 'off' } } }),
    ).toMatchObject({
      atMs: Date.parse('2026-06-02T04:00:00Z'),
    });
  });

  test('abandoned: not within 72 hours', () => {
    expect(next(['abandoned'])).toMatchObject({ then: 'retry', atMs: NOW + 72 * HOUR });
  });

  test('as many attempts as there may be, of one kind or in all', () => {
    expect(next(['busy', 'busy', 'busy'])).toMatchObject({ then: 'done', rule: 'outcome.busy' });
    expect(next(['busy', 'machine', 'busy', 'no-answer'])).toMatchObject({
      then: 'done',
      rule: 'attempts.most',
    });
    expect(next(['busy', 'busy', 'no-answer'])).toMatchObject({ then: 'retry' });
  });

  test('what was taken back before anybody answered is none of them', () => {
    const often = Array.from({ length: 9 }, () => 'canceled' as const);
    expect(next([...often])).toMatchObject({ then: 'retry', atMs: NOW + 15 * MINUTE });
    expect(next(['busy', ...often])).toMatchObject({ then: 'retry' });
    expect(next(['busy', 'busy', 'no-answer', 'canceled', 'no-answer'])).toMatchObject({
      then: 'done',
      rule: 'attempts.most',
      why: 'nobody answered; they were called 4 times',
    });
  });

  test('not beyond the end of the campaign', () => {
    const ends = { ends_at: new Date(NOW + 4 * HOUR).toISOString() };
    expect(next(['no-answer'], {}, ends)).toMatchObject({ then: 'done' });
  });

  describe('who asked to be called again', () => {
    const asked = (callAgainEpochMs?: number, outcome = 'call_again') => ({
      disposition: { outcome, callAgainEpochMs },
    });
    test('is, then, however often they were called already', () => {
      const many: AttemptOutcome[] = ['busy', 'busy', 'no-answer', 'machine', 'no-answer', 'human'];
      expect(next(many, asked(NOW + HOUR))).toMatchObject({ then: 'retry', atMs: NOW + HOUR });
      expect(next(['human'], asked(NOW + HOUR, 'reached'))).toMatchObject({
        then: 'retry',
        atMs: NOW + HOUR,
      });
    });
    test('is not, in the past, after the campaign, in ten years, or after a call that says otherwise', () => {
      expect(next(['human'], asked(NOW - HOUR))).toMatchObject({ then: 'retry', atMs: NOW });
      expect(next(['human'], asked(NOW + 3_650 * 24 * HOUR))).toMatchObject({ then: 'done' });
      expect(
        next(['human'], asked(NOW + HOUR), { ends_at: new Date(NOW + HOUR).toISOString() }),
      ).toMatchObject({
        then: 'done',
      });
      expect(next(['opted-out'], asked(NOW + HOUR))).toMatchObject({ then: 'never' });
    });
    test('without a time: as if nobody had answered', () => {
      expect(next(['human'], asked())).toMatchObject({ then: 'retry', atMs: NOW + 4 * HOUR });
      expect(next(['human'], asked(NaN))).toMatchObject({ then: 'retry', atMs: NOW + 4 * HOUR });
      expect(next(['human'], asked(NaN, 'done'))).toMatchObject({ then: 'done' });
    });
  });

  test('whatever comes, in the end nobody is called any more, and never before now', () => {
    const outcomes = fc.constantFrom<AttemptOutcome>(
      'busy',
      'no-answer',
      'machine',
      'abandoned',
      'canceled',
      'human',
    );
    const zones = fc.constantFrom(
      'America/New_York',
      'Asia/Kolkata',
      'Pacific/Kiritimati',
      'Mars/Olympus',
      '',
    );
    fc.assert(
      fc.property(
        fc.array(outcomes, { minLength: 5, maxLength: 5 }),
        zones,
        fc.integer({ min: 1, max: 5 }),
        (list, zone, most) => {
          const rules = settings({ max_attempts: most });
          let nowMs = NOW;
          const history: { atMs: number; outcome: AttemptOutcome }[] = [];
          for (const outcome of list) {
            history.push({ atMs: nowMs, outcome });
            const after = nextOf(outcome, contact([], { history, zone }), rules, nowMs);
            if (after.then !== 'retry') break;
            expect(after.atMs).toBeGreaterThanOrEqual(nowMs + 10 * MINUTE);
            nowMs = Math.ceil(after.atMs);
          }
          const calls = history.filter(({ outcome }) => outcome !== 'canceled');
          expect(calls.length).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});

test.each([
  ['human', { spoken: true }, 'opted-out'],
  ['of which nobody told more', {}, 'opted-out'],
  ['taken back', { status: 'canceled' }, 'opted-out'],
  ['known to have heard nobody in time', { abandoned: true }, 'abandoned'],
  ['a machine', { answeredBy: 'machine' }, 'machine'],
] as const)('opted out by the end of a call, %s', (_, facts, outcome) => {
  const of = ended({ status: 'completed', spoken: false, ...facts });
  expect(outcomeOfEnded({ ...of, isOptedOut: true })).toBe(outcome);
  expect(outcomeOfEnded({ ...of, isOptedOut: false })).toBe(outcomeOf(of));
});
