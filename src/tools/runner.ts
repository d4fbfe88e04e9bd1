// Runs the tools of one call: each id at most once, within its time, answered exactly once unless cancelled.
// Knows neither the model nor the line; what a tool asks of the call is handed on, not done.
import type { Clock, StopTimer } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { CallId, ToolCallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Crm } from '../crm/crm.ts';
import type { JsonObject, ToolAnswer, ToolCall } from '../live/session.ts';
import { failureResponse } from './failure.ts';
import type { CallAction, Tool } from './tool.ts';

/**
 * What came of a tool call. `response` always has `status`: with 'ok' it holds what the tool told; with 'error' a
 * `message` fit to be read aloud and `retryable`.
 */
export interface ToolDone extends ToolAnswer {
  readonly then?: CallAction;
}

export interface Runner {
  /** Starts the tool; never reports in the same tick. An id that runs or ran is ignored. Never throws. */
  run(call: ToolCall): void;
  /** Aborts the tool; it is then never reported. An id that does not run is ignored. */
  cancel(id: ToolCallId): void;
  /** Cancels everything, for good. */
  close(): void;
}

export interface RunnerOptions {
  readonly tools: readonly Tool[];
  readonly crm: Crm;
  readonly callId: CallId;
  /** E.164 or what the carrier knows. */
  readonly caller: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly onDone: (done: ToolDone) => void;
}

interface Running {
  readonly call: ToolCall;
  readonly startedMs: number;
  readonly aborter: AbortController;
  readonly stopTimer: StopTimer;
}

type Outcome =
  { ok: true; response: JsonObject; then: CallAction | undefined } | { ok: false; thrown: unknown };

export function createRunner({ tools, crm, callId, caller, log, clock, onDone }: RunnerOptions): Runner {
  const byName = new Map(tools.map((tool) => [tool.declaration.name, tool]));
  const running = new Map<ToolCallId, Running>();
  const seen = new Set<ToolCallId>();
  let closed = false;

  /** Whoever takes a call out of `running` decides what becomes of it; all others come too late. */
  function take(id: ToolCallId): Running | undefined {
    const taken = running.get(id);
    running.delete(id);
    taken?.stopTimer();
    return taken;
  }

  async function perform(call: ToolCall, tool: Tool | undefined, signal: AbortSignal): Promise<Outcome> {
    try {
      log.info({ callId, tool: call.name, toolCallId: call.id, pii: { args: call.args } }, 'tool called');
      if (tool === undefined)
        throw new LivelineError('TOOL_UNKNOWN', `the model called ${call.name}, which this call has not`);
      const { tell, then } = await tool.run(call.args, { callId, toolCallId: call.id, caller, crm, signal });
      return { ok: true, response: { ...asJsonObject(tell), status: 'ok' }, then };
    } catch (thrown) {
      return { ok: false, thrown };
    }
  }

  function finish(id: ToolCallId, outcome: Outcome): void {
    const taken = take(id);
    if (taken === undefined) return;
    const { name } = taken.call;
    const facts = { callId, tool: name, toolCallId: id, tookMs: Math.round(clock.nowMs() - taken.startedMs) };
    try {
      if (outcome.ok) {
        const { response, then } = outcome;
        onDone({ id, name, response, ...(then && { then }) });
        log.info({ ...facts, pii: { response } }, 'tool answered');
      } else {
        onDone({ id, name, response: failureResponse(outcome.thrown) });
        log.warn({ ...facts, ...faultOf(outcome.thrown) }, 'tool failed; the model was told in plain words');
      }
    } catch (thrown) {
      log.error({ ...facts, ...faultOf(thrown) }, 'the answer of a tool could not be handed on');
    }
  }

  function cancel(id: ToolCallId): void {
    const taken = take(id);
    if (taken === undefined) return;
    taken.aborter.abort();
    log.info({ callId, tool: taken.call.name, toolCallId: id }, 'tool cancelled');
  }

  return {
    run(call) {
      if (closed || seen.has(call.id)) return;
      seen.add(call.id);
      const tool = byName.get(call.name);
      const aborter = new AbortController();
      const timeOut = ({ timeoutMs }: Tool): StopTimer =>
        clock.after(timeoutMs, () => {
          const text = `${call.name} did not finish within ${timeoutMs} ms`;
          finish(call.id, { ok: false, thrown: new LivelineError('TOOL_TIMED_OUT', text) });
          aborter.abort();
        });
      const stopTimer = tool ? timeOut(tool) : () => undefined;
      running.set(call.id, { call, startedMs: clock.nowMs(), aborter, stopTimer });
      void perform(call, tool, aborter.signal).then((outcome) => finish(call.id, outcome));
    },
    cancel,
    close() {
      closed = true;
      for (const id of [...running.keys()]) cancel(id);
    },
  };
}

/** A copy of what the model will read, so that a tool may keep its object. Throws what cannot be said in JSON. */
function asJsonObject(tell: unknown): object {
  const { copy } = JSON.parse(JSON.stringify({ copy: tell })) as { copy?: unknown };
  if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) return copy;
  throw new TypeError('the tool told the model something that is no JSON object');
}

/** A foreign error may quote the caller in its message (JSON.parse does), so only its name and place are open. */
function faultOf(thrown: unknown): object {
  if (thrown instanceof LivelineError) return { err: thrown };
  if (!(thrown instanceof Error)) return { fault: `threw a ${typeof thrown}` };
  const at = thrown.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { fault: thrown.name, at, pii: { message: thrown.message } };
}
