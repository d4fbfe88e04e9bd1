// The decisions of a call: one fact in, the next state and what to do out. Pure; sees no sound, no socket, no time.
// Rules are numbered in SPEC.md; each theme of them has a file of its own.
import { unreachable } from '../base/errors.ts';
import { NO_KEYS } from '../ivr/keypad.ts';
import { comfort, comfortFirst, modelAway, modelBack, modelLate } from './away.ts';
import { callerSound, cutDoomed, interrupted } from './barge-in.ts';
import { answered } from './answered.ts';
import { awaiting, fillSilence, modelIdle, watchSilence } from './dead-air.ts';
import { whileElsewhere } from './elsewhere.ts';
import {
  carrierAsks,
  end,
  endQuietly,
  finish,
  lastWords,
  leaveSoon,
  limits,
  lineDidNotOpen,
  lineLost,
  modelGone,
} from './ending.ts';
import { greet, guardIsOver, isGuarded, lineOpened } from './greeting.ts';
import { agentChanged, agentStays } from './handing-over.ts';
import { toolLate } from './late-tool.ts';
import { keyedDone } from './keyed-tool.ts';
import { keyPressed, keysAreOver } from './keys.ts';
import type { CallRules } from './rules.ts';
import { leaveMessage, machineAnswered } from './on-machine.ts';
import { operatorHangsUp, operatorTransfers } from './operator-acts.ts';
import { letGo, spokenTo } from './second-thoughts.ts';
import { silenceIsUp, watchCaller } from './silent-caller.ts';
import { turnDropped, turnEnded } from './speech.ts';
import {
  QUIET,
  stay,
  type Alive,
  type CallFact,
  type CallState,
  type Effect,
  type Here,
  type Step,
  type Talk,
} from './state.ts';
import { isKeyed } from './typed.ts';
import { greetingHeard, turnHeard, turnStarted } from './turns.ts';
import { takeOver, whileWithOperator } from './with-operator.ts';

/** A phone that rang is answered and streaming within seconds; this is for calls whose line never comes. */
export const LINE_OPENS_WITHIN_MS = 30_000;

/** `recorded`: whether the greeting is, so that the model need not speak it. */
export function openCall(rules: CallRules, recorded = false): Step {
  const effects: Effect[] = [{ do: 'arm', timer: 'line', ms: LINE_OPENS_WITHIN_MS }, ...limits(rules)];
  return {
    state: {
      phase: 'connecting',
      line: 'awaited',
      losses: 0,
      keypad: NO_KEYS,
      greeting: { is: recorded ? 'recorded' : 'asked' },
      speech: QUIET,
      tools: new Set(),
      awaits: 'nothing',
      wasOpen: false,
    },
    effects: isGuarded(rules) ? [...effects, { do: 'holdCaller' }] : effects,
  };
}

export function step(state: CallState, fact: CallFact, rules: CallRules): Step {
  if (state.phase === 'ended') return stay(state);
  return watchCaller(state, fact, watchSilence(state, fact, next(state, fact, rules), rules), rules);
}

function next(state: Alive, fact: CallFact, rules: CallRules): Step {
  if (fact.type === 'moved') return { state: { phase: 'ended', reason: 'moved' }, effects: [{ do: 'drop' }] };
  if (fact.type === 'toolDone' && isKeyed(fact.answer.id)) return keyedDone(state, fact, rules);
  if (fact.type === 'operatorTransfers') return operatorTransfers(state, fact, rules);
  if (state.phase === 'with-operator') return whileWithOperator(state, fact, rules);
  return state.phase === 'elsewhere' ? whileElsewhere(state, fact, rules) : decide(state, fact, rules);
}

