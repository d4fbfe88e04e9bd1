// How many calls may be begun now, by all that limits them; and from which of our numbers. Pure; how the pace of the
// account is shared between processes is not known here.
import type { PhoneNumber } from '../base/phone-number.ts';
import type { CampaignPace } from './pace-settings.ts';
import type { CallerId } from './settings.ts';
import { shareOf } from './stable-share.ts';

export interface PaceFacts {
  readonly nowMs: number;
  readonly pace: CampaignPace;
  /** Of the last start, epoch ms: the ramp begins there. Undefined: it is not running. */
  readonly startedAtMs: number | undefined;
  /** Attempts of the campaign that are claimed or placed. */
  readonly open: number;
  /** Of the profile, over all its calls. */
  readonly agent: {
    /** Undefined: any number. */
    readonly callsAtOnce: number | undefined;
    readonly live: number;
    /** Dialled by whichever campaign and not answered; each has a slot reserved, as anybody may answer. */
    readonly ringing: number;
  };
  /** Of all calls there are. `most`: sessions by the quota of the account; undefined: any number. */
  readonly model: { readonly most: number | undefined; readonly live: number; readonly ringing: number };
  /** So many may be begun now at the pace of the account and of the campaign. */
  readonly slots: number;
}

export interface HowMany {
  readonly calls: number;
  /** What limits it, in words. */
  readonly because: string;
}

/** Anything that is no number allows nothing. */
export function howMany({ nowMs, pace, startedAtMs, open, agent, model, slots }: PaceFacts): HowMany {
  if (startedAtMs === undefined) return { calls: 0, because: 'it is not running' };
  const atOnce = ramped(pace, nowMs - startedAtMs);
  const { callsAtOnce } = agent;
  const limits: readonly HowMany[] = [
    { calls: slots, because: 'calls are begun no faster than this' },
    {
      calls: atOnce - open,
      because:
        atOnce < pace.concurrency
          ? `it has ${atOnce} calls at once so far, and takes ${pace.rampMinutes} minutes to its ${pace.concurrency}`
          : `it has ${pace.concurrency} calls at once`,
    },
    {
      calls: callsAtOnce === undefined ? Infinity : callsAtOnce - agent.live - agent.ringing,
      because: `its profile takes ${callsAtOnce ?? 'any number of'} calls at once, with one kept for each that rings`,
    },
    {
      calls: model.most === undefined ? Infinity : model.most - model.live - model.ringing,
      because: `there are ${model.most ?? 'any number of'} sessions with the model, with one kept for each call that rings`,
    },
  ];
  const least = limits.reduce((one, other) => (allows(other) < allows(one) ? other : one));
  return { calls: allows(least), because: least.because };
}

const allows = ({ calls }: HowMany): number => (calls >= 1 ? Math.floor(calls) : 0);

/** Linear from one call to all of them. */
function ramped({ concurrency, rampMinutes }: CampaignPace, sinceStartMs: number): number {
  // A clock that was set back would make it less than one.
  const since = Math.max(0, sinceStartMs);
  const rampMs = rampMinutes * 60_000;
  return since >= rampMs ? concurrency : Math.floor(1 + ((concurrency - 1) * since) / rampMs);
}

/** By number: calls from it in the last 24 hours, by all campaigns, and when the first of these was begun. */
export type CallerIdUse = ReadonlyMap<PhoneNumber, { readonly calls: number; readonly firstAtMs: number }>;

export type CallerIdChoice =
  | { readonly from: PhoneNumber }
  /** They have all called as often as they may. `untilMs`: ask again then. */
  | { readonly from: undefined; readonly untilMs: number | undefined; readonly words: string };

const DAY_MS = 86_400_000;

/**
 * Who was called before sees the number that they saw then, or none: changing it would evade those who block it. Otherwise
 * the one that has called least; of equals always the same for a contact.
 */
export function chooseCallerId(
  pool: readonly CallerId[],
  used: CallerIdUse,
  contact: { readonly to: PhoneNumber; readonly seenBefore: PhoneNumber | undefined },
): CallerIdChoice {
  const theirs = pool.filter(({ number }) => number === contact.seenBefore);
  const candidates = theirs.length > 0 ? theirs : pool;
  const calls = (number: PhoneNumber): number => used.get(number)?.calls ?? 0;
  const [least] = candidates
    .filter(({ number, callsPerDay }) => calls(number) < callsPerDay)
    .sort(
      (one, other) =>
        calls(one.number) - calls(other.number) ||
        shareOf(`${contact.to} ${one.number}`) - shareOf(`${contact.to} ${other.number}`),
    );
  if (least) return { from: least.number };
  const free = candidates.flatMap(({ number }) => {
    const use = used.get(number);
    return use && Number.isFinite(use.firstAtMs) ? [use.firstAtMs + DAY_MS] : [];
  });
  return {
    from: undefined,
    untilMs: free.length === 0 ? undefined : Math.min(...free),
    words:
      theirs.length > 0
        ? 'the number that they were called from has called as often as it may in a day'
        : 'all numbers of ours have called as often as they may in a day',
  };
}
