// The silent caller: nothing is said although it is their turn. They are asked, and then said goodbye to; sooner, and only
// asked, where they may have spoken into a gap of the line. Pure, as step.ts, which it serves.
import { awaiting } from './dead-air.ts';
import { leaveSoon, saysGoodbye } from './ending.ts';
import type { CallRules } from './rules.ts';
import { staying } from './still-here.ts';
import { stay, type CallFact, type CallState, type Effect, type Step, type Talk } from './state.ts';

/** They can hear us, heard all that was said, and nothing more is on its way. */
const isTheirTurn = (state: CallState): boolean =>
  state.phase === 'talking' &&
  state.line === 'open' &&
  state.away === undefined &&
  state.speech.is === 'quiet' &&
  state.awaits === 'nothing' &&
  state.tools.size === 0;

/** Of a sound that may be speech it is not known yet, and may never be, whether it was. */
const isWord = (fact: CallFact): boolean =>
  fact.type === 'callerSaid' ||
  fact.type === 'digit' ||
  (fact.type === 'callerSpeech' && fact.is === 'ended') ||
  (fact.type === 'callerSound' && fact.is === 'speech');

/** Who has answered, and hears nothing, waits about so long before they ask what is wrong. */
const AFTER_GAP_MS = 3_000;

/** Of a gap nothing is to be asked any more. */
const isAnybody = (fact: CallFact): boolean => isWord(fact) || fact.type === 'turnStarted';

const look = (ms: number): Effect => ({ do: 'arm', timer: 'silence', ms });

/** From when it is their turn they are waited for; anew from every sound that may be speech. */
export function watchCaller(before: CallState, fact: CallFact, next: Step, { silenceMs }: CallRules): Step {
  const { state, effects } = isWord(fact) ? attended(bridged(next)) : isAnybody(fact) ? bridged(next) : next;
  const waitMs = hasGap(state) && (silenceMs === 0 || silenceMs > AFTER_GAP_MS) ? AFTER_GAP_MS : silenceMs;
  if (waitMs === 0) return { state, effects };
  const [was, is] = [isTheirTurn(before), isTheirTurn(state)];
  const anew = isWord(fact) || fact.type === 'callerSpeech';
  if (is && (!was || anew)) return { state, effects: [...effects, look(waitMs)] };
  return { state, effects };
}

const hasGap = (state: CallState): boolean => state.phase === 'talking' && state.gap === true;

const bridged = ({ state, effects }: Step): Step =>
  state.phase === 'talking' && state.gap ? { state: { ...state, gap: false }, effects } : { state, effects };

/** They are there after all: who was said goodbye to for their silence alone is listened to. */
function attended({ state, effects }: Step): Step {
  if (state.phase === 'talking' && state.asked) return { state: { ...state, asked: false }, effects };
  if (state.phase !== 'leaving' || state.as !== 'caller-silent' || state.alone) return { state, effects };
  return { state: staying(state), effects: [...effects, { do: 'disarm', timer: 'goodbye' }] };
}

/** They said nothing for so long: they are asked, and the second time the call leaves as if `end_call` had been called. */
export function silenceIsUp(
  talk: Talk,
  { callerSpeaks }: Extract<CallFact, { type: 'timeUp' }>,
  { silenceMs }: CallRules,
): Step {
  if (!isTheirTurn(talk)) return stay(talk);
  if (hasGap(talk)) {
    if (callerSpeaks) return { state: talk, effects: [look(AFTER_GAP_MS)] };
    const asking = awaiting({ ...talk, gap: false }, 'answer');
    return { state: asking, effects: [{ do: 'tellModel', text: SAID_INTO_GAP, answer: true }] };
  }
  // It was for a gap, of which somebody has spoken since.
  if (silenceMs === 0) return stay(talk);
  if (callerSpeaks) return { state: talk, effects: [look(silenceMs)] };
  const seconds = Math.round(silenceMs / 1_000);
  if (!talk.asked)
    return {
      state: awaiting({ ...talk, asked: true }, 'answer'),
      effects: [
        { do: 'noteSilence', times: 1 },
        { do: 'tellModel', text: areYouThere(seconds), answer: true },
      ],
    };
  const leaving = leaveSoon(awaiting(saysGoodbye(talk, { to: 'hang-up' }, 'caller-silent'), 'answer'));
  return {
    state: leaving.state,
    effects: [
      { do: 'noteSilence', times: 2 },
      { do: 'tellModel', text: goodbye(seconds), answer: true },
      ...leaving.effects,
    ],
  };
}

// True whenever they are read: a model that takes the call over later is told them again.

const SAID_INTO_GAP =
  'At this point the line to the caller had been gone for a moment, and nobody had spoken since. If they said something just then you have not heard it. Unless they have spoken since, ask them in one short sentence to say it again; do not greet them.';

const areYouThere = (seconds: number): string =>
  `At this point the caller had said nothing for ${seconds} seconds. Unless they have spoken since, ask them in one short sentence whether they are still there.`;

const goodbye = (seconds: number): string =>
  `At this point the caller had said nothing for another ${seconds} seconds, although you asked whether they were there. Unless they have spoken since, say goodbye kindly, in one sentence: the call is then hung up.`;
