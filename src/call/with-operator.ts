// A person of the operator's speaks with the caller in the agent's place: when that may begin, what becomes of the call
// meanwhile, and how the agent gets it back. Pure, as step.ts, which it serves.
import { unreachable } from '../base/errors.ts';
import { NO_KEYS } from '../ivr/keypad.ts';
import { missed } from './away.ts';
import {
  carrierAsks,
  end,
  endQuietly,
  lineDidNotOpen,
  lineLost,
  LAST_WORDS_LAST_AT_MOST_MS,
  modelGone,
  TIME_IS_UP,
} from './ending.ts';
import { greetingIsOver } from './greeting.ts';
import type { CallRules } from './rules.ts';
import {
  QUIET,
  stay,
  type CallFact,
  type CallState,
  type Effect,
  type Step,
  type Talk,
  type TimerName,
  type WithOperator,
} from './state.ts';
import { toolsMeanwhile } from './tools-meanwhile.ts';
import { lastKeys, ranByKeys } from './typed.ts';

type Fact<Type extends CallFact['type']> = Extract<CallFact, { type: Type }>;

/** `without-model`: it is gone for good, and the caller is being told so, or on the way to somebody. */
export type NotTakenOver = 'over' | 'taken' | 'leaving' | 'without-model' | 'elsewhere' | 'no-line';

/** Undefined: the call may be taken over now. */
export function whyNotTakenOver(state: CallState): NotTakenOver | undefined {
  switch (state.phase) {
    case 'connecting':
    case 'talking':
      return state.line === 'open' ? undefined : 'no-line';
    case 'with-operator':
      return 'taken';
    case 'leaving':
    case 'elsewhere':
      return state.phase;
    case 'finishing':
      return 'without-model';
    case 'ended':
      return 'over';
    default:
      return unreachable(state);
  }
}

/** They are of the talk with the agent, and rest. */
const OF_TALK: readonly TimerName[] = [
  ...(['greeting', 'barge-in', 'comfort', 'dead-air', 'silence', 'keys', 'goodbye', 'model'] as const),
];

/** What was kept from the model of the caller's words is given to it first: they were said to the agent. */
export function takeOver(
  state: Exclude<CallState, { phase: 'ended' }>,
  { upTo }: Fact<'operatorTakesOver'>,
  rules: CallRules,
): Step {
  if (whyNotTakenOver(state) !== undefined) return stay(state);
  if (state.phase !== 'connecting' && state.phase !== 'talking') return stay(state);
  const over = greetingIsOver(stay(state), rules);
  const { line, losses, keypad, tools } = state;
  // One that is not there yet is away: what it says from now on concerns nobody.
  const away = state.phase === 'connecting' ? { broken: false } : state.away;
  return {
    state: {
      ...({ phase: 'with-operator', line, losses, tools, place: keypad.place, isOvertime: false } as const),
      model: away ? { is: 'away', broken: away.broken } : { is: 'there' },
    },
    effects: [
      ...over.effects,
      { do: 'beginTakeOver', upTo },
      ...lastKeys(keypad),
      ...OF_TALK.map((timer): Effect => ({ do: 'disarm', timer })),
    ],
  };
}

/** Whatever ends it, the operator and the model's hearing are let go of first. */
export function whileWithOperator(state: WithOperator, fact: CallFact, rules: CallRules): Step {
  const next = decide(state, fact, rules);
  return next.state.phase === 'with-operator'
    ? next
    : { state: next.state, effects: [{ do: 'endTakeOver' }, ...next.effects] };
}

