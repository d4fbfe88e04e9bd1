// What came of a tool that the model has called: it is answered, and what the tool asks of the call is begun. Pure, as step.ts,
// which it serves.
import { departureOf, HANG_UP, leaveSoon, saysGoodbye } from './ending.ts';
import type { CallRules } from './rules.ts';
import { stay, type CallFact, type Effect, type Step, type Talk } from './state.ts';
import { isOfKeypad, ofKeypad } from './typed.ts';

/** A tool is done: the model is answered, unless it no longer waits; and one that lets the caller go begins the goodbye. */
export function answered(
  talk: Talk,
  { answer, silent, then }: Extract<CallFact, { type: 'toolDone' }>,
  rules: CallRules,
): Step {
  if (!talk.tools.has(answer.id)) return stay(talk);
  const tools = talk.tools.difference(new Set([answer.id]));
  const awaits = awaited(talk, silent);
  if (then === undefined)
    return { state: { ...talk, tools, awaits }, effects: [{ do: 'answerTool', answer }] };
  if (isOfKeypad(then)) {
    const { keypad, effects, now } = ofKeypad(talk.keypad, then, rules);
    const response = { ...answer.response, ...now };
    return {
      state: { ...talk, tools, awaits, keypad },
      effects: [{ do: 'answerTool', answer: { ...answer, response } }, ...effects],
    };
  }
  // Of two ways for one caller the first holds; whom the agent sends to somebody it does not hang up on.
  const under = talk.phase === 'leaving' ? talk.departure : HANG_UP;
  if (under.to !== 'hang-up') {
    const refused = { ...answer, response: ALREADY_ON_THE_WAY };
    return { state: { ...talk, tools, awaits }, effects: [{ do: 'answerTool', answer: refused }] };
  }
  // Who has said goodbye already says nothing more.
  const tell: Effect = { do: 'answerTool', answer: { ...answer, maybeSilent: true } };
  const { state, effects } = leaveSoon(saysGoodbye({ ...talk, tools }, departureOf(then)));
  return { state, effects: [tell, ...effects] };
}

/** What a tool is answered that would send a caller on who goes somewhere already. */
export const ALREADY_ON_THE_WAY = {
  ...{ status: 'error', retryable: false },
  message: 'Nothing was done: the caller is on the way to somebody else already. Say nothing more.',
};

/** Some models call themselves idle once more before they speak to a result, so it takes a turn to settle that. */
function awaited({ speech, awaits, tools }: Talk, silent: boolean): Talk['awaits'] {
  if (speech.is === 'speaking') return awaits;
  if (!silent) return 'answer';
  return awaits === 'more' && tools.size === 1 ? 'nothing' : awaits;
}