function decide(state: Here, fact: CallFact, rules: CallRules): Step {
  switch (fact.type) {
    case 'lineOpened':
      return lineOpened(state, fact, rules);
    case 'lineLost':
      return lineLost(state, rules, fact.byUs);
    case 'carrierAsks':
      return carrierAsks(state, fact.openForMs, rules);
    case 'callerHungUp':
      return endQuietly('caller-hung-up');
    case 'shutDown':
      return end(state, 'shut-down');
    case 'operatorHangsUp':
      return operatorHangsUp(state);
    case 'operatorTakesOver':
      return takeOver(state, fact, rules);
    case 'sessionFailed':
      return modelGone(state, fact, 'model-failed', rules);
    case 'modelLate':
      return modelLate(state, fact, rules);
    case 'agentChanged':
      return inConversation(state, (talk) => agentChanged(talk, rules));
    case 'agentStays':
      return inConversation(state, (talk) => agentStays(talk, fact, rules));
    case 'modelAway':
      return inConversation(state, (talk) => modelAway(talk, fact.broken, rules));
    case 'modelBack':
      return inConversation(state, (talk) => modelBack(talk, rules));
    case 'told': {
      const tell: Effect = { do: 'tellModel', text: fact.text, answer: fact.answer };
      const asked = fact.answer && state.phase === 'talking' ? awaiting(state, 'answer') : state;
      return { state: asked, effects: [tell] };
    }
    case 'toolLate':
      return toolLate(state, fact);
    case 'ready':
      return state.phase === 'connecting'
        ? greet(state, rules)
        : inConversation(state, (talk) => modelBack(talk, rules));
    case 'turnHeard':
      if (state.phase === 'finishing') return fact.turn === state.until ? finish(state) : stay(state);
      if (state.phase === 'connecting') return greetingHeard(state, fact.turn, rules);
      return inConversation(state, (talk) => turnHeard(talk, fact.turn, rules));
    case 'timeUp':
      return isTime(state, fact, rules);
    case 'turnStarted':
      return inConversation(state, (talk) => turnStarted(talk, fact.turn, rules));
    case 'turnDropped':
      return inConversation(state, (talk) => turnDropped(talk, fact));
    case 'turnEnded':
      return inConversation(state, (talk) => turnEnded(talk, fact.turn));
    case 'interrupted':
      return inConversation(state, (talk) => interrupted(talk, fact, rules));
    case 'callerSound':
      return callerSound(state, fact, rules);
    case 'callerSpeech':
      if (state.phase === 'leaving') return spokenTo(state, fact.is);
      return inConversation(state, (talk) => stay(fact.is === 'ended' ? awaiting(talk, 'answer') : talk));
    case 'excused':
      return inConversation(state, (talk) =>
        stay(talk.awaits === 'answer' ? awaiting(talk, 'nothing') : talk),
      );
    case 'idle':
      if (state.phase === 'leaving') return leaveSoon({ ...state, idle: true });
      return inConversation(state, (talk) => stay(modelIdle(talk)));
    case 'toolsCalled':
      return inConversation(state, (talk) => ({
        state: {
          ...talk,
          tools: talk.tools.union(new Set(fact.calls.map(({ id }) => id))),
          awaits: 'more',
        },
        effects: fact.calls.filter(({ id }) => !talk.tools.has(id)).map((call) => ({ do: 'runTool', call })),
      }));
    case 'toolsCancelled':
      return inConversation(state, (talk) => ({
        state: { ...talk, tools: talk.tools.difference(new Set(fact.ids)) },
        effects: fact.ids.filter((id) => talk.tools.has(id)).map((id) => ({ do: 'cancelTool', id })),
      }));
    case 'toolDone':
      return inConversation(state, (talk) => answered(talk, fact, rules));
    case 'digit':
      return keyPressed(state, fact, rules);
    case 'machine':
      return machineAnswered(state, fact);
    case 'messageDue':
      return leaveMessage(state, fact);
    case 'callerSaid':
    // A caller who is here has returned, and nobody else has them.
    case 'returned':
    case 'handedOver':
    case 'operatorGivesBack':
    case 'operatorTransfers':
    case 'moved':
      return stay(state);
    default:
      return unreachable(fact);
  }
}

function isTime(state: Here, fact: Extract<CallFact, { type: 'timeUp' }>, rules: CallRules): Step {
  const { timer, callerSpeaks, hearing } = fact;
  switch (timer) {
    case 'greeting':
      return state.phase === 'finishing' ? stay(state) : guardIsOver(state, hearing, rules);
    case 'barge-in':
      return inConversation(state, (talk) => cutDoomed(talk, rules));
    case 'comfort':
      if (state.phase !== 'connecting') return inConversation(state, (talk) => comfort(talk, fact, rules));
      return state.line === 'open' ? comfortFirst(state, callerSpeaks, rules) : stay(state);
    case 'dead-air':
      return inConversation(state, (talk) => fillSilence(talk, fact, rules));
    case 'last-words':
      return lastWords(state);
    case 'limit':
      return end(state, 'time-limit');
    case 'keys':
      return keysAreOver(state);
    case 'silence':
      return inConversation(state, (talk) => silenceIsUp(talk, fact, rules));
    case 'line':
      return lineDidNotOpen(state);
    case 'goodbye':
      if (state.phase === 'leaving') return letGo(state, callerSpeaks, rules);
      return state.phase === 'finishing' ? finish(state) : stay(state);
    // What becomes of it is told as `modelLate`; and who is here is not elsewhere.
    case 'model':
    case 'elsewhere':
      return stay(state);
    default:
      return unreachable(timer);
  }
}

const inConversation = (state: Here, then: (talk: Talk) => Step): Step =>
  state.phase === 'talking' || state.phase === 'leaving' ? then(state) : stay(state);
