// How calls end: by a goodbye, by an apology, by a lost line. Pure, as step.ts, which it serves.
import type { Departure, FallbackCause } from '../ivr/departure.ts';
import type { CallAction } from '../tools/tool.ts';
import { awaiting } from './dead-air.ts';
import type { CallRules } from './rules.ts';
import {
  stay,
  type Alive,
  type Effect,
  type EndReason,
  type Finishing,
  type Here,
  type LastSound,
  type Leaving,
  type OnLine,
  type Step,
  type Talk,
} from './state.ts';
import { ranByKeys, type OfKeypad } from './typed.ts';

/** The carrier asks within 15 s what is next, or gives up (Twilio docs, Webhooks). */
export const LINE_RETURNS_WITHIN_MS = 15_000;
export const MAX_LINE_LOSSES = 3;
/** A model takes 1 to 2 s to its first sound; more than that twice over is silence. */
export const GOODBYE_STARTS_WITHIN_MS = 6_000;
/** Some models call themselves idle once right after the tool call, before they speak again. */
export const GOODBYE_FOLLOWS_IDLE_WITHIN_MS = 3_000;
/** Who waits to be connected hears nothing else meanwhile. */
export const TRANSFER_FOLLOWS_IDLE_WITHIN_MS = 2_000;
export const GOODBYE_LASTS_AT_MOST_MS = 30_000;
/** Before keys are pressed nobody waits for a goodbye; a word that is on its way is heard out. */
export const KEYS_FOLLOW_WITHIN_MS = 1_000;
/** A receiver that falls on the last syllable sounds like an accident. */
export const PAUSE_AFTER_GOODBYE_MS = 500;
/** A request that the carrier repeats must not take the new line away that the first one brought. */
export const REPEATED_WITHIN_MS = 1_000;
/** A mark comes back within a round trip of the last sound; one that does not is not waited for. */
export const HEARD_OUT_WITHIN_MS = 2_000;
/** For the apology itself, on top of what is still to be played before it. */
export const APOLOGY_LASTS_AT_MOST_MS = 20_000;
/** For a goodbye that both sides have time for. */
export const LAST_WORDS_LAST_AT_MOST_MS = 60_000;

/** Who has talked to a person for so long is not waited for any more: a session is not free. */
export const ELSEWHERE_AT_MOST_MS = 30 * 60_000;
/** From there; as after an answer. */
export const RETURNS_WITHIN_MS = 30_000;

export const HANG_UP: Departure = { to: 'hang-up' };

/**
 * What is ours to end is written down for the carrier: `intent`, or that it hang up. A line that is not there cannot tell it
 * to ask; and where it does not keep the caller, it need not.
 */
export function end(
  state: Alive,
  reason: EndReason,
  intent: Departure = HANG_UP,
  carrierIsAsking = false,
): Step {
  const byControl = intent.to === 'hang-up' && state.line !== 'open' && !carrierIsAsking;
  return ended(reason, intent, byControl);
}

/** The carrier knows what to do with the caller, or has lost them: nothing is left to say to it. */
export const endQuietly = (reason: EndReason): Step => ended(reason, undefined, false);

const ended = (reason: EndReason, intent: Departure | undefined, byControl: boolean): Step => ({
  state: { phase: 'ended', reason },
  effects: [{ do: 'end', reason, intent, byControl }],
});

/** `byUs`: for another one to be opened, which is no loss. */
export function lineLost(state: OnLine, rules: CallRules, byUs = false): Step {
  if (state.line !== 'open') return stay(state);
  const lost: OnLine = { ...state, line: 'lost', losses: state.losses + (byUs ? 0 : 1) };
  // It asks what is next as soon as it notices; and another stream would only keep the caller from the ladder.
  if (lost.phase === 'finishing' && lost.departure.to !== 'hang-up') return finish(lost);
  if (lost.losses > MAX_LINE_LOSSES) return lostForGood(lost, rules, false);
  return {
    state: lost,
    effects: [{ do: 'detachLine' }, { do: 'arm', timer: 'line', ms: LINE_RETURNS_WITHIN_MS }],
  };
}

