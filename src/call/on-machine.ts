// What a call does once it is known that a machine has answered: the agent falls silent for good, and a message may be left.
// Pure, as step.ts, which it serves.
import { end, finish, HEARD_OUT_WITHIN_MS } from './ending.ts';
import {
  stay,
  type CallFact,
  type Effect,
  type Finishing,
  type Here,
  type Step,
  type TimerName,
} from './state.ts';

/** Of the conversation; none of them is to wake anybody. */
const OF_TALK: readonly TimerName[] = [
  ...(['greeting', 'barge-in', 'comfort', 'dead-air', 'silence', 'keys', 'goodbye', 'model'] as const),
  'last-words',
];

/** Whoever is on the way somewhere goes there no more: nobody is there to go. */
export function machineAnswered(state: Here, { waitMs, upTo }: Extract<CallFact, { type: 'machine' }>): Step {
  if (state.phase === 'finishing' && state.as !== undefined) return stay(state);
  const tools = state.phase === 'talking' || state.phase === 'leaving' ? [...state.tools] : [];
  const effects: readonly Effect[] = [
    { do: 'cut', upTo },
    ...tools.map((id): Effect => ({ do: 'cancelTool', id })),
    ...OF_TALK.map((timer): Effect => ({ do: 'disarm', timer })),
    { do: 'dismissAgent' },
  ];
  if (waitMs === 0) {
    const over = end(state, 'agent-hung-up');
    return { state: over.state, effects: [...effects, ...over.effects] };
  }
  const { line, losses } = state;
  const listening: Finishing = {
    ...({ phase: 'finishing', line, losses, until: undefined } as const),
    ...{ departure: { to: 'hang-up' }, as: 'agent-hung-up', place: undefined },
  };
  return { state: listening, effects: [...effects, { do: 'arm', timer: 'goodbye', ms: waitMs }] };
}

/** In a sound of ours, or else in the carrier's voice, once the line is its own. */
export function leaveMessage(state: Here, due: Extract<CallFact, { type: 'messageDue' }>): Step {
  if (state.phase !== 'finishing' || state.as === undefined || state.until !== undefined) return stay(state);
  if (due.by === 'carrier') return finish({ ...state, departure: { ...due.words, to: 'say' } });
  const ms = due.ms + HEARD_OUT_WITHIN_MS;
  return {
    state: { ...state, until: due.turn },
    effects: [
      { do: 'leaveMessage', turn: due.turn },
      { do: 'arm', timer: 'goodbye', ms },
    ],
  };
}
