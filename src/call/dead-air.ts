// Dead air: silence while it is our turn. Pure, as step.ts, which it serves. What is heard while the model is away has rules
// of its own (away.ts); this covers whatever else keeps it: tools, stalls, long thought.
import type { CallRules } from './rules.ts';
import { stay, type CallFact, type CallState, type Step, type Talk, type TalkStep } from './state.ts';

/** While the caller speaks after all, there is nothing to fill. */
const LOOK_AGAIN_AFTER_MS = 500;

/** The caller can hear us, waits for us, and hears nothing. A goodbye has its own times. */
const isSilent = (state: CallState): boolean =>
  state.phase === 'talking' &&
  state.line === 'open' &&
  state.speech.is === 'quiet' &&
  state.awaits !== 'nothing';

/** Silence is timed from where it begins, whatever it begins with, and anew from what the caller says. */
export function timeSilence(
  before: CallState,
  fact: CallFact,
  { state, effects }: Step,
  { deadAirMs }: CallRules,
): Step {
  if (deadAirMs === 0) return { state, effects };
  const [was, is] = [isSilent(before), isSilent(state)];
  const filled = fact.type === 'callerSpeech' || effects.some((effect) => effect.do === 'comfort');
  if (is && (!was || filled))
    return { state, effects: [...effects, { do: 'arm', timer: 'dead-air', ms: deadAirMs }] };
  if (was && !is && state.phase !== 'ended')
    return { state, effects: [...effects, { do: 'disarm', timer: 'dead-air' }] };
  return { state, effects };
}

export function fillSilence(talk: Talk, callerSpeaks: boolean): TalkStep {
  if (!isSilent(talk)) return stay(talk);
  return callerSpeaks
    ? { state: talk, effects: [{ do: 'arm', timer: 'dead-air', ms: LOOK_AGAIN_AFTER_MS }] }
    : { state: talk, effects: [{ do: 'comfort' }] };
}

/** Whose turn it is: who was asked something, or said more was coming, is waited for. */
export const awaiting = <State extends Talk>(state: State, awaits: State['awaits']): State => ({
  ...state,
  awaits,
});

/** The model waits for the caller. It may do so without having answered: then it is still our turn. */
export const modelIdle = <State extends Talk>(state: State): State =>
  state.awaits === 'more' && state.tools.size === 0 ? awaiting(state, 'nothing') : state;