/** A stream that was to open and did not is a loss too; one that we know to be lost was counted. */
export function carrierAsks(state: OnLine, openForMs: number, rules: CallRules): Step {
  if (state.line === 'open' && openForMs < REPEATED_WITHIN_MS) return stay(state);
  const losses = state.line === 'lost' ? state.losses : state.losses + 1;
  const awaited: OnLine = { ...state, line: 'awaited', losses };
  if (awaited.phase === 'finishing' && awaited.departure.to !== 'hang-up') return finish(awaited, true);
  const next = awaitLine(awaited, rules);
  if (state.line !== 'open' || next.state.phase === 'ended') return next;
  return { state: next.state, effects: [{ do: 'detachLine' }, ...next.effects] };
}

/** The carrier asks, and is told to open another stream, as long as that may help. */
export const awaitLine = (awaited: Alive, rules: CallRules): Step =>
  awaited.losses > MAX_LINE_LOSSES
    ? lostForGood(awaited, rules, true)
    : { state: awaited, effects: [{ do: 'arm', timer: 'line', ms: LINE_RETURNS_WITHIN_MS }] };

/** Whoever was to go somewhere goes there; the others take the ladder, if there is one. */
function lostForGood(state: Alive, { fallback: { hasLadder } }: CallRules, carrierIsAsking: boolean): Step {
  const ladder: Departure | undefined = hasLadder ? { to: 'fallback', because: 'line-lost' } : undefined;
  const departure = state.phase === 'leaving' || state.phase === 'finishing' ? state.departure : undefined;
  // Without a line nobody is handed over.
  const intent = departure === undefined || departure.to === 'agent' ? ladder : departure;
  return end(state, 'line-lost', intent, carrierIsAsking);
}

export const lineDidNotOpen = (state: OnLine): Step =>
  state.line === 'open' ? stay(state) : end(state, state.losses > 0 ? 'line-lost' : 'line-never-opened');

/** The last of it was heard, or has had its time. */
export const finish = (state: Finishing, carrierIsAsking = false): Step =>
  end(state, state.as ?? 'model-failed', state.departure, carrierIsAsking);

/** What a call of limited length is begun with. */
export const limits = ({ lastsAtMostMs }: CallRules): readonly Effect[] =>
  lastsAtMostMs === 0
    ? []
    : [
        { do: 'arm', timer: 'last-words', ms: lastsAtMostMs },
        { do: 'arm', timer: 'limit', ms: lastsAtMostMs + LAST_WORDS_LAST_AT_MOST_MS },
      ];

/** True whenever it is read: a model that takes the call over later is told it again. */
export const TIME_IS_UP =
  'The time for this call is up. Say so kindly, say goodbye, and end the call. It is hung up within a minute.';

export const lastWords = (state: Here): Step =>
  state.phase === 'talking'
    ? { state: awaiting(state, 'answer'), effects: [{ do: 'tellModel', text: TIME_IS_UP, answer: true }] }
    : stay(state);

export const departureOf = (then: Exclude<CallAction, OfKeypad>): Leaving['departure'] => {
  if (then.type === 'hangUp') return HANG_UP;
  if (then.type === 'voicemail') return { to: 'voicemail' };
  if (then.type === 'sendKeys') return { to: 'keys', keys: then.keys };
  if (then.type === 'handOver') return { to: 'agent', name: then.agent, reason: then.reason };
  const { destination, reason, briefing } = then;
  return { to: 'destination', name: destination, reason, briefing };
};

const ENDS_AS = {
  'hang-up': 'agent-hung-up',
  voicemail: 'voicemail',
  destination: 'transferred',
  keys: 'agent-hung-up',
  fallback: 'model-failed',
  say: 'agent-hung-up',
  // It ends nothing; a call that ends on the way has a reason of its own.
  agent: 'agent-hung-up',
} as const satisfies Record<Leaving['departure']['to'], EndReason>;

