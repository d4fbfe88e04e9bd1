// Where legs meet: conferences, which end with the first who leaves, and queues. Knows nothing of webhooks.
import type { Waiting } from '../../../src/carrier/webhooks.ts';
import { isOver, type Leg } from './leg.ts';

export interface Meeting {
  readonly legs: Leg[];
  /** Since both talk. */
  sinceMs: number | undefined;
  /** Since somebody is alone in it. */
  aloneMs: number;
}

export class Meetings {
  readonly conferences = new Map<string, Meeting>();
  readonly queues = new Map<string, Leg[]>();

  enter(name: string, leg: Leg, nowMs: number): void {
    const meeting = this.conferences.get(name) ?? { legs: [], sinceMs: undefined, aloneMs: nowMs };
    meeting.legs.push(leg);
    if (meeting.legs.length > 1) meeting.sinceMs ??= nowMs;
    this.conferences.set(name, meeting);
  }

  /** Who else was in it, and is out of it now too. */
  leave(name: string, leg: Leg): Meeting | undefined {
    const meeting = this.conferences.get(name);
    this.conferences.delete(name);
    return meeting && { ...meeting, legs: meeting.legs.filter((one) => one !== leg) };
  }

  /** The carrier does not notice that a meeting is over: who else was in it sits there alone. */
  slipOut(name: string, leg: Leg, nowMs: number): void {
    const meeting = this.conferences.get(name);
    if (!meeting) return;
    const legs = meeting.legs.filter((one) => one !== leg);
    this.conferences.set(name, { legs, sinceMs: undefined, aloneMs: nowMs });
  }

  queueUp(name: string, leg: Leg): void {
    this.queues.set(name, [...(this.queues.get(name) ?? []), leg]);
  }

  unqueue(name: string, leg: Leg): void {
    this.queues.set(
      name,
      (this.queues.get(name) ?? []).filter((one) => one !== leg),
    );
  }

  /** What is told of whoever waits in a queue. */
  queueOf(leg: Leg, nowMs: number): Waiting['queue'] {
    const { place } = leg;
    if (place.at !== 'queue') return undefined;
    const position = (this.queues.get(place.name) ?? []).indexOf(leg) + 1;
    return { position, waitedS: Math.floor((nowMs - place.sinceMs) / 1_000), averageS: 0 };
  }

  isTalk(leg: Leg): boolean {
    const { place } = leg;
    if (place.at === 'conference') return this.conferences.get(place.name)?.sinceMs !== undefined;
    if (place.at === 'dialled') return this.isTalk(place.by);
    return place.at === 'bridge' || (place.at === 'dial' && place.sinceMs !== undefined);
  }
}

export const living = (legs: ReadonlyMap<unknown, Leg>): Leg[] =>
  [...legs.values()].filter((leg) => !isOver(leg));
