// A call that another process had, and that goes on here: how it begins, and what becomes of it once the caller is on a line
// again. Pure, as step.ts, which it serves.
import { missed } from './away.ts';
import { ELSEWHERE_AT_MOST_MS, end, leaveSoon, limits, RETURNS_WITHIN_MS, saysGoodbye } from './ending.ts';
import type { JournalEntry } from './journal.ts';
import type { CallRules } from './rules.ts';
import {
  QUIET,
  type CallFact,
  type Effect,
  type Elsewhere,
  type Resumes,
  type Step,
  type Talk,
} from './state.ts';

/** `ageMs`: since it was answered. */
export function openRestored(entry: JournalEntry, ageMs: number, rules: CallRules): Step {
  const { elsewhere, tools: calls, keypad, leaving } = entry;
  const away = { broken: false };
  const tools = new Set(calls.map(({ id }) => id));
  const timed = limitsAfter(ageMs, rules);
  const common = { phase: 'elsewhere', losses: 0, away, tools } as const;
  if (elsewhere?.line === 'away')
    return {
      state: { ...common, ...elsewhere },
      effects: [
        { do: 'arm', timer: 'elsewhere', ms: ELSEWHERE_AT_MOST_MS },
        ...timed,
        ...calls.map((call): Effect => ({ do: 'runTool', call })),
      ],
    };
  const { told = '', listens = false } = elsewhere ?? {};
  return {
    state: { ...common, line: 'awaited', told, listens, resumes: { keypad, calls, leaving } },
    effects: [{ do: 'arm', timer: 'line', ms: RETURNS_WITHIN_MS }, ...timed],
  };
}

/** What is left of its time, of a call of limited length. */
const limitsAfter = (ageMs: number, rules: CallRules): readonly Effect[] =>
  limits(rules).map((effect) =>
    effect.do === 'arm' ? { ...effect, ms: Math.max(0, effect.ms - ageMs) } : effect,
  );

/** The caller is on a line again. What was asked of tools for them is run now: what it asks of the call has somebody to be done to. */
export function rejoined(
  { losses, away, told, listens }: Elsewhere,
  { keypad, calls, leaving }: Resumes,
  { resumed, gap }: Extract<CallFact, { type: 'lineOpened' }>,
  rules: CallRules,
): Step {
  const answer = resumed?.answer ?? !listens;
  const talking: Talk = {
    ...{ phase: 'talking', line: 'open', losses, away, keypad, greeting: { is: 'over' } },
    ...{ tools: new Set(calls.map(({ id }) => id)), speech: QUIET, doomed: undefined },
    ...{ lowered: false, asked: false },
    awaits: answer ? 'answer' : 'nothing',
    gap: gap && !listens,
  };
  const goodbye = leaving && leaveSoon(saysGoodbye(talking, leaving.departure, leaving.as));
  return {
    state: goodbye?.state ?? talking,
    effects: [
      { do: 'disarm', timer: 'line' },
      ...(away ? missed(rules) : []),
      { do: 'tellModel', text: resumed?.told ?? told, answer },
      ...(keypad.keys === '' ? [] : [{ do: 'arm', timer: 'keys', ms: rules.keypad.pauseMs } as const]),
      ...(goodbye?.effects ?? []),
      ...calls.map((call): Effect => ({ do: 'runTool', call })),
    ],
  };
}

/** The call ends before the caller is on a line again: what was asked for by then is done all the same, as after any end. */
export const withToolsAsked = ({ calls }: Resumes, { tools }: Elsewhere, { state, effects }: Step): Step => ({
  state,
  effects: [
    ...calls.filter(({ id }) => tools.has(id)).map((call): Effect => ({ do: 'runTool', call })),
    ...effects,
  ],
});

/** There is no model to go on with, and the caller is ours. */
export const resumedInVain = (state: Elsewhere, { fallback: { hasLadder } }: CallRules): Step =>
  end(state, 'model-failed', hasLadder ? { to: 'fallback', because: 'model-failed' } : undefined);
