// How calls end: by a goodbye, by an apology, by a lost line. Pure, as step.ts, which it serves.
import { awaiting } from './dead-air.ts';
import type { CallRules } from './rules.ts';
import {
  stay,
  type Alive,
  type CallFact,
  type CallState,
  type Effect,
  type EndReason,
  type Step,
  type Talk,
  type TimerName,
} from './state.ts';

/** The carrier asks within 15 s what is next, or gives up (Twilio docs, Webhooks). */
export const LINE_RETURNS_WITHIN_MS = 15_000;
export const MAX_LINE_LOSSES = 3;
/** A model takes 1 to 2 s to its first sound; more than that twice over is silence. */
export const GOODBYE_STARTS_WITHIN_MS = 6_000;
/** Some models call themselves idle once right after the tool call, before they speak again. */
export const GOODBYE_FOLLOWS_IDLE_WITHIN_MS = 3_000;
export const GOODBYE_LASTS_AT_MOST_MS = 30_000;
/** A receiver that falls on the last syllable sounds like an accident. */
export const PAUSE_AFTER_GOODBYE_MS = 500;
/** A request that the carrier repeats must not take the new line away that the first one brought. */
export const REPEATED_WITHIN_MS = 1_000;
/** For the apology itself, on top of what is still to be played before it. */
export const APOLOGY_LASTS_AT_MOST_MS = 20_000;
/** For a goodbye that both sides have time for. */
export const LAST_WORDS_LAST_AT_MOST_MS = 60_000;

type Leaving = Extract<CallState, { phase: 'leaving' }>;

/** The caller's own end leaves nothing to say to the carrier; every other end is ours, and is written down for it. */
export function end(state: Alive, reason: EndReason, carrierIsAsking = false): Step {
  const ours = reason !== 'caller-hung-up';
  const effect: Effect = {
    do: 'end',
    reason,
    intent: ours ? { do: 'hang-up' } : undefined,
    byControl: ours && state.line !== 'open' && !carrierIsAsking,
  };
  return { state: { phase: 'ended', reason }, effects: [effect] };
}

export function lineLost(state: Alive): Step {
  if (state.line !== 'open') return stay(state);
  const lost: Alive = { ...state, line: 'lost', losses: state.losses + 1 };
  if (lost.losses > MAX_LINE_LOSSES) return end(lost, 'line-lost');
  return {
    state: lost,
    effects: [{ do: 'detachLine' }, { do: 'arm', timer: 'line', ms: LINE_RETURNS_WITHIN_MS }],
  };
}

/** A stream that was to open and did not is a loss too; one that we know to be lost was counted. */
export function carrierAsks(state: Alive, openForMs: number): Step {
  if (state.line === 'open' && openForMs < REPEATED_WITHIN_MS) return stay(state);
  const losses = state.line === 'lost' ? state.losses : state.losses + 1;
  const awaited: Alive = { ...state, line: 'awaited', losses };
  if (losses > MAX_LINE_LOSSES) return end(awaited, 'line-lost', true);
  const effects: Effect[] = [{ do: 'arm', timer: 'line', ms: LINE_RETURNS_WITHIN_MS }];
  return { state: awaited, effects: state.line === 'open' ? [{ do: 'detachLine' }, ...effects] : effects };
}

export function timeUp(state: Alive, timer: Extract<TimerName, 'line' | 'goodbye'>): Step {
  if (timer === 'line') {
    if (state.line === 'open') return stay(state);
    return end(state, state.losses > 0 ? 'line-lost' : 'line-never-opened');
  }
  // While the model is away it says nothing; that ends, well or not, within half a minute.
  if (state.phase === 'leaving' && state.away && !state.said) return leaveSoon(state);
  if (state.phase === 'leaving') return end(state, 'agent-hung-up');
  return state.phase === 'apologising' ? end(state, 'model-failed') : stay(state);
}

