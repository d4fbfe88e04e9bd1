// One tool call between its beginning and its end, and when it goes on although nobody waits for it. Pure.
import type { StopTimer } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { ToolCall } from '../../live/session.ts';
import type { Stage } from './performer.ts';
import type { Tool } from '../tool.ts';

/** The model waits for the answer; or nobody does any more, and why. */
export type Asker = 'waits' | 'cancelled' | 'timed-out' | 'hung-up';

export interface Job {
  readonly call: ToolCall;
  readonly tool: Tool | undefined;
  readonly startedMs: number;
  /** Ends it. */
  readonly aborter: AbortController;
  /** Fires when it takes no turn from another any more, and nothing is typed for it. */
  readonly asked: AbortController;
  stage: Stage;
  asker: Asker;
  /** It waits for the caller, who types something secret. */
  isTyping: boolean;
  stopTimer: StopTimer;
}

/**
 * What has begun to change the world is finished; what only looks goes on as long as somebody may hear of it. Who hangs up
 * has not changed their mind: what they asked to be done is done, begun or not.
 */
export function goesOn({ stage, tool }: Job, since: Exclude<Asker, 'waits'>): boolean {
  if (since === 'hung-up') return tool?.effect !== undefined;
  return stage === 'acting' && (tool?.effect !== undefined || tool?.lateResult === 'tell');
}

export const isUnknown = ({ call }: Job): LivelineError =>
  new LivelineError('TOOL_UNKNOWN', `the model called ${call.name}, which this call has not`);

export const isOneTooMany = ({ call }: Job, most: number): LivelineError =>
  new LivelineError(
    'TOO_MANY_TOOLS',
    `${most} tools of this call were not done yet when the model called ${call.name}`,
  );

export function tookTooLong({ stage }: Job, { declaration: { name }, timeoutMs }: Tool): LivelineError {
  return stage === 'waiting'
    ? new LivelineError('TOO_MANY_TOOLS', `the turn of ${name} did not come within ${timeoutMs} ms`)
    : new LivelineError('TOOL_TIMED_OUT', `${name} did not finish within ${timeoutMs} ms`);
}
