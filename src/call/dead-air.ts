// Dead air: silence while it is our turn. Pure, as step.ts, which it serves. What is heard while the model is away has rules
// of its own (away.ts); this covers whatever else keeps it: tools, stalls, long thought.
import type { CallRules } from './rules.ts';
import {
  stay,
  type CallFact,
  type CallState,
  type Effect,
  type Step,
  type Talk,
  type TalkStep,
} from './state.ts';
import { ranByKeys } from './typed.ts';

/** While the caller speaks after all, there is nothing to fill. */
const LOOK_AGAIN_AFTER_MS = 500;
/** Clock and sound agree to within a frame. */
const FRAME_MS = 20;

/** The caller can hear us, and waits for us. A goodbye has its own times. */
export function isOurTurn(state: CallState): boolean {
  if (state.phase === 'talking')
    return state.line === 'open' && (state.awaits !== 'nothing' || state.tools.size > 0);
  if (state.phase !== 'leaving' || state.line !== 'open') return false;
  // Who was told where they go is gone within seconds; until then they wait, as for a tool, or for what a key has run.
  return (state.departure.to !== 'hang-up' && !state.said) || ranByKeys(state).size > 0;
}

const look = (ms: number): Effect => ({ do: 'arm', timer: 'dead-air', ms });

/** From when our turn begins it is looked for silence; anew from what the caller says, and from what fills it. */
export function watchSilence(
  before: CallState,
  fact: CallFact,
  { state, effects }: Step,
  { deadAirMs }: CallRules,
): Step {
  if (deadAirMs === 0) return { state, effects };
  const [was, is] = [isOurTurn(before), isOurTurn(state)];
  const anew =
    fact.type === 'callerSpeech' ||
    fact.type === 'agentChanged' ||
    effects.some((effect) => effect.do === 'comfort');
  if (is && (!was || anew)) return { state, effects: [...effects, look(deadAirMs)] };
  if (was && !is && state.phase !== 'ended')
    return { state, effects: [...effects, { do: 'disarm', timer: 'dead-air' }] };
  return { state, effects };
}

/** `silentMs`: since the caller last heard anything of us; 0 while they do. */
export function fillSilence(
  talk: Talk,
  { callerSpeaks, silentMs = Infinity }: Extract<CallFact, { type: 'timeUp' }>,
  { deadAirMs }: CallRules,
): TalkStep {
  if (!isOurTurn(talk)) return stay(talk);
  if (callerSpeaks) return { state: talk, effects: [look(LOOK_AGAIN_AFTER_MS)] };
  const leftMs = deadAirMs - silentMs;
  if (leftMs > 0) return { state: talk, effects: [look(Math.max(leftMs, FRAME_MS))] };
  const { speech } = talk;
  if (speech.is === 'speaking' && speech.generating)
    return { state: talk, effects: [{ do: 'comfort', within: speech.turn }] };
  // It has said all of its turn: were its word that it waits lost, the caller would be comforted for ever.
  const isWaitedForOnce = talk.phase === 'talking' && talk.awaits === 'more' && talk.tools.size === 0;
  return { state: isWaitedForOnce ? awaiting(talk, 'nothing') : talk, effects: [{ do: 'comfort' }] };
}

/** Whose turn it is: who was asked something, or said more was coming, is waited for. */
export const awaiting = <State extends Talk>(state: State, awaits: State['awaits']): State => ({
  ...state,
  awaits,
});

/** The model waits for the caller. It may do so without having answered: then it is still our turn. */
export const modelIdle = <State extends Talk>(state: State): State =>
  state.awaits === 'more' && state.tools.size === 0 ? awaiting(state, 'nothing') : state;
