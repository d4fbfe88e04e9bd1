// What came of a tool that a key has run. Pure, as step.ts, which it serves.
import type { CallAction } from '../tools/tool.ts';
import { ALREADY_ON_THE_WAY } from './answered.ts';
import { awaiting } from './dead-air.ts';
import { departureOf, leaveSoon, saysGoodbye } from './ending.ts';
import { goAtOnce, goAway } from './keys.ts';
import type { CallRules } from './rules.ts';
import {
  type Alive,
  type CallFact,
  type Connecting,
  type DoneAnswer,
  type Effect,
  type Finishing,
  type Step,
  type Talk,
} from './state.ts';
import { isOfKeypad, ofKeypad, pressOf, type OfKeypad } from './typed.ts';
import { WITH_A_COLLEAGUE } from './with-operator.ts';

/** Where the caller goes by it. */
type Way = Exclude<CallAction, OfKeypad>;

/** What a key has the tool do is told in words: the model has asked for nothing that it could be the answer to. */
export function keyedDone(
  before: Alive,
  { answer, then }: Extract<CallFact, { type: 'toolDone' }>,
  rules: CallRules,
): Step {
  if (before.phase === 'finishing') return withoutModel(before, answer, then, rules);
  const state = { ...before, tools: before.tools.difference(new Set([answer.id])) };
  const way = then && !isOfKeypad(then) ? then : undefined;
  // Of two ways for one caller the first holds.
  const goes = state.phase === 'elsewhere' || (state.phase === 'leaving' && state.departure.to !== 'hang-up');
  if (way && goes) return { state, effects: tellOf({ ...answer, response: ALREADY_ON_THE_WAY }, false) };
  if (state.phase === 'with-operator') {
    const response = then === undefined ? answer.response : WITH_A_COLLEAGUE;
    return { state, effects: tellOf({ ...answer, response }, false) };
  }
  if (state.phase === 'elsewhere') return { state, effects: tellOf(answer, false) };
  if (way) return goesBy(state, way, answer, rules);
  if (then === undefined || !isOfKeypad(then)) return isTold(state, answer);
  const { keypad, effects } = ofKeypad(state.keypad, then, rules);
  const asked = isTold({ ...state, keypad }, answer);
  return { state: asked.state, effects: [...asked.effects, ...effects] };
}

/** Nobody is let go before they have heard of it; but keys that we press wait for no word of ours. */
function isTold(state: Talk | Connecting, answer: DoneAnswer): Step {
  if (state.phase === 'connecting')
    return { state: { ...state, awaits: 'answer' }, effects: tellOf(answer, true) };
  if (state.phase === 'talking') return { state: awaiting(state, 'answer'), effects: tellOf(answer, true) };
  if (state.alone || state.departure.to === 'keys') return { state, effects: tellOf(answer, false) };
  const leaving = leaveSoon(
    awaiting({ ...state, said: false, idle: false, told: true, waited: 0 }, 'answer'),
  );
  return { state: leaving.state, effects: [...tellOf(answer, true), ...leaving.effects] };
}

/** What the model is told interrupts it, and not the caller. One that is not there, or not any more, has nothing to say to it. */
function goesBy(state: Talk | Connecting, way: Way, answer: DoneAnswer, rules: CallRules): Step {
  const departure = departureOf(way);
  if (state.phase === 'connecting' || (state.phase === 'leaving' && state.alone)) {
    const gone = goAway(state, departure, pressOf(answer.id).upTo, rules);
    return { state: gone.state, effects: [...tellOf(answer, false), ...gone.effects] };
  }
  const leaving = leaveSoon({ ...saysGoodbye(awaiting(state, 'answer'), departure), byKey: true });
  return { state: leaving.state, effects: [...tellOf(answer, true), ...leaving.effects] };
}

/** What is still being said is the apology, or the end before the ladder: a way to somebody comes before both. */
function withoutModel(
  state: Finishing,
  answer: DoneAnswer,
  then: CallAction | undefined,
  rules: CallRules,
): Step {
  const note: Effect = { do: 'noteTool', answer };
  const departure = then?.type === 'transfer' || then?.type === 'voicemail' ? departureOf(then) : undefined;
  if (!departure || departure.to === 'agent') return { state, effects: [note] };
  const gone = goAtOnce(state, departure, pressOf(answer.id).upTo, rules);
  return { state: gone.state, effects: [note, ...gone.effects] };
}

const tellOf = (answer: DoneAnswer, isAnswered: boolean): readonly Effect[] => [
  { do: 'noteTool', answer },
  { do: 'tellModel', text: wordsOf(answer), answer: isAnswered },
];

/** True whenever it is read: a model that takes the call over later is told it again. */
function wordsOf({ id, name, response }: DoneAnswer): string {
  const came = `At this point the caller pressed ${pressOf(id).digit}, which has run ${name} without you: ${JSON.stringify(response)}`;
  if (response === ALREADY_ON_THE_WAY) return came;
  const once = response['status'] === 'ok' ? ', and do not call it again for the same thing' : '';
  return `${came} Tell them what came of it in one short sentence${once}.`;
}
