// The decisions of a call: one fact in, the next state and what to do out. Pure; sees no sound, no socket, no time.
// Rules are numbered in SPEC.md.
import { unreachable } from '../base/errors.ts';
import { turnId, type TurnId } from '../base/ids.ts';
import { mayCut, type BargeInRules } from './barge-in.ts';
import type { CallFact, CallState, Effect, EndReason, Speech, Step } from './state.ts';

/** A phone that rang is answered and streaming within seconds; this is for calls whose line never comes. */
export const LINE_OPENS_WITHIN_MS = 30_000;
/** The carrier asks what is next within 15 s or gives up (Twilio error 11205). */
export const LINE_RETURNS_WITHIN_MS = 15_000;
export const MAX_LINE_LOSSES = 3;
export const GOODBYE_STARTS_WITHIN_MS = 6_000;
export const GOODBYE_FOLLOWS_IDLE_WITHIN_MS = 1_500;
export const GOODBYE_LASTS_AT_MOST_MS = 30_000;
/** A receiver that falls on the last syllable sounds like an accident. */
export const PAUSE_AFTER_GOODBYE_MS = 500;
/** The greeting is always the session's first turn. */
const GREETING = turnId(1);

type Talking = Extract<CallState, { phase: 'talking' }>;
type Leaving = Extract<CallState, { phase: 'leaving' }>;
type Alive = Exclude<CallState, { phase: 'ended' }>;

const QUIET: Speech = { is: 'quiet' };

export function openCall(): Step {
  return {
    state: { phase: 'connecting', line: 'awaited', losses: 0, lastTurn: turnId(0) },
    effects: [{ do: 'arm', timer: 'line', ms: LINE_OPENS_WITHIN_MS }],
  };
}

export function step(state: CallState, fact: CallFact, rules: BargeInRules): Step {
  if (state.phase === 'ended') return stay(state);
  switch (fact.type) {
    case 'lineOpened':
      return { state: { ...state, line: 'open' }, effects: [{ do: 'disarm', timer: 'line' }] };
    case 'lineLost':
      return lineLost(state);
    case 'callerHungUp':
      return end('caller-hung-up', {});
    case 'shutDown':
      return end('shut-down', { weHangUp: state });
    case 'timeUp':
      return timeUp(state, fact.timer);
    case 'sessionFailed':
      return state.phase === 'apologising' ? stay(state) : apologise(state);
    case 'ready':
      if (state.phase !== 'connecting') return stay(state);
      return {
        state: { ...state, phase: 'talking', speech: QUIET, tools: new Set() },
        effects: [{ do: 'greet' }],
      };
    case 'turnHeard':
      if (state.phase === 'apologising')
        return fact.turn === state.turn ? end('model-failed', { weHangUp: state }) : stay(state);
      return inConversation(state, (talk) => turnHeard(talk, fact.turn));
    case 'turnStarted':
      return inConversation(state, (talk) => turnStarted(talk, fact.turn));
    case 'turnEnded':
      return inConversation(state, (talk) => turnEnded(talk, fact.turn));
    case 'interrupted':
      return inConversation(state, (talk) => interrupted(talk, fact, rules));
    case 'idle':
      return state.phase === 'leaving' ? leaveSoon({ ...state, idle: true }) : stay(state);
    case 'toolsCalled':
      return inConversation(state, (talk) => ({
        state: { ...talk, tools: talk.tools.union(new Set(fact.calls.map(({ id }) => id))) },
        effects: fact.calls.filter(({ id }) => !talk.tools.has(id)).map((call) => ({ do: 'runTool', call })),
      }));
    case 'toolsCancelled':
      return inConversation(state, (talk) => ({
        state: { ...talk, tools: talk.tools.difference(new Set(fact.ids)) },
        effects: fact.ids.filter((id) => talk.tools.has(id)).map((id) => ({ do: 'cancelTool', id })),
      }));
    case 'toolDone':
      return inConversation(state, (talk) => toolDone(talk, fact));
    case 'digit':
      return stay(state);
    default:
      return unreachable(fact);
  }
}

const stay = (state: CallState): Step => ({ state, effects: [] });

const inConversation = (state: Alive, then: (talk: Talking | Leaving) => Step): Step =>
  state.phase === 'talking' || state.phase === 'leaving' ? then(state) : stay(state);

function end(reason: EndReason, { weHangUp }: { weHangUp?: Alive }): Step {
  const effect: Effect = {
    do: 'end',
    reason,
    intent: weHangUp ? { do: 'hang-up' } : undefined,
    byControl: weHangUp?.line === 'awaited',
  };
  return { state: { phase: 'ended', reason }, effects: [effect] };
}

