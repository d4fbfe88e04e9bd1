// A result that came when the model waited for it no longer: what is told of it, and to the model.
import type { ToolLate } from '../tools/run/runner.ts';
import type { NoticeBody } from './notices.ts';
import type { CallFact } from './state.ts';

export const lateNotice = ({ id, name, response, cause, after }: ToolLate, told: boolean): NoticeBody => ({
  ...{ type: 'tool-late', id, tool: name, response, after, told },
  ...(cause !== undefined && { cause }),
});

/**
 * The model is not asked to speak of what it has cancelled: the caller has moved on. True whenever it is read: a model that
 * takes the call over later is told it again.
 */
export function lateNote({ name, response, after }: ToolLate): CallFact {
  const was = after === 'cancelled' ? 'which was cancelled' : 'which had taken too long';
  const then =
    after === 'cancelled' ? ', and do not answer this note: tell the caller when it matters to them.' : '.';
  const text = `${name}, ${was}, has come to its end after all: ${JSON.stringify(response)} Do not call it again for the same thing${then}`;
  return { type: 'told', text, answer: after === 'timed-out' };
}
