// Faults that lie in wait for the next chance to go wrong, whatever socket brings it. Knows how they are written, not
// how they are done.
import { z } from 'zod';
import { duration } from '../duration.ts';
import { closeCode, count, INTERNAL_ERROR, kind, reason, times, trigger, whole } from './terms.ts';

const when = (usual = 1) => ({
  on: trigger.optional().describe('set at such a moment (from the start)'),
  nth: count.default(1).describe('the first chance taken; with on: which such moment sets it'),
  times: times.default(usual).describe('how many chances are taken: a number or always'),
  after: duration.default(0).describe('how long after that it is set'),
});
const closed = {
  code: closeCode.default(1011).describe('the close code'),
  reason: reason.default(INTERNAL_ERROR).describe('the words of the close frame'),
};

export const TRAPS = [
  kind('refuse-upgrade', 'HTTP is answered instead of a socket', {
    status: whole(400, 599).default(503).describe('the HTTP status'),
    ...when(),
  }),
  kind('never-ready', 'a setup is not answered', when()),
  kind('refuse-setup', 'a setup is closed', { ...closed, ...when() }),
  kind('refuse-handle', 'an attempt to resume is closed', { ...closed, ...when() }),
  kind('unknown-handle', 'an attempt to resume is closed with 1008: the handle is not known', when()),
  kind('forget', 'an attempt to resume is accepted, and nothing is remembered', when()),
  // googleapis/python-genai#2117.
  kind('empty-turn', 'a reply is a bare turnComplete; what was to be said comes with the next one', when()),
  kind('ignore-short', 'a short utterance gets no answer', {
    under: duration.default(700).describe('how short'),
    ...when(Infinity),
  }),
  kind('duplicate-tool-calls', 'a toolCall is sent twice, with the same ids', when()),
  kind('double-sentence', 'a spoken line is sent twice, sound and words', when()),
  kind('double-turn', 'what a reply says is said again, as a turn of its own right behind it', when()),
  // langwatch/scenario#360.
  kind(
    'needless-interrupt',
    'the caller begins to speak while nothing is said, and interrupted and turnComplete come all the same',
    when(),
  ),
] as const;

export const trap = z.discriminatedUnion('fault', TRAPS);
/** Times in milliseconds. */
export type Trap = z.output<typeof trap>;
