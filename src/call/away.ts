// While the connection to the model is being renewed: what the caller hears meanwhile. Pure, as step.ts, which it serves.
import { leaveSoon } from './ending.ts';
import type { CallState, Connecting, Effect, Step } from './state.ts';

/** A pause that long is one that people fill. */
export const COMFORT_AFTER_MS = 1_500;
/** Who has just picked up waits longer: for the first connection, and then for the first word. */
export const FIRST_COMFORT_AFTER_MS = 4_000;
export const COMFORT_EVERY_MS = 4_000;
/** While something is still played, or the caller speaks, there is nothing to fill. */
export const LOOK_AGAIN_AFTER_MS = 500;

type Talk = Extract<CallState, { phase: 'talking' | 'leaving' }>;
interface TalkStep {
  readonly state: Talk;
  readonly effects: readonly Effect[];
}

const armed = (ms: number): Effect => ({ do: 'arm', timer: 'comfort', ms });

export const modelAway = (talk: Talk, broken: boolean): TalkStep => ({
  state: { ...talk, away: { broken } },
  effects: talk.away ? [] : [armed(COMFORT_AFTER_MS)],
});

export function modelBack(talk: Talk): TalkStep {
  if (!talk.away) return { state: talk, effects: [] };
  const disarmed: Effect = { do: 'disarm', timer: 'comfort' };
  if (talk.phase === 'talking') return { state: { ...talk, away: undefined }, effects: [disarmed] };
  // The goodbye has as long as it would have had.
  const leaving = leaveSoon({ ...talk, away: undefined });
  return { state: leaving.state, effects: [disarmed, ...leaving.effects] };
}

/** Before the model was there for the first time. Whoever was just greeted is waited for as one who just picked up. */
export const firstComfort = (): Effect => armed(FIRST_COMFORT_AFTER_MS);

export const comfortFirst = (state: Connecting, callerSpeaks: boolean): Step => ({
  state,
  effects:
    callerSpeaks || state.speech.is === 'speaking'
      ? [armed(LOOK_AGAIN_AFTER_MS)]
      : [{ do: 'comfort' }, armed(COMFORT_EVERY_MS)],
});

export function comfort(talk: Talk, callerSpeaks: boolean): TalkStep {
  if (!talk.away || talk.phase === 'leaving') return { state: talk, effects: [] };
  return talk.speech.is === 'quiet' && talk.line === 'open' && !callerSpeaks
    ? { state: talk, effects: [{ do: 'comfort' }, armed(COMFORT_EVERY_MS)] }
    : { state: talk, effects: [armed(LOOK_AGAIN_AFTER_MS)] };
}
