// The order of the rules, and that each of them can say no by itself.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Verdict } from '../../src/campaign/audit.ts';
import { decide, type DialQuestion } from '../../src/campaign/dial-decision.ts';
import type { DialRules } from '../../src/campaign/dial-rules.ts';
import { easyRules, numberOf } from './rig.ts';
import { LINE } from './scripted-carrier.ts';

const NOW_MS = 1_000_000;
const question: DialQuestion = {
  contact: { id: '1', to: numberOf(1), timeZone: undefined, region: undefined, variables: {}, attempts: 0 },
  facts: { consents: [], isOptedOut: false, lists: [], past: [], isOpen: false },
  callerIds: new Map(),
  nowMs: NOW_MS,
};
const no = (rule: string): Verdict => ({ may: 'never', rule, words: rule, data: '' });
const yes = (data: string): Verdict => ({ may: 'ring', data });

/** In the order in which they are asked. */
const ORDER = [
  'hours',
  'consent',
  'doNotCall',
  'opt-out',
  'number.open',
  'caps',
  'dial.guard',
  'caller-id.none',
] as const;
type Rule = (typeof ORDER)[number];

function refusing(refused: ReadonlySet<Rule>): { rules: DialRules; asked: DialQuestion } {
  const ask = (rule: Rule) => () => (refused.has(rule) ? no(rule) : yes(rule));
  return {
    rules: easyRules({
      ...{ hours: ask('hours'), consent: ask('consent'), doNotCall: ask('doNotCall'), caps: ask('caps') },
      guard: () => (refused.has('dial.guard') ? 'an emergency number' : undefined),
      callerId: () =>
        refused.has('caller-id.none')
          ? { from: undefined, untilMs: undefined, words: 'none is left' }
          : { from: LINE },
    }),
    asked: {
      ...question,
      facts: { ...question.facts, isOptedOut: refused.has('opt-out'), isOpen: refused.has('number.open') },
    },
  };
}

test('the first rule in the order that says no decides, whichever others do', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...ORDER), { minLength: 1 }), (chosen) => {
      const { rules, asked } = refusing(new Set(chosen));
      const decision = decide(rules, asked);
      expect(decision).toMatchObject({ rule: ORDER.find((rule) => chosen.includes(rule)) });
      expect(decision.may).not.toBe('dial');
    }),
  );
});

test('when none says no, they are called, and all data that was looked at is named', () => {
  const { rules, asked } = refusing(new Set());
  expect(decide(rules, asked)).toEqual({ may: 'dial', from: LINE, data: 'hours; consent; doNotCall; caps' });
});

test.each(['hours', 'consent', 'doNotCall', 'caps', 'callerId', 'guard'] as const)(
  'a rule that throws is one that says no: %s',
  (name) => {
    const rules = easyRules({
      [name]: () => {
        throw new Error('out of order');
      },
    });
    expect(decide(rules, question)).toMatchObject({
      may: 'wait',
      rule: 'rules.faulty',
      untilMs: expect.any(Number) as number,
    });
  },
);
