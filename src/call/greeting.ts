// How calls begin: the model is asked for the greeting, or a recording of it is played as the line opens. Pure, as step.ts,
// which it serves.
import type { TurnId } from '../base/ids.ts';
import { firstComfort } from './away.ts';
import type { BargeInRules } from './barge-in.ts';
import type { CallState, Connecting, Effect, Step } from './state.ts';

/** A protected greeting that does not come must not keep the caller unheard. */
export const GREETING_LASTS_AT_MOST_MS = 20_000;

type Alive = Exclude<CallState, { phase: 'ended' }>;
type Talk = Extract<CallState, { phase: 'talking' | 'leaving' }>;

const protection = ({ greetingInterruptible }: BargeInRules): readonly Effect[] =>
  greetingInterruptible ? [] : [{ do: 'arm', timer: 'greeting', ms: GREETING_LASTS_AT_MOST_MS }];

export function lineOpened(state: Alive, greetingTurn: TurnId | undefined, rules: BargeInRules): Step {
  const effects: Effect[] = [{ do: 'disarm', timer: 'line' }];
  if (state.phase === 'connecting') effects.push(firstComfort());
  const opened: Alive = { ...state, line: 'open' };
  if (opened.phase === 'apologising' || opened.greeting.is !== 'recorded' || greetingTurn === undefined)
    return { state: opened, effects };
  return {
    state: {
      ...opened,
      greeting: { is: 'spoken', turn: greetingTurn },
      // All of it is there: no model adds to it.
      speech: { is: 'speaking', turn: greetingTurn, generating: false },
    },
    effects: [{ do: 'playGreeting', turn: greetingTurn }, ...effects, ...protection(rules)],
  };
}

/** The model is there. What is recorded it need not say, but has to know. */
export function greet({ line, losses, greeting, speech }: Connecting, rules: BargeInRules): Step {
  const quiet: Effect = { do: 'disarm', timer: 'comfort' };
  return {
    state: {
      phase: 'talking',
      line,
      losses,
      away: undefined,
      greeting,
      speech,
      doomed: undefined,
      tools: new Set(),
    },
    effects:
      greeting.is === 'asked'
        ? [...protection(rules), quiet, { do: 'greet' }]
        : [quiet, { do: 'tellGreeted' }],
  };
}

/** From now on the caller is heard, and may interrupt. */
export function greetingIsOver<State extends Talk | Connecting>(
  { state, effects }: { state: State; effects: readonly Effect[] },
  rules: BargeInRules,
): { state: State; effects: readonly Effect[] } {
  if (state.greeting.is === 'over') return { state, effects };
  const release: Effect[] = rules.greetingInterruptible
    ? []
    : [{ do: 'disarm', timer: 'greeting' }, { do: 'releaseCaller' }];
  return { state: { ...state, greeting: { is: 'over' } }, effects: [...effects, ...release] };
}
