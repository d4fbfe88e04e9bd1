// How calls begin: the model is asked for the greeting, or a recording of it is played as the line opens. Pure, as step.ts,
// which it serves.
import type { TurnId } from '../base/ids.ts';
import { firstComfort, modelDue, modelThere } from './away.ts';
import { finish } from './ending.ts';
import type { CallRules } from './rules.ts';
import {
  stay,
  type CallFact,
  type Connecting,
  type Effect,
  type Hearing,
  type Here,
  type Step,
  type Talk,
  type TalkStep,
} from './state.ts';

/** A protected greeting that does not come must not keep the caller unheard. */
export const GREETING_LASTS_AT_MOST_MS = 20_000;

/** Marks and clock agree to within some milliseconds. */
const LOOK_AGAIN_AFTER_MS = 20;

/** Whether the caller is kept from the model for some of the greeting, or all of it. */
export const isGuarded = ({ greetingInterruptible, greetingGuardMs }: CallRules): boolean =>
  !greetingInterruptible || greetingGuardMs > 0;

const guardFor = (ms: number): Effect => ({ do: 'arm', timer: 'greeting', ms });

/** Before the greeting's first sound. */
const protection = (rules: CallRules): readonly Effect[] =>
  isGuarded(rules) ? [guardFor(GREETING_LASTS_AT_MOST_MS)] : [];

/** From the moment on at which the greeting begins to be heard. */
const guard = (rules: CallRules): readonly Effect[] =>
  rules.greetingInterruptible && isGuarded(rules) ? [guardFor(rules.greetingGuardMs)] : protection(rules);

export function lineOpened(
  state: Here,
  { greetingTurn, wasGone, gap }: Extract<CallFact, { type: 'lineOpened' }>,
  rules: CallRules,
): Step {
  const effects: Effect[] = [{ do: 'disarm', timer: 'line' }];
  if (state.phase === 'connecting') effects.push(firstComfort(rules));
  if (state.phase === 'connecting' && !state.wasOpen) effects.push(...modelDue(rules));
  const opened: Here =
    state.phase === 'connecting' ? { ...state, line: 'open', wasOpen: true } : { ...state, line: 'open' };
  if (opened.phase === 'finishing')
    return opened.until === undefined ? finish(opened) : { state: opened, effects };
  if (opened.greeting.is === 'spoken' && rules.greetingInterruptible) effects.push(...guard(rules));
  if (opened.phase === 'talking' && (wasGone !== undefined || gap)) {
    const back = wasGone === undefined ? stay(opened) : afterGap(opened, wasGone);
    return { state: { ...back.state, gap: true }, effects: [...effects, ...back.effects] };
  }
  if (opened.greeting.is !== 'recorded' || greetingTurn === undefined) return { state: opened, effects };
  return {
    state: {
      ...opened,
      greeting: { is: 'spoken', turn: greetingTurn },
      // All of it is there: no model adds to it.
      speech: { is: 'speaking', turn: greetingTurn, generating: false },
    },
    effects: [{ do: 'playGreeting', turn: greetingTurn }, ...effects, ...guard(rules)],
  };
}

/** What the caller said meanwhile nobody has heard: unless they wait for us already, they are asked. */
function afterGap(talk: Extract<Talk, { phase: 'talking' }>, text: string): TalkStep {
  const { speech, awaits, tools, away, greeting } = talk;
  const answer =
    speech.is === 'quiet' &&
    awaits === 'nothing' &&
    tools.size === 0 &&
    away === undefined &&
    greeting.is === 'over';
  return {
    state: answer ? { ...talk, awaits: 'answer' } : talk,
    effects: [{ do: 'tellModel', text, answer }],
  };
}

/** The model is there. What is recorded it need not say, but has to know. */
export function greet(connecting: Connecting, rules: CallRules): Step {
  const { line, losses, keypad, greeting, speech, tools, awaits } = connecting;
  const asked = greeting.is === 'asked';
  return {
    state: {
      ...({ phase: 'talking', line, losses, keypad, greeting, speech } as const),
      ...{ away: undefined, doomed: undefined, tools, lowered: false, asked: false },
      awaits: asked ? 'answer' : awaits,
    },
    effects: [
      ...modelThere(rules),
      ...(asked ? protection(rules) : []),
      // A silence that began at pickup is not over because the model now thinks over its greeting.
      ...(asked && rules.deadAirMs > 0 ? [] : [{ do: 'disarm', timer: 'comfort' } as const]),
      { do: asked ? 'greet' : 'tellGreeted' },
    ],
  };
}

/** The first sound of the greeting, from the model. */
export const greetingStarted = (talk: Talk, turn: TurnId, rules: CallRules): TalkStep => ({
  state: { ...talk, greeting: { is: 'spoken', turn } },
  effects: [
    ...(rules.deadAirMs > 0 ? [{ do: 'disarm', timer: 'comfort' } as const] : []),
    ...(talk.line === 'open' ? guard(rules) : []),
  ],
});

/** The guard is over when the caller has heard enough, however late it came; or hears nothing. */
export function guardIsOver(
  state: Talk | Connecting,
  hearing: Hearing | undefined,
  rules: CallRules,
): { state: Talk | Connecting; effects: readonly Effect[] } {
  const { greeting } = state;
  if (!rules.greetingInterruptible || greeting.is !== 'spoken') return greetingIsOver(stay(state), rules);
  const isHeard = hearing?.turn === greeting.turn && state.line === 'open';
  const leftMs = isHeard ? rules.greetingGuardMs - hearing.heardMs : 0;
  return {
    state,
    effects: leftMs > 0 ? [guardFor(Math.max(leftMs, LOOK_AGAIN_AFTER_MS))] : [{ do: 'endGuard' }],
  };
}

/** From now on the caller is heard, and may interrupt. */
export function greetingIsOver<State extends Talk | Connecting>(
  { state, effects }: { state: State; effects: readonly Effect[] },
  rules: CallRules,
): { state: State; effects: readonly Effect[] } {
  if (state.greeting.is === 'over') return { state, effects };
  const release: Effect[] = isGuarded(rules)
    ? [{ do: 'disarm', timer: 'greeting' }, { do: 'releaseCaller' }]
    : [];
  return { state: { ...state, greeting: { is: 'over' } }, effects: [...effects, ...release] };
}
