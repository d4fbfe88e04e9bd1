// The caller is handed to another agent, on the line that they are on: when, and what becomes of the talk. Pure, as step.ts,
// which it serves.
import { NO_KEYS } from '../ivr/keypad.ts';
import { missed } from './away.ts';
import { awaiting } from './dead-air.ts';
import { modelGone } from './ending.ts';
import type { CallRules } from './rules.ts';
import { staying } from './still-here.ts';
import {
  QUIET,
  type CallFact,
  type Effect,
  type Leaving,
  type Step,
  type Talk,
  type ToAgent,
} from './state.ts';
import { ranByKeys } from './typed.ts';

/** How often it is looked whether the caller has finished: ten seconds in all. On a line full of noise nobody ever has. */
const MOST_LOOKS = 20;
const LOOK_AGAIN_AFTER_MS = 500;
/** For an answer that is owed: a model takes 1 to 2 s to its first sound. */
const ANSWER_STARTS_WITHIN_MS = 3_000;

/**
 * Whatever the caller has begun to say to this agent is said to it, and answered: the next one hears what comes after. Then
 * what the old agent's tools look for is dropped; what they have begun to change is finished, and told to the new one.
 */
export function handOver(leaving: Leaving, to: ToAgent, callerSpeaks: boolean): Step {
  const { waited, awaits, alone } = leaving;
  if (!alone && waited < MOST_LOOKS) {
    if (callerSpeaks) return look({ ...leaving, waited: waited + 1 }, LOOK_AGAIN_AFTER_MS);
    // Once: were it never answered, the caller would never get on.
    if (awaits === 'answer')
      return look({ ...awaiting(leaving, 'nothing'), waited: waited + 1 }, ANSWER_STARTS_WITHIN_MS);
  }
  // What a key has run goes on, and whoever has the caller then is told of it.
  const tools = ranByKeys(leaving);
  const cancelled = [...leaving.tools.difference(tools)].map((id): Effect => ({ do: 'cancelTool', id }));
  return {
    state: { ...leaving, tools },
    effects: [...cancelled, { do: 'handOver', name: to.name, reason: to.reason }],
  };
}

const look = (state: Leaving, ms: number): Step => ({
  state,
  effects: [{ do: 'arm', timer: 'goodbye', ms }],
});

/** Another agent is on its way, and is asked to speak. To the caller it is a model that is away; who was guarded is heard. */
export function agentChanged(talk: Talk, rules: CallRules): Step {
  const { line, losses, greeting } = talk;
  // A group that has begun is told to whom it concerns now; where the caller was in the old menu does not.
  const keypad = { ...NO_KEYS, keys: talk.keypad.keys };
  const released: Effect[] =
    greeting.is === 'over' ? [] : [{ do: 'disarm', timer: 'greeting' }, { do: 'releaseCaller' }];
  return {
    state: {
      ...{ phase: 'talking', line, losses, keypad, greeting: { is: 'over' }, away: { broken: false } },
      ...{ speech: QUIET, doomed: undefined, tools: ranByKeys(talk), awaits: 'answer' },
      ...{ lowered: false, asked: false },
    },
    effects: [
      ...(['goodbye', 'barge-in', 'dead-air', 'silence', 'model'] as const).map((timer): Effect => ({
        do: 'disarm',
        timer,
      })),
      ...released,
      ...missed(rules),
    ],
  };
}

/** The other one is not to be had: this one goes on, if it is there. */
export function agentStays(
  talk: Talk,
  { told, ...lastSound }: Extract<CallFact, { type: 'agentStays' }>,
  rules: CallRules,
): Step {
  if (talk.phase === 'leaving' && talk.alone)
    return modelGone(staying(talk), lastSound, 'model-failed', rules);
  const on = talk.phase === 'leaving' ? staying(talk) : talk;
  return {
    state: awaiting(on, 'answer'),
    effects: [
      { do: 'disarm', timer: 'goodbye' },
      { do: 'tellModel', text: told, answer: true },
    ],
  };
}
