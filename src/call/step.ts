// The decisions of a call: one fact in, the next state and what to do out. Pure; sees no sound, no socket, no time.
// Rules are numbered in SPEC.md. How a call ends is in ending.ts.
import { unreachable } from '../base/errors.ts';
import type { TurnId } from '../base/ids.ts';
import { comfort, comfortFirst, firstComfort, modelAway, modelBack } from './away.ts';
import { mayCut, type BargeInRules } from './barge-in.ts';
import { answered, apologise, carrierAsks, end, leaveSoon, lineLost, timeUp } from './ending.ts';
import { greet, greetingIsOver, lineOpened } from './greeting.ts';
import { QUIET, type CallFact, type CallState, type Connecting, type Effect, type Step } from './state.ts';

/** A phone that rang is answered and streaming within seconds; this is for calls whose line never comes. */
export const LINE_OPENS_WITHIN_MS = 30_000;

type Alive = Exclude<CallState, { phase: 'ended' }>;
type Talk = Extract<CallState, { phase: 'talking' | 'leaving' }>;
/** A step that stays in the conversation. */
interface TalkStep {
  readonly state: Talk;
  readonly effects: readonly Effect[];
}

/** `recorded`: whether the greeting is, so that the model need not speak it. */
export function openCall({ greetingInterruptible }: BargeInRules, recorded = false): Step {
  const effects: Effect[] = [{ do: 'arm', timer: 'line', ms: LINE_OPENS_WITHIN_MS }];
  return {
    state: {
      phase: 'connecting',
      line: 'awaited',
      losses: 0,
      greeting: { is: recorded ? 'recorded' : 'asked' },
      speech: QUIET,
    },
    effects: greetingInterruptible ? effects : [...effects, { do: 'holdCaller' }],
  };
}

export function step(state: CallState, fact: CallFact, rules: BargeInRules): Step {
  if (state.phase === 'ended') return stay(state);
  switch (fact.type) {
    case 'lineOpened':
      return lineOpened(state, fact.greetingTurn, rules);
    case 'lineLost':
      return lineLost(state);
    case 'carrierAsks':
      return carrierAsks(state, fact.openForMs);
    case 'callerHungUp':
      return end(state, 'caller-hung-up');
    case 'shutDown':
      return end(state, 'shut-down');
    case 'sessionFailed':
      return apologise(state, fact);
    case 'modelAway':
      return inConversation(state, (talk) => modelAway(talk, fact.broken));
    case 'modelBack':
      return inConversation(state, modelBack);
    case 'told':
      return { state, effects: [{ do: 'tellModel', text: fact.text, answer: fact.answer }] };
    case 'ready':
      return state.phase === 'connecting' ? greet(state, rules) : stay(state);
    case 'turnHeard':
      if (state.phase === 'apologising')
        return fact.turn === state.turn ? end(state, 'model-failed') : stay(state);
      if (state.phase === 'connecting') return greetingHeard(state, fact.turn, rules);
      return inConversation(state, (talk) => turnHeard(talk, fact.turn, rules));
    case 'timeUp':
      if (fact.timer === 'greeting')
        return state.phase === 'apologising' ? stay(state) : greetingIsOver(stay(state), rules);
      if (fact.timer === 'barge-in') return inConversation(state, (talk) => cutDoomed(talk, rules));
      if (fact.timer === 'comfort' && state.phase === 'connecting')
        return state.line === 'open' ? comfortFirst(state, fact.callerSpeaks) : stay(state);
      if (fact.timer === 'comfort') return inConversation(state, (talk) => comfort(talk, fact.callerSpeaks));
      return timeUp(state, fact.timer);
    case 'turnStarted':
      return inConversation(state, (talk) => turnStarted(talk, fact.turn, rules));
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
      return inConversation(state, (talk) => answered(talk, fact));
    case 'digit':
      return stay(state);
    default:
      return unreachable(fact);
  }
}

const stay = <State extends CallState>(state: State): { state: State; effects: Effect[] } => ({
  state,
  effects: [],
});

const inConversation = (state: Alive, then: (talk: Talk) => Step): Step =>
  state.phase === 'talking' || state.phase === 'leaving' ? then(state) : stay(state);

/** Before the model is there: whoever was greeted has something to say, or waits to be spoken to. */
function greetingHeard(state: Connecting, turn: TurnId, rules: BargeInRules): Step {
  if (state.speech.is === 'quiet' || state.speech.turn !== turn) return stay(state);
  const over = greetingIsOver(stay({ ...state, speech: QUIET }), rules);
  return { state: over.state, effects: [...over.effects, firstComfort()] };
}

