// Faults that are done to a socket at a moment of its conversation. Knows how they are written, not how they are done.
import { z } from 'zod';
import { duration } from '../duration.ts';
import type { Trigger } from './terms.ts';
import { closeCode, count, INTERNAL_ERROR, kind, reason, times, trigger, yesOrNo } from './terms.ts';

/**
 * `nth`: the occurrence of the trigger, counted over all sockets, at which the fault is done first; `times`: at how many
 * occurrences it is done; `after`: how long after each. With `every` it is done at every occurrence, and again and again
 * on that socket.
 */
const when = (on: Trigger) => ({
  on: trigger.default(on),
  nth: count.default(1),
  times: times.optional(),
  after: duration.optional(),
  every: duration.refine((ms) => ms > 0, 'expected more than nothing').optional(),
});

export const DEEDS = [
  /** Then the socket is cut, unless `cut` is false: with `code`, or else without a word. `sent: false`: only the cut comes. */
  kind('go-away', {
    timeLeft: duration.default(50_000),
    cut: yesOrNo.default(true),
    sent: yesOrNo.default(true),
    code: closeCode.optional(),
    reason: reason.default(''),
    ...when('ready'),
  }),
  kind('close', {
    code: closeCode.default(1011),
    reason: reason.default(INTERNAL_ERROR),
    ...when('ready'),
  }),
  /** The connection is torn down without a word. */
  kind('drop', when('ready')),
  /** What would have been sent is lost; without `for`, to the end of the socket. */
  kind('mute', { for: duration.optional(), ...when('ready') }),
  /** What would have been sent comes afterwards, in order. */
  kind('stall', { for: duration.default(2_000), ...when('ready') }),
  /** Several fields and several parts of sound share one message, as 3.x sends them (pipecat-ai/pipecat#4147). */
  kind('merged', when('ready')),
  kind('text-frames', when('ready')),
  kind('binary-frames', when('ready')),
  /** The server stops reading. */
  kind('slow-reader', { for: duration.default(2_000), ...when('ready') }),
  /** Pending calls are cancelled; the reply goes on without their answers. */
  kind('cancel-tools', when('tool-running')),
] as const;

export const deed = z.discriminatedUnion('fault', DEEDS);
/** Times in milliseconds. */
export type Deed = z.output<typeof deed>;
