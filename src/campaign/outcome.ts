// What came of an attempt, and what comes of its contact: done, called again when, or never. Pure. What the carrier tells of a
// call comes in any order; which of it counts is decided here too.
import { unreachable } from '../base/errors.ts';
import type { AnsweredBy } from '../call/answered-by.ts';
import type { Machines } from '../call/placed-calls.ts';
import type { CallStatus } from '../carrier/webhooks.ts';
import type { Disposition } from '../tools/dispositions.ts';
import type { AttemptOutcome, AttemptState } from './attempt.ts';
import { AFTER_ABANDONED_MS } from './caps.ts';
import { dayPartOf, inOtherPart, nextDay, zoneOr } from './day-part.ts';
import type { Retry } from './pace-settings.ts';
import type { CampaignSettings } from './settings.ts';
import { shareOf } from './stable-share.ts';

/** Of a call's life; callbacks may come out of order (twilio.com/docs/voice, "Call status callbacks"). */
const RANK: Readonly<Record<CallStatus, number>> = {
  queued: 0,
  ringing: 1,
  'in-progress': 2,
  completed: 3,
  busy: 3,
  failed: 3,
  'no-answer': 3,
  canceled: 3,
};

/** Of two that were told the later one in a call's life; of two ends the one that is known. */
export const laterOf = (known: CallStatus | undefined, told: CallStatus): CallStatus =>
  known === undefined || RANK[told] > RANK[known] ? told : known;

export const isFinal = (status: CallStatus | undefined): boolean =>
  status !== undefined && RANK[status] === 3;

export interface AttemptFacts {
  readonly state: AttemptState;
  readonly status: CallStatus | undefined;
  readonly answeredBy: AnsweredBy | undefined;
  readonly disposition: Pick<Disposition, 'outcome'> | undefined;
  /** Somebody spoke to them in time, or they hung up before that. What nobody has told did not happen. */
  readonly spoken: boolean;
  /** Answered, and nobody spoke to them in time. */
  readonly abandoned: boolean;
  /** A message was left on the machine. */
  readonly messageLeft: boolean;
  /** The carrier said no to the number itself when it was asked to call: there will never be a call. */
  readonly refused: boolean;
  /** As the carrier tells it with the last status. */
  readonly sipCode?: number | undefined;
}

/** Rejected, and why: RFC 3261 (603, as carriers use it with ATIS-1000099), RFC 8197 (607), RFC 8688 (608). */
const BLOCKED_SIP_CODES: ReadonlySet<number | undefined> = new Set([603, 607, 608]);

/** Names of dispositions that weigh more than anything else, as the agent or a profile may write them. */
const SAID: Readonly<Record<string, 'opted-out' | 'wrong-number' | 'message-left'>> = {
  'opted-out': 'opted-out',
  'wrong-number': 'wrong-number',
  'message-left': 'message-left',
};

/**
 * Of an attempt that is over, or will be heard of no more. What nobody can tell counts as a call that was made, and whoever
 * answered one of which nobody can tell more as abandoned: the process that was to speak may have died.
 */
export function outcomeOf(facts: AttemptFacts): AttemptOutcome {
  const { state, status, answeredBy, disposition, spoken, abandoned, refused } = facts;
  const said = SAID[disposition?.outcome.trim().toLowerCase().replaceAll('_', '-') ?? ''];
  // Who said so must be heeded, whatever became of the call.
  if (said === 'opted-out' || said === 'wrong-number') return said;
  if (refused) return 'failed';
  if (state === 'void') return 'not-placed';
  switch (status) {
    case 'in-progress':
    case 'completed':
      if (answeredBy === 'fax') return 'fax';
      if (facts.messageLeft || said === 'message-left') return 'message-left';
      if (answeredBy === 'machine') return 'machine';
      return !abandoned && (spoken || disposition) ? 'human' : 'abandoned';
    case 'busy':
    case 'failed':
      return BLOCKED_SIP_CODES.has(facts.sipCode) ? 'blocked' : status;
    case 'no-answer':
      return BLOCKED_SIP_CODES.has(facts.sipCode) ? 'blocked' : 'no-answer';
    case 'canceled':
      return 'canceled';
    case 'queued':
    case 'ringing':
    case undefined:
      return 'no-answer';
    default:
      return unreachable(status);
  }
}

/**
 * Who opted out by the end of a call did so in it, or in another at the same time. Where that call was taken back, or ended for
 * it, nobody spoke to them on purpose; whoever is known to have heard nobody in time counts as abandoned all the same.
 */
export function outcomeOfEnded(facts: AttemptFacts & { readonly isOptedOut: boolean }): AttemptOutcome {
  const found = outcomeOf(facts);
  const isForIt = found === 'human' || found === 'canceled' || (found === 'abandoned' && !facts.abandoned);
  return facts.isOptedOut && isForIt ? 'opted-out' : found;
}

export interface ContactFacts {
  readonly to: string;
  /** Of all attempts that were placed, this one the last, oldest first. */
  readonly history: readonly { readonly atMs: number; readonly outcome: AttemptOutcome }[];
  /** IANA, or the likeliest of several: for parts of the day alone. */
  readonly zone: string;
  /** Of the last attempt. */
  readonly disposition: Pick<Disposition, 'outcome' | 'callAgainEpochMs'> | undefined;
}

interface Why {
  /** For the audit, such as `outcome.busy`. */
  readonly rule: string;
  readonly why: string;
}

