// A result that came when the model waited for it no longer: what is told of it, to the model, and when. Pure, as step.ts,
// which it serves.
import type { ToolLate } from '../tools/run/runner.ts';
import { awaiting } from './dead-air.ts';
import type { NoticeBody } from './notices.ts';
import type { CallFact, Effect, Here, Step } from './state.ts';

export const lateNotice = ({ id, name, response, cause, after }: ToolLate, told: boolean): NoticeBody => ({
  ...{ type: 'tool-late', id, tool: name, response, after, told },
  ...(cause !== undefined && { cause }),
});

/**
 * The model is not asked to speak of what it has cancelled: the caller has moved on. True whenever it is read: a model that
 * takes the call over later is told it again.
 */
export function lateFact({ name, response, after }: ToolLate, callerSpeaks: boolean): CallFact {
  const was = after === 'cancelled' ? 'which was cancelled' : 'which had taken too long';
  const then =
    after === 'cancelled'
      ? ', and do not answer this note: tell the caller when it matters to them.'
      : '. Tell the caller of it when you next speak.';
  const text = `${name}, ${was}, has come to its end after all: ${JSON.stringify(response)} Do not call it again for the same thing${then}`;
  return { type: 'toolLate', text, worthSaying: after === 'timed-out', callerSpeaks };
}

/** What is to be answered cuts off whatever the model says or thinks: so only into a silence in which it waits as well. */
export function toolLate(
  state: Here,
  { text, worthSaying, callerSpeaks }: Extract<CallFact, { type: 'toolLate' }>,
): Step {
  const isQuiet =
    state.phase === 'talking' &&
    !callerSpeaks &&
    state.speech.is === 'quiet' &&
    state.awaits === 'nothing' &&
    state.tools.size === 0;
  const answer = worthSaying && isQuiet;
  const tell: Effect = { do: 'tellModel', text, answer };
  return { state: answer ? awaiting(state, 'answer') : state, effects: [tell] };
}