/** What a call of limited length is begun with. */
export const limits = ({ lastsAtMostMs }: CallRules): readonly Effect[] =>
  lastsAtMostMs === 0
    ? []
    : [
        { do: 'arm', timer: 'last-words', ms: lastsAtMostMs },
        { do: 'arm', timer: 'limit', ms: lastsAtMostMs + LAST_WORDS_LAST_AT_MOST_MS },
      ];

/** True whenever it is read: a model that takes the call over later is told it again. */
const TIME_IS_UP =
  'The time for this call is up. Say so kindly, say goodbye, and end the call. It is hung up within a minute.';

export const lastWords = (state: Alive): Step =>
  state.phase === 'talking'
    ? { state: awaiting(state, 'answer'), effects: [{ do: 'tellModel', text: TIME_IS_UP, answer: true }] }
    : stay(state);

/** A tool is done: the model is answered, unless it no longer waits; and `end_call` begins the goodbye. */
export function answered(
  talk: Talk,
  { answer, silent, then }: Extract<CallFact, { type: 'toolDone' }>,
): Step {
  if (!talk.tools.has(answer.id)) return stay(talk);
  const tools = talk.tools.difference(new Set([answer.id]));
  const awaits = awaited(talk, silent);
  if (then === undefined)
    return { state: { ...talk, tools, awaits }, effects: [{ do: 'answerTool', answer }] };
  // Who has said goodbye already says nothing more.
  const tell: Effect = { do: 'answerTool', answer: { ...answer, maybeSilent: true } };
  const { state, effects } = leaveSoon({ ...talk, tools, phase: 'leaving', said: false, idle: false });
  return { state, effects: [tell, ...effects] };
}

/** Some models call themselves idle once more before they speak to a result, so it takes a turn to settle that. */
function awaited({ speech, awaits, tools }: Talk, silent: boolean): Talk['awaits'] {
  if (speech.is === 'speaking') return awaits;
  if (!silent) return 'answer';
  return awaits === 'more' && tools.size === 1 ? 'nothing' : awaits;
}

/** How long the goodbye may still take, by how far it has come. */
export function leaveSoon(talk: Leaving): { state: Leaving; effects: readonly Effect[] } {
  const { speech, said, idle } = talk;
  const ms =
    speech.is === 'speaking'
      ? GOODBYE_LASTS_AT_MOST_MS
      : said && idle
        ? PAUSE_AFTER_GOODBYE_MS
        : said || idle
          ? GOODBYE_FOLLOWS_IDLE_WITHIN_MS
          : GOODBYE_STARTS_WITHIN_MS;
  return { state: talk, effects: [{ do: 'arm', timer: 'goodbye', ms }] };
}

/** The model is gone for good: what it said is played, then comes the apology; after a goodbye there is none to make. */
export function apologise(
  state: Alive,
  { unheardMs, turn }: Extract<CallFact, { type: 'sessionFailed' }>,
): Step {
  if (state.phase === 'apologising') return stay(state);
  const effects: Effect[] = [];
  if (state.phase === 'connecting') effects.push({ do: 'disarm', timer: 'comfort' });
  else {
    if (state.away) effects.push({ do: 'disarm', timer: 'comfort' });
    for (const id of state.tools) effects.push({ do: 'cancelTool', id });
    if (state.speech.is === 'speaking' && state.speech.generating)
      effects.push({ do: 'finishTurn', turn: state.speech.turn });
  }
  if (state.phase === 'leaving' && (state.said || state.speech.is === 'speaking')) {
    const leaving = leaveSoon({ ...state, tools: new Set(), idle: true });
    return { state: leaving.state, effects: [...effects, ...leaving.effects] };
  }
  const { line, losses } = state;
  const ms = unheardMs + APOLOGY_LASTS_AT_MOST_MS;
  return {
    state: { phase: 'apologising', line, losses, turn },
    effects: [...effects, { do: 'apologise', turn }, { do: 'arm', timer: 'goodbye', ms }],
  };
}
