// Whether somebody is called now: every rule in its order, and the first that says no decides. Pure. What a rule says is the
// rule's own affair.
import { messageOf } from '../base/errors.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Verdict } from './audit.ts';
import type { DialRules, DueContact, NumberFacts } from './dial-rules.ts';
import type { CallerIdUse } from './pacing.ts';

export type Decision =
  | { readonly may: 'dial'; readonly from: PhoneNumber; readonly data: string }
  | Exclude<Verdict, { readonly may: 'ring' }>;

/** Whoever is being called by another campaign is asked about again then. */
const OPEN_AGAIN_MS = 60_000;
/** None of our numbers may call, and nobody can say until when. */
const CALLER_ID_AGAIN_MS = 900_000;
/** A rule that fails is a fault of ours: somebody mends it, or its data. */
const FAULTY_AGAIN_MS = 900_000;

export interface DialQuestion {
  readonly contact: DueContact;
  readonly facts: NumberFacts;
  readonly callerIds: CallerIdUse;
  readonly nowMs: number;
}

/** Never throws: a rule that does is one that says no. */
export function decide(rules: DialRules, question: DialQuestion): Decision {
  try {
    return decideBy(rules, question);
  } catch (thrown) {
    return wait(
      'rules.faulty',
      `a rule could not be asked: ${messageOf(thrown)}`,
      question.nowMs + FAULTY_AGAIN_MS,
    );
  }
}

function decideBy(rules: DialRules, { contact, facts, callerIds, nowMs }: DialQuestion): Decision {
  const data: string[] = [];
  const asked: readonly (() => Verdict)[] = [
    () => rules.hours(contact, nowMs),
    () => rules.consent(contact, facts, nowMs),
    () => rules.doNotCall(contact, facts, nowMs),
    () => optedOut(facts),
    () => underWay(facts, nowMs),
    () => rules.caps(contact, facts, nowMs),
  ];
  for (const ask of asked) {
    const verdict = ask();
    if (verdict.may !== 'ring') return verdict;
    if (verdict.data !== '') data.push(verdict.data);
  }
  const choice = rules.callerId(contact, facts, callerIds);
  // Who is never called is never called from any number of ours.
  const guarded = rules.guard(contact.to, choice.from ?? rules.settings.callerIds[0]);
  if (guarded !== undefined) return { may: 'never', rule: 'dial.guard', words: guarded, data: '' };
  return choice.from === undefined
    ? wait('caller-id.none', choice.words, choice.untilMs ?? nowMs + CALLER_ID_AGAIN_MS)
    : { may: 'dial', from: choice.from, data: data.join('; ') };
}

const optedOut = ({ isOptedOut }: NumberFacts): Verdict =>
  isOptedOut
    ? { may: 'never', rule: 'opt-out', words: 'they have asked not to be called any more', data: '' }
    : { may: 'ring', data: '' };

const underWay = ({ isOpen }: NumberFacts, nowMs: number): Verdict =>
  isOpen
    ? wait('number.open', 'a call to this number is under way', nowMs + OPEN_AGAIN_MS)
    : { may: 'ring', data: '' };

const wait = (rule: string, words: string, untilMs: number) =>
  ({ may: 'wait', rule, words, data: '', untilMs }) as const;