function turnStarted(talk: Talk, turn: TurnId, rules: BargeInRules): Step {
  // The answer to an interruption must not queue behind what was interrupted.
  if (talk.doomed !== undefined) {
    const { state, effects } = cutDoomed(talk, rules);
    const started = turnStarted(state, turn, rules);
    return { state: started.state, effects: [...effects, ...started.effects] };
  }
  // Who is spoken to before the line was open needs no greeting any more.
  if (talk.greeting.is === 'recorded') {
    const { state, effects } = greetingIsOver(stay(talk), rules);
    const started = turnStarted(state, turn, rules);
    return { state: started.state, effects: [...effects, ...started.effects] };
  }
  const greeting = talk.greeting.is === 'asked' ? ({ is: 'spoken', turn } as const) : talk.greeting;
  const next: Talk = {
    ...talk,
    greeting,
    speech: { is: 'speaking', turn, generating: true },
  };
  return next.phase === 'leaving' ? leaveSoon(next) : stay(next);
}

function turnEnded(talk: Talk, turn: TurnId): TalkStep {
  const { speech } = talk;
  if (speech.is === 'quiet' || speech.turn !== turn || !speech.generating) return stay(talk);
  return {
    state: { ...talk, speech: { ...speech, generating: false } },
    effects: [{ do: 'finishTurn', turn }],
  };
}

function turnHeard(talk: Talk, turn: TurnId, rules: BargeInRules): Step {
  const isGreeting = talk.greeting.is === 'spoken' && talk.greeting.turn === turn;
  const over = isGreeting ? greetingIsOver(stay(talk), rules) : stay(talk);
  const { state } = over;
  // What was a goodbye too greets nobody else.
  const kept: Effect[] = isGreeting && talk.phase === 'talking' ? [{ do: 'keepGreeting', turn }] : [];
  const effects = [...over.effects, ...kept];
  if (talk.speech.is === 'quiet' || talk.speech.turn !== turn) return { state, effects };
  const quiet: Talk = { ...state, speech: QUIET, doomed: undefined };
  if (quiet.phase === 'talking') return { state: quiet, effects };
  // Of a goodbye that broke off, the rest is still to come.
  const leaving = leaveSoon({ ...quiet, said: quiet.said || quiet.away?.broken !== true });
  return { state: leaving.state, effects: [...effects, ...leaving.effects] };
}

function interrupted(
  talk: Talk,
  { upTo, hearing }: Extract<CallFact, { type: 'interrupted' }>,
  rules: BargeInRules,
): Step {
  if (hearing === undefined) return cut(talk, upTo, rules);
  const isGreeting = talk.greeting.is === 'spoken' && talk.greeting.turn === hearing.turn;
  if (mayCut(rules, hearing.heardMs, isGreeting ? 'greeting' : 'answer')) return cut(talk, upTo, rules);
  // The model has stopped all the same: what it sent is played, as far as the rules protect it.
  const spoken = talk.speech.is === 'speaking' ? turnEnded(talk, talk.speech.turn) : stay(talk);
  if (isGreeting && !rules.greetingInterruptible) return spoken;
  const ms = rules.minHeardMs - hearing.heardMs;
  const postponed: Effect = { do: 'arm', timer: 'barge-in', ms };
  return { state: { ...spoken.state, doomed: upTo }, effects: [...spoken.effects, postponed] };
}

const cutDoomed = (talk: Talk, rules: BargeInRules): TalkStep =>
  talk.doomed === undefined ? stay(talk) : cut(talk, talk.doomed, rules);

/** Harmless when nothing plays; and a caller who speaks while we hang up is listened to. */
function cut(talk: Talk, upTo: TurnId, rules: BargeInRules): TalkStep {
  const { line, losses, away, greeting, tools, doomed } = talk;
  const effects: Effect[] = [{ do: 'cut', upTo }];
  if (doomed !== undefined) effects.push({ do: 'disarm', timer: 'barge-in' });
  if (talk.phase === 'leaving') effects.push({ do: 'disarm', timer: 'goodbye' });
  return greetingIsOver(
    {
      state: { phase: 'talking', line, losses, away, greeting, tools, speech: QUIET, doomed: undefined },
      effects,
    },
    rules,
  );
}
