// The agent's speech: what ends a turn, and how loud it is. Pure, as step.ts, which it serves.
import type { TurnId } from '../base/ids.ts';
import { QUIET, stay, type CallFact, type Speech, type Talk, type TalkStep } from './state.ts';

/** The model has sent all of a turn. */
export function turnEnded(talk: Talk, turn: TurnId): TalkStep {
  const { speech } = talk;
  if (speech.is === 'quiet' || speech.turn !== turn || !speech.generating) return stay(talk);
  return {
    state: { ...talk, speech: { ...speech, generating: false } },
    effects: [{ do: 'finishTurn', turn }],
  };
}

/** What was to follow is left out: whatever still plays is the end of what the agent says. */
export function turnDropped(
  talk: Talk,
  { turn, hearing }: Extract<CallFact, { type: 'turnDropped' }>,
): TalkStep {
  if (talk.speech.is === 'quiet' || talk.speech.turn !== turn) return stay(talk);
  const speech: Speech = hearing ? { is: 'speaking', turn: hearing.turn, generating: false } : QUIET;
  return stay({ ...talk, speech });
}

export const raised = (talk: Talk): TalkStep =>
  talk.lowered ? { state: { ...talk, lowered: false }, effects: [{ do: 'raiseVoice' }] } : stay(talk);