function lineLost(state: Alive): Step {
  if (state.line === 'awaited') return stay(state);
  const losses = state.losses + 1;
  const waiting: Alive = { ...state, line: 'awaited', losses };
  if (losses > MAX_LINE_LOSSES) return end('line-lost', { weHangUp: waiting });
  return {
    state: waiting,
    effects: [{ do: 'detachLine' }, { do: 'arm', timer: 'line', ms: LINE_RETURNS_WITHIN_MS }],
  };
}

function timeUp(state: Alive, timer: 'line' | 'goodbye'): Step {
  switch (timer) {
    case 'line':
      if (state.line === 'open') return stay(state);
      return end(state.losses > 0 ? 'line-lost' : 'line-never-opened', { weHangUp: state });
    case 'goodbye':
      if (state.phase === 'leaving') return end('agent-hung-up', { weHangUp: state });
      return state.phase === 'apologising' ? end('model-failed', { weHangUp: state }) : stay(state);
  }
}

function apologise(state: Alive): Step {
  const turn = turnId(state.lastTurn + 1);
  const effects: Effect[] = [];
  if (state.phase === 'talking' || state.phase === 'leaving') {
    for (const id of state.tools) effects.push({ do: 'cancelTool', id });
    if (state.speech.is === 'speaking' && state.speech.generating)
      effects.push({ do: 'finishTurn', turn: state.speech.turn });
  }
  const { line, losses } = state;
  return {
    state: { phase: 'apologising', line, losses, lastTurn: turn, turn },
    effects: [
      ...effects,
      { do: 'apologise', turn },
      { do: 'arm', timer: 'goodbye', ms: GOODBYE_LASTS_AT_MOST_MS },
    ],
  };
}

function turnStarted(talk: Talking | Leaving, turn: TurnId): Step {
  const effects: Effect[] =
    talk.phase === 'leaving' ? [{ do: 'arm', timer: 'goodbye', ms: GOODBYE_LASTS_AT_MOST_MS }] : [];
  return {
    state: { ...talk, lastTurn: turn, speech: { is: 'speaking', turn, generating: true } },
    effects,
  };
}

function turnEnded(talk: Talking | Leaving, turn: TurnId): Step {
  const { speech } = talk;
  if (speech.is === 'quiet' || speech.turn !== turn || !speech.generating) return stay(talk);
  return {
    state: { ...talk, speech: { ...speech, generating: false } },
    effects: [{ do: 'finishTurn', turn }],
  };
}

function turnHeard(talk: Talking | Leaving, turn: TurnId): Step {
  if (talk.speech.is === 'quiet' || talk.speech.turn !== turn) return stay(talk);
  if (talk.phase === 'talking') return stay({ ...talk, speech: QUIET });
  return leaveSoon({ ...talk, speech: QUIET, said: true });
}

function interrupted(
  talk: Talking | Leaving,
  { upTo, heardMs }: { upTo: TurnId; heardMs: number },
  rules: BargeInRules,
): Step {
  const { speech } = talk;
  if (speech.is === 'quiet' || upTo < speech.turn) return stay(talk);
  if (!mayCut(rules, heardMs, speech.turn === GREETING ? 'greeting' : 'answer'))
    return turnEnded(talk, speech.turn);
  const { line, losses, lastTurn, tools } = talk;
  const effects: Effect[] = [{ do: 'cut', upTo }];
  if (talk.phase === 'leaving') effects.push({ do: 'disarm', timer: 'goodbye' });
  return { state: { phase: 'talking', line, losses, lastTurn, tools, speech: QUIET }, effects };
}

function toolDone(talk: Talking | Leaving, { answer, then }: Extract<CallFact, { type: 'toolDone' }>): Step {
  if (!talk.tools.has(answer.id)) return stay(talk);
  const tools = talk.tools.difference(new Set([answer.id]));
  const answered: Effect = { do: 'answerTool', answer };
  if (then === undefined) return { state: { ...talk, tools }, effects: [answered] };
  return {
    state: { ...talk, tools, phase: 'leaving', said: false, idle: false },
    effects: [answered, { do: 'arm', timer: 'goodbye', ms: GOODBYE_STARTS_WITHIN_MS }],
  };
}

function leaveSoon(talk: Leaving): Step {
  if (talk.speech.is === 'speaking' || !talk.idle) return stay(talk);
  const ms = talk.said ? PAUSE_AFTER_GOODBYE_MS : GOODBYE_FOLLOWS_IDLE_WITHIN_MS;
  return { state: talk, effects: [{ do: 'arm', timer: 'goodbye', ms }] };
}
