// When a call may be handed on to another process: how it stands with it just now, and how long that may be waited for. Pure.
import type { CallState } from './state.ts';

/**
 * `elsewhere`: nobody is on a line of ours. `quiet`: all that was said is heard, and nobody owes the other anything. `between`:
 * nobody speaks, and somebody waits for something. `busy`: somebody would be cut off.
 */
export type Moment = 'elsewhere' | 'quiet' | 'between' | 'busy';

export interface Ear {
  readonly agentIsHeard: boolean;
  readonly callerSpeaks: boolean;
  readonly typesSecret: boolean;
}

/** A quiet moment comes after every answer; who talks for longer is interrupted between two turns. */
const QUIET_ONLY_MS = 20_000;
const BETWEEN_ONLY_MS = 25_000;

export function momentOf(state: CallState, { agentIsHeard, callerSpeaks, typesSecret }: Ear): Moment {
  if (state.phase === 'elsewhere') return state.line === 'away' ? 'elsewhere' : 'busy';
  // What is before and after the conversation is short, and is not cut.
  if (state.phase !== 'talking' || state.line !== 'open') return 'busy';
  if (agentIsHeard || callerSpeaks || typesSecret || state.speech.is === 'speaking') return 'busy';
  const { awaits, tools, away, keypad, greeting } = state;
  const isGreeted = greeting.is === 'spoken' || greeting.is === 'over';
  const owesNothing = awaits === 'nothing' && tools.size === 0 && away === undefined && keypad.keys === '';
  return isGreeted && owesNothing ? 'quiet' : 'between';
}

/** `waitedMs`: since it was to go. */
export function mayGo(moment: Moment, waitedMs: number): boolean {
  if (waitedMs >= BETWEEN_ONLY_MS) return true;
  if (moment === 'between') return waitedMs >= QUIET_ONLY_MS;
  return moment !== 'busy';
}