export type Next =
  ({ readonly then: 'done' | 'never' } & Why) | ({ readonly then: 'retry'; readonly atMs: number } & Why);

interface Rules extends Pick<CampaignSettings, 'retries' | 'maxAttempts' | 'endsAtMs'> {
  readonly machines: Machines;
}

/** As the caps have it too. */
const AFTER_ABANDONED: Retry = { afterMinutes: AFTER_ABANDONED_MS / 60_000, most: 2, otherDayPart: false };
/** Taken back by us, and nobody heard of it: it says nothing of when to call. */
const AFTER_CANCELED: Retry = { afterMinutes: 15, most: Infinity, otherDayPart: false };

/** What comes of a contact after an attempt with this outcome. Whether it may ring then is asked again then. */
export function nextOf(outcome: AttemptOutcome, contact: ContactFacts, rules: Rules, nowMs: number): Next {
  const rule = `outcome.${outcome}`;
  const end = (then: 'done' | 'never', why: string): Next => ({ then, rule, why });
  const again = (retry: Retry, what: string, notBeforeMs = 0): Next =>
    retryOf({ outcome, retry, what, notBeforeMs, contact, rules, nowMs });
  switch (outcome) {
    case 'not-placed':
      return { then: 'retry', atMs: nowMs, rule, why: 'nobody was called' };
    case 'opted-out':
      return end('never', 'they asked to be called no more');
    case 'wrong-number':
      return end('never', 'it is the number of somebody else');
    case 'failed':
      return end('never', 'it cannot be called');
    case 'blocked':
      return end('never', 'calls of ours are blocked there');
    case 'fax':
      return end('never', 'a fax answers there');
    case 'message-left':
      return end('done', 'a message was left');
    case 'human':
      return afterTalk(contact, rules, nowMs) ?? end('done', 'they were spoken with');
    case 'busy':
      return again(rules.retries.busy, 'it was busy', afterBusy(contact, rules, nowMs));
    case 'no-answer':
      return again(rules.retries.noAnswer, 'nobody answered');
    case 'machine':
      return rules.machines === 'hang-up'
        ? end('done', 'a machine answered, and the campaign leaves it at that')
        : again(rules.retries.machine, 'a machine answered', nextDay(zoneOr(contact.zone), nowMs));
    case 'abandoned':
      return again(AFTER_ABANDONED, 'they answered, and nobody spoke to them in time');
    case 'canceled':
      return again(AFTER_CANCELED, 'it was taken back before anybody answered');
    default:
      return unreachable(outcome);
  }
}

/** A slip of the year would keep a campaign open for ever. */
const LATEST_AGAIN_MS = 365 * 86_400_000;

/** They asked for it, so the number of attempts does not matter; how often they may be called does, then. */
function afterTalk(contact: ContactFacts, rules: Rules, nowMs: number): Next | undefined {
  const { disposition } = contact;
  const rule = 'outcome.call-again';
  const atMs = disposition?.callAgainEpochMs;
  if (atMs !== undefined && Number.isFinite(atMs)) {
    if (atMs >= Math.min(rules.endsAtMs ?? Infinity, nowMs + LATEST_AGAIN_MS))
      return { then: 'done', rule, why: 'they asked to be called again after the campaign, or in a year' };
    const why = 'they asked to be called again then';
    return { then: 'retry', atMs: Math.max(atMs, nowMs), rule, why };
  }
  if (disposition?.outcome.trim().toLowerCase().replaceAll('_', '-') !== 'call-again') return undefined;
  return retryOf({
    outcome: 'human',
    retry: rules.retries.noAnswer,
    what: 'they asked to be called again, and not when',
    notBeforeMs: 0,
    contact,
    rules,
    nowMs,
  });
}

function retryOf(asked: {
  outcome: AttemptOutcome;
  retry: Retry;
  what: string;
  notBeforeMs: number;
  contact: ContactFacts;
  rules: Rules;
  nowMs: number;
}): Next {
  const { outcome, retry, what, notBeforeMs, contact, rules, nowMs } = asked;
  const rule = `outcome.${outcome}`;
  const { history } = contact;
  const zone = zoneOr(contact.zone);
  // Who never heard of it has not been called.
  const calls = history.filter((each) => each.outcome !== 'canceled').length;
  if (calls >= rules.maxAttempts)
    return { then: 'done', rule: 'attempts.most', why: `${what}; they were called ${calls} times` };
  const alike = history.filter((each) => each.outcome === outcome);
  if (alike.length >= retry.most)
    return { then: 'done', rule, why: `${what}, for the ${alike.length}. time` };
  const earliestMs = Math.max(nowMs + retry.afterMinutes * 60_000, notBeforeMs);
  const tried = alike.map(({ atMs }) => dayPartOf(zone, atMs));
  const atMs = retry.otherDayPart ? inOtherPart(zone, earliestMs, tried) : earliestMs;
  if (rules.endsAtMs !== undefined && atMs >= rules.endsAtMs)
    return { then: 'done', rule, why: `${what}; the campaign ends before they would be called again` };
  return { then: 'retry', atMs, rule, why: what };
}

const MOST_SPREAD_MINUTES = 5;

/** Always the same for an attempt. */
function afterBusy({ to, history }: ContactFacts, { retries }: Rules, nowMs: number): number {
  const minutes = retries.busy.afterMinutes + MOST_SPREAD_MINUTES * shareOf(`${to} ${history.length}`);
  return Math.ceil(nowMs + minutes * 60_000);
}