export const saysGoodbye = (
  talk: Talk,
  departure: Leaving['departure'] = HANG_UP,
  as: EndReason = ENDS_AS[departure.to],
): Leaving => ({
  ...{ ...talk, phase: 'leaving', departure, as },
  ...{ said: false, idle: false, alone: false, byKey: false, told: false, spokenTo: false, waited: 0 },
});

/** How long the goodbye may still take, by how far it has come. */
export function leaveSoon(talk: Leaving): { state: Leaving; effects: readonly Effect[] } {
  const { speech, said, idle, departure } = talk;
  const ms =
    speech.is === 'speaking'
      ? GOODBYE_LASTS_AT_MOST_MS
      : said && idle
        ? PAUSE_AFTER_GOODBYE_MS
        : departure.to === 'keys'
          ? KEYS_FOLLOW_WITHIN_MS
          : said || idle
            ? departure.to === 'hang-up'
              ? GOODBYE_FOLLOWS_IDLE_WITHIN_MS
              : TRANSFER_FOLLOWS_IDLE_WITHIN_MS
            : GOODBYE_STARTS_WITHIN_MS;
  return { state: talk, effects: [{ do: 'arm', timer: 'goodbye', ms }] };
}

/**
 * The model is gone for good: what it said is played, then comes the ladder, or without one an apology. After a goodbye
 * neither is called for, and who was to go somewhere goes there.
 */
export function modelGone(
  state: Here,
  { unheardMs, turn }: LastSound,
  because: FallbackCause,
  { fallback }: CallRules,
): Step {
  if (state.phase === 'finishing') return stay(state);
  const effects: Effect[] = fallback.withinMs > 0 ? [{ do: 'disarm', timer: 'model' }] : [];
  if (state.phase === 'connecting') effects.push({ do: 'disarm', timer: 'comfort' });
  else {
    if (state.away) effects.push({ do: 'disarm', timer: 'comfort' });
    // What a key has run the caller has asked for, and not the model.
    for (const id of state.tools.difference(ranByKeys(state))) effects.push({ do: 'cancelTool', id });
    if (state.speech.is === 'speaking' && state.speech.generating)
      effects.push({ do: 'finishTurn', turn: state.speech.turn });
  }
  if (state.phase === 'leaving' && isUnderWay(state)) {
    const leaving = leaveSoon({
      ...{ ...state, tools: ranByKeys(state), away: undefined },
      ...{ idle: true, alone: true },
    });
    return { state: leaving.state, effects: [...effects, ...leaving.effects] };
  }
  const { line, losses, speech } = state;
  const { place } = state.keypad;
  if (!fallback.hasLadder) {
    const ms = unheardMs + APOLOGY_LASTS_AT_MOST_MS;
    return {
      state: { phase: 'finishing', line, losses, until: turn, departure: HANG_UP, place },
      effects: [...effects, { do: 'apologise', turn }, { do: 'arm', timer: 'goodbye', ms }],
    };
  }
  const until = speech.is === 'speaking' ? speech.turn : undefined;
  const finishing: Finishing = {
    ...({ phase: 'finishing', line, losses, until, place } as const),
    departure: { to: 'fallback', because },
  };
  if (line === 'open' && until === undefined) {
    const over = finish(finishing);
    return { state: over.state, effects: [...effects, ...over.effects] };
  }
  // A line that is not there yet has a time of its own.
  if (until === undefined) return { state: finishing, effects };
  const ms = unheardMs + HEARD_OUT_WITHIN_MS;
  return { state: finishing, effects: [...effects, { do: 'arm', timer: 'goodbye', ms }] };
}

const isUnderWay = ({ said, speech, departure }: Leaving): boolean =>
  said || speech.is === 'speaking' || departure.to !== 'hang-up';
