// Barge-in: when the caller cuts the agent off, and what is done until that is known. Pure, as step.ts, which it serves.
import { leaveSoon } from './ending.ts';
import { raised, turnEnded } from './speech.ts';
import { greetingIsOver } from './greeting.ts';
import type { CallRules } from './rules.ts';
import { stillHere } from './still-here.ts';
import {
  QUIET,
  stay,
  type CallFact,
  type Effect,
  type Hearing,
  type Here,
  type Step,
  type Talk,
  type TalkStep,
} from './state.ts';
import type { TurnId } from '../base/ids.ts';

type CallerSound = Extract<CallFact, { type: 'callerSound' }>;

export const mayCut = (rules: CallRules, heardMs: number, turn: 'greeting' | 'answer'): boolean =>
  (turn === 'answer' || rules.greetingInterruptible) && heardMs >= rules.minHeardMs;

/** The caller speaks: by the model's word, or by our own ear. */
export function interrupted(
  talk: Talk,
  { upTo, hearing }: { readonly upTo: TurnId; readonly hearing: Hearing | undefined },
  rules: CallRules,
): Step {
  if (hearing === undefined) return cut(talk, upTo, rules);
  const turn = turnOf(talk, hearing);
  if (mayCut(rules, hearing.heardMs, turn)) return cut(talk, upTo, rules);
  // The model has stopped all the same: what it sent is played, as far as the rules protect it.
  const spoken = talk.speech.is === 'speaking' ? turnEnded(talk, talk.speech.turn) : stay(talk);
  if (turn === 'greeting' && !rules.greetingInterruptible) return spoken;
  const ms = rules.minHeardMs - hearing.heardMs;
  const postponed: Effect = { do: 'arm', timer: 'barge-in', ms };
  return { state: { ...spoken.state, doomed: upTo }, effects: [...spoken.effects, postponed] };
}

export const cutDoomed = (talk: Talk, rules: CallRules): TalkStep =>
  talk.doomed === undefined ? stay(talk) : cut(talk, talk.doomed, rules);

/** A sound over the agent's voice: softer until we know what it is, and then cut off, or as before. */
export function callerSound(state: Here, sound: CallerSound, rules: CallRules): Step {
  if (state.phase === 'finishing') return stay(state);
  if (state.phase === 'connecting') {
    const mayBeCut = sound.hearing && mayCut(rules, sound.hearing.heardMs, 'greeting');
    if (sound.is !== 'speech' || !mayBeCut) return stay(state);
    const over = greetingIsOver(stay({ ...state, speech: QUIET }), rules);
    return { state: over.state, effects: [{ do: 'cut', upTo: sound.upTo }, ...over.effects] };
  }
  if (sound.hearing === undefined) return raised(state);
  if (sound.is === 'speech') return interrupted(state, { ...sound, hearing: sound.hearing }, rules);
  if (sound.is !== 'unknown') return raised(state);
  if (state.lowered || !mayCut(rules, sound.hearing.heardMs, turnOf(state, sound.hearing)))
    return stay(state);
  return { state: { ...state, lowered: true }, effects: [{ do: 'lowerVoice' }] };
}

const turnOf = ({ greeting }: Talk, { turn }: Hearing): 'greeting' | 'answer' =>
  greeting.is === 'spoken' && greeting.turn === turn ? 'greeting' : 'answer';

/** Harmless when nothing plays; and a caller who speaks while we hang up is listened to. */
export function cut(talk: Talk, upTo: TurnId, rules: CallRules): TalkStep {
  const effects: Effect[] = [{ do: 'cut', upTo }];
  if (talk.doomed !== undefined) effects.push({ do: 'disarm', timer: 'barge-in' });
  const { phase } = talk;
  if (phase === 'leaving' && (talk.alone || talk.byKey || talk.told || talk.departure.to === 'keys')) {
    // Nobody is left who could listen; or the model stops for what a key has told it; or a recorded voice speaks on that waits
    // for keys: the caller goes where they were to go.
    const said = talk.said || !(talk.byKey || talk.told);
    const leaving = leaveSoon({ ...talk, speech: QUIET, doomed: undefined, lowered: false, said });
    return { state: leaving.state, effects: [...effects, ...leaving.effects] };
  }
  if (phase === 'leaving') effects.push({ do: 'disarm', timer: 'goodbye' }, stillHere(talk));
  const { line, losses, keypad, away, greeting, tools } = talk;
  const state: Talk = {
    ...{ phase: 'talking', line, losses, keypad, away, greeting, tools },
    ...{ speech: QUIET, doomed: undefined, awaits: 'nothing', lowered: false, asked: false },
  };
  return greetingIsOver({ state, effects }, rules);
}