/** What the model began is finished, and nothing of it is heard. */
function decide(state: WithOperator, fact: CallFact, rules: CallRules): Step {
  switch (fact.type) {
    case 'operatorGivesBack':
      return giveBack(state, fact, rules);
    case 'operatorHangsUp':
      return end(state, 'operator-hung-up');
    case 'callerHungUp':
      return endQuietly('caller-hung-up');
    case 'shutDown':
      return end(state, 'shut-down');
    case 'lineOpened':
      return { state: { ...state, line: 'open' }, effects: [{ do: 'disarm', timer: 'line' }] };
    case 'lineLost':
      return lineLost(state, rules, fact.byUs);
    case 'carrierAsks':
      return carrierAsks(state, fact.openForMs, rules);
    case 'timeUp':
      return isTime(state, fact.timer);
    case 'ready':
    case 'modelBack':
      return stay(state.model.is === 'gone' ? state : { ...state, model: { is: 'there' } });
    case 'modelAway':
      return stay({ ...state, model: { is: 'away', broken: fact.broken } });
    case 'sessionFailed':
      return modelFailed(state);
    case 'turnStarted':
      return { state, effects: [{ do: 'muteTurn', turn: fact.turn }] };
    case 'toolsCalled':
    case 'toolsCancelled':
      return toolsMeanwhile(state, fact);
    case 'toolDone':
      return toolDone(state, fact);
    case 'told':
    case 'toolLate':
      return { state, effects: [{ do: 'tellModel', text: fact.text, answer: false }] };
    // By whoever watches and hears the call, who may do as they please.
    case 'digit':
    case 'machine':
    case 'messageDue':
    case 'callerSpeech':
    case 'callerSaid':
    case 'callerSound':
    // Of the model, which speaks with nobody.
    case 'turnEnded':
    case 'turnHeard':
    case 'turnDropped':
    case 'interrupted':
    case 'idle':
    case 'excused':
    case 'modelLate':
    // These cannot be: the caller is here, and stays with the agent that they have.
    case 'returned':
    case 'handedOver':
    case 'agentChanged':
    case 'agentStays':
    case 'operatorTakesOver':
    case 'moved':
    // See operator-acts.ts.
    case 'operatorTransfers':
      return stay(state);
    default:
      return unreachable(fact);
  }
}

/** The agent's talk, from here on; of one whose model is gone there is none. */
export const talkAgain = ({ line, losses, place, model, tools }: WithOperator): Talk => ({
  ...{ phase: 'talking', line, losses, tools, keypad: { ...NO_KEYS, place }, greeting: { is: 'over' } },
  away: model.is === 'away' ? { broken: model.broken } : undefined,
  ...{ speech: QUIET, doomed: undefined, awaits: 'answer', lowered: false, asked: false },
});

function giveBack(
  state: WithOperator,
  { told, ...lastSound }: Fact<'operatorGivesBack'>,
  rules: CallRules,
): Step {
  const talk = talkAgain(state);
  if (state.model.is === 'gone') return modelGone(talk, lastSound, 'model-failed', rules);
  const text = state.isOvertime ? `${told} ${TIME_IS_UP}` : told;
  return {
    state: talk,
    effects: [
      ...(talk.away ? missed(rules) : []),
      ...(state.isOvertime ? [{ do: 'arm', timer: 'limit', ms: LAST_WORDS_LAST_AT_MOST_MS } as const] : []),
      { do: 'tellModel', text, answer: true },
    ],
  };
}

/** What a key has run goes on. */
function modelFailed(state: WithOperator): Step {
  const tools = ranByKeys(state);
  const cancelled = [...state.tools.difference(tools)].map((id): Effect => ({ do: 'cancelTool', id }));
  return { state: { ...state, tools, model: { is: 'gone' } }, effects: cancelled };
}

/** What is told to a tool that asks something of the call. */
export const WITH_A_COLLEAGUE = {
  ...{ status: 'error', retryable: false },
  message: 'Nothing was done: a colleague of yours is speaking with the caller just now. Say nothing.',
};

function toolDone(state: WithOperator, { answer, then }: Fact<'toolDone'>): Step {
  if (!state.tools.has(answer.id)) return stay(state);
  const tools = state.tools.difference(new Set([answer.id]));
  const response = then === undefined ? answer.response : WITH_A_COLLEAGUE;
  const answered: Effect = { do: 'answerTool', answer: { ...answer, response, maybeSilent: true } };
  return { state: { ...state, tools }, effects: [answered] };
}

/** A person is not hung up on in the middle of a sentence for a limit that is the agent's. */
function isTime(state: WithOperator, timer: TimerName): Step {
  switch (timer) {
    case 'line':
      return lineDidNotOpen(state);
    case 'last-words':
    case 'limit':
      return stay({ ...state, isOvertime: true });
    default:
      return stay(state);
  }
}
