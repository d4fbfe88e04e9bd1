// What an operator does to a call without speaking in it: hangs up, and sends the caller to somebody. Pure, as step.ts,
// which it serves.
import type { Departure } from '../ivr/departure.ts';
import { end, finish } from './ending.ts';
import { goAway } from './keys.ts';
import type { CallRules } from './rules.ts';
import { stay, type Alive, type CallFact, type CallState, type Step } from './state.ts';
import { talkAgain } from './with-operator.ts';

/** A caller who is with a person, or waits for one, is asked nothing of us. */
export type NotTransferred = 'over' | 'elsewhere';

export function whyNotTransferred({ phase }: CallState): NotTransferred | undefined {
  if (phase === 'ended') return 'over';
  return phase === 'elsewhere' ? 'elsewhere' : undefined;
}

/** There is no model any more that could hear it. */
export type NotTold = 'over' | 'without-model';

export function whyNotTold(state: CallState): NotTold | undefined {
  if (state.phase === 'ended') return 'over';
  const isGone =
    state.phase === 'finishing' || (state.phase === 'with-operator' && state.model.is === 'gone');
  return isGone ? 'without-model' : undefined;
}

/** Also on a caller who is with somebody else: the carrier is told. */
export const operatorHangsUp = (state: Alive): Step => end(state, 'operator-hung-up');

/** At once, as by a key; and where there is no model any more, before the apology and the ladder. */
export function operatorTransfers(
  state: Alive,
  { destination, upTo }: Extract<CallFact, { type: 'operatorTransfers' }>,
  rules: CallRules,
): Step {
  if (state.phase === 'elsewhere') return stay(state);
  const departure: Departure = {
    ...{ to: 'destination', name: destination, reason: 'an operator transferred the call', briefing: '' },
  };
  if (state.phase === 'finishing') {
    const leaving = { ...state, departure, as: 'transferred' } as const;
    return state.line === 'open' ? finish(leaving) : stay(leaving);
  }
  if (state.phase !== 'with-operator') return goAway(state, departure, upTo, rules);
  const gone =
    state.model.is === 'gone'
      ? end(state, 'transferred', departure)
      : goAway(talkAgain(state), departure, upTo, rules);
  return { state: gone.state, effects: [{ do: 'endTakeOver' }, ...gone.effects] };
}
