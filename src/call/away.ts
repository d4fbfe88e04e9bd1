// While the connection to the model is being renewed: what the caller hears meanwhile. Pure, as step.ts, which it serves.
import type { CallState, Effect } from './state.ts';

/** A pause that long is one that people fill. */
export const COMFORT_AFTER_MS = 1_500;
export const COMFORT_EVERY_MS = 4_000;
/** While something is still played there is nothing to fill. */
export const LOOK_AGAIN_AFTER_MS = 500;

type Talk = Extract<CallState, { phase: 'talking' | 'leaving' }>;
interface TalkStep {
  readonly state: Talk;
  readonly effects: readonly Effect[];
}

const armed = (ms: number): Effect => ({ do: 'arm', timer: 'comfort', ms });

export const modelAway = (talk: Talk): TalkStep => ({
  state: { ...talk, model: 'away' },
  effects: talk.model === 'away' ? [] : [armed(COMFORT_AFTER_MS)],
});

export const modelBack = (talk: Talk): TalkStep => ({
  state: { ...talk, model: 'there' },
  effects: talk.model === 'away' ? [{ do: 'disarm', timer: 'comfort' }] : [],
});

export function comfort(talk: Talk): TalkStep {
  if (talk.model === 'there' || talk.phase === 'leaving') return { state: talk, effects: [] };
  return talk.speech.is === 'quiet' && talk.line === 'open'
    ? { state: talk, effects: [{ do: 'comfort' }, armed(COMFORT_EVERY_MS)] }
    : { state: talk, effects: [armed(LOOK_AGAIN_AFTER_MS)] };
}
