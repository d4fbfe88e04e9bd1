// Faults that are done to a socket at a moment of its conversation. Knows how they are written, not how they are done.
import { z } from 'zod';
import { duration } from '../duration.ts';
import type { Trigger } from './terms.ts';
import { closeCode, count, INTERNAL_ERROR, kind, reason, times, trigger, yesOrNo } from './terms.ts';

const when = (on: Trigger) => ({
  on: trigger.default(on).describe('at which moment of the conversation'),
  nth: count.default(1).describe('which such moment is the first, counted over all sockets'),
  times: times.optional().describe('at how many such moments: a number or always (1; with every, always)'),
  after: duration.optional().describe('how long after the moment (at once)'),
  every: duration
    .refine((ms) => ms > 0, 'expected more than nothing')
    .optional()
    .describe('again and again on that socket, so far apart'),
});
const howLong = duration.default(2_000).describe('how long');

export const DEEDS = [
  kind('go-away', 'the warning comes, and the socket is cut when its time is over', {
    timeLeft: duration.default(50_000).describe('how long after the warning the socket is cut'),
    cut: yesOrNo.default(true).describe('false: it is not cut'),
    sent: yesOrNo.default(true).describe('false: no warning comes, only the cut'),
    code: closeCode.optional().describe('cut by a close frame with this code (without a word)'),
    reason: reason.default('').describe('the words of that close frame'),
    ...when('ready'),
  }),
  kind('close', 'the socket is closed', {
    code: closeCode.default(1011).describe('the close code'),
    reason: reason.default(INTERNAL_ERROR).describe('the words of the close frame'),
    ...when('ready'),
  }),
  kind('drop', 'the connection is torn down without a word', when('ready')),
  kind('mute', 'what would have been sent is lost', {
    for: duration.optional().describe('how long (to the end of the socket)'),
    ...when('ready'),
  }),
  kind('stall', 'what would have been sent comes afterwards, in order', { for: howLong, ...when('ready') }),
  // As 3.x sends them (pipecat-ai/pipecat#4147).
  kind('merged', 'from now on several fields and several parts of sound share one message', when('ready')),
  kind('text-frames', 'from now on the JSON comes in text frames', when('ready')),
  kind('binary-frames', 'from now on the JSON comes in binary frames', when('ready')),
  kind('slow-reader', 'the server stops reading', { for: howLong, ...when('ready') }),
  kind(
    'cancel-tools',
    'the pending function calls are cancelled; the reply goes on without their answers',
    when('tool-running'),
  ),
] as const;

export const deed = z.discriminatedUnion('fault', DEEDS);
/** Times in milliseconds. */
export type Deed = z.output<typeof deed>;
