// What anybody hears of whose call nothing is known any more: neither silence, nor a lie. Pure.
import type { Verb, Waiting } from '../carrier/webhooks.ts';
import { spoken } from './spoken.ts';

export const ANYBODY = {
  /** Somebody whom we called. */
  asks: (): Verb => ({ do: 'say-and-hang-up', ...spoken('en-US').callerGone() }),
  /** Somebody who waits: out of a queue, and the carrier asks what is next; in a conference they wait for its end. */
  waits: ({ callId, step, queue }: Waiting): Verb =>
    queue ? { do: 'leave-queue' } : { do: 'music', callId, step, sound: 'hold', key: false },
} as const;
