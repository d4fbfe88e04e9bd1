// Faults that lie in wait for the next chance to go wrong, whatever socket brings it. Knows how they are written, not
// how they are done.
import { z } from 'zod';
import { duration } from '../duration.ts';
import { closeCode, count, INTERNAL_ERROR, kind, reason, times, trigger } from './terms.ts';

/**
 * Without `on`, set from the start, and `nth` is the first chance taken; with `on`, set by the nth such moment.
 * `after`: so long after that; `times`: how many chances are taken.
 */
const when = (usual = 1) => ({
  on: trigger.optional(),
  nth: count.default(1),
  times: times.default(usual),
  after: duration.default(0),
});

const status = z.coerce.number<number | string>().int().min(400).max(599);

export const TRAPS = [
  kind('refuse-upgrade', { status: status.default(503), ...when() }),
  /** The setup is not answered. */
  kind('never-ready', when()),
  kind('refuse-setup', {
    code: closeCode.default(1011),
    reason: reason.default(INTERNAL_ERROR),
    ...when(),
  }),
  /** An attempt to resume is closed. */
  kind('refuse-handle', {
    code: closeCode.default(1011),
    reason: reason.default(INTERNAL_ERROR),
    ...when(),
  }),
  kind('unknown-handle', when()),
  /** An attempt to resume is accepted, and nothing is remembered. */
  kind('forget', when()),
  /** A reply is a bare turnComplete (googleapis/python-genai#2117). */
  kind('empty-turn', when()),
  /** Utterances that are shorter get no answer. */
  kind('ignore-short', { under: duration.default(700), ...when(Infinity) }),
  kind('duplicate-tool-calls', when()),
  /** A spoken line is sent twice, sound and words. */
  kind('double-sentence', when()),
] as const;

export const trap = z.discriminatedUnion('fault', TRAPS);
/** Times in milliseconds. */
export type Trap = z.output<typeof trap>;
