// What becomes of a meeting of two when one leaves it: what each is asked with then (Twilio docs, TwiML). Takes them out of
// conferences and queues; asks nobody.
import type { Outcome } from '../../../src/carrier/webhooks.ts';
import type { Leg } from './leg.ts';
import type { Meetings } from './meetings.ts';

export interface Leaving {
  /** What whoever leaves is asked with; undefined: nothing more is asked. */
  readonly outcome: Outcome | undefined;
  /** Who was left; people are told that it is over. */
  readonly left: readonly { readonly leg: Leg; readonly outcome: Outcome }[];
  /** Whose call ends with it. */
  readonly over: Leg | undefined;
}

/** Whoever is connected for less has talked with nobody. */
const TALK_S = 5;

export function leaves(leg: Leg, meetings: Meetings, nowMs: number): Leaving {
  const { place } = leg;
  const talkedS = (sinceMs: number | undefined, ...legs: readonly Leg[]): number => {
    const seconds = sinceMs === undefined ? 0 : Math.floor((nowMs - sinceMs) / 1_000);
    if (seconds >= TALK_S) for (const one of legs) one.credits.add('talk');
    return seconds;
  };
  const alone = { left: [], over: undefined };
  switch (place.at) {
    case 'dial': {
      const { other, sinceMs } = place;
      const result = sinceMs === undefined ? 'canceled' : 'answered';
      const outcome = { of: 'dial', result, talkedS: talkedS(sinceMs, leg) } as const;
      return { outcome, left: [], over: other };
    }
    case 'dialled': {
      const { by } = place;
      const sinceMs = by.place.at === 'dial' ? by.place.sinceMs : undefined;
      const outcome = { of: 'dial', result: 'answered', talkedS: talkedS(sinceMs, by) } as const;
      return { ...alone, outcome: undefined, left: [{ leg: by, outcome }] };
    }
    case 'conference': {
      const meeting = meetings.leave(place.name, leg);
      const others = meeting?.legs ?? [];
      const seconds = talkedS(meeting?.sinceMs, leg, ...others);
      const outcome = { of: 'dial', result: 'answered', talkedS: seconds } as const;
      return { ...alone, outcome, left: others.map((other) => ({ leg: other, outcome })) };
    }
    case 'queue':
      meetings.unqueue(place.name, leg);
      return {
        ...alone,
        outcome: { of: 'queue', result: 'hung-up', waitedS: Math.floor((nowMs - place.sinceMs) / 1_000) },
      };
    case 'bridge': {
      const { other, sinceMs, waitedS } = place;
      talkedS(sinceMs, leg, other);
      const outcome = { of: 'queue', result: 'bridged', waitedS } as const;
      return { ...alone, outcome, left: [{ leg: other, outcome }] };
    }
    default:
      return { ...alone, outcome: undefined };
  }
}
