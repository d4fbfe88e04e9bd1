// Runs the tools of one call: each id at most once, within its time, answered exactly once unless cancelled.
// Knows neither the model nor the line; what a tool asks of the call is handed on, not done.
import type { Clock, StopTimer } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { CallId, ToolCallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { TextSender } from '../carrier/texts.ts';
import type { Crm } from '../crm/crm.ts';
import type { JsonObject, ToolAnswer, ToolCall } from '../live/session.ts';
import { failed } from './answer.ts';
import { createMemoryEffects } from './effects-memory.ts';
import type { Effects } from './effects.ts';
import { causeOf, faultOf } from './fault.ts';
import { inDoubt } from './once.ts';
import type { Outcome } from './outcome.ts';
import { LATE_FOR_MS, Performer, type Stage } from './performer.ts';
import type { CallAction, Office, Tool } from './tool.ts';

/**
 * What came of a tool call. `response` always has `status`, `retryable`, and a `message` fit to be read aloud; with 'ok' also
 * what the tool told.
 */
export interface ToolDone extends ToolAnswer {
  readonly then?: CallAction;
  /** For the record, without caller data: code and message of what went wrong. */
  readonly cause?: string;
  /** It was done before: this is what the first call was answered. */
  readonly repeated?: true;
}

/** What came of a tool call whose answer is not waited for any more. */
export interface ToolLate {
  readonly id: ToolCallId;
  readonly name: string;
  readonly response: JsonObject;
  readonly cause?: string;
  /** `timed-out`: the model was told by onDone that it takes too long. */
  readonly after: 'cancelled' | 'timed-out';
  /** Whether the model shall hear of it. */
  readonly tell: 'tell' | 'drop';
}

export interface Runner {
  /** Starts the tool; never reports in the same tick. An id that runs or ran is ignored. Never throws. */
  run(call: ToolCall): void;
  /**
   * It is then never reported by onDone. A tool that only looks is aborted, unless its late result is told; an effect that
   * has begun is finished, one that has not is not begun. An id that does not run is ignored.
   */
  cancel(id: ToolCallId): void;
  /**
   * For good: nobody is told anything any more. Effects that have begun are finished, everything else is aborted. Resolves
   * when that is so, some 30 s after the last one's time limit at the latest.
   */
  close(): Promise<void>;
}

export interface RunnerOptions {
  readonly tools: readonly Tool[];
  readonly crm: Crm;
  readonly texts: TextSender;
  readonly office: Office;
  /** Left out: remembered for this call alone. */
  readonly effects?: Effects | undefined;
  readonly callId: CallId;
  /** E.164 or what the carrier knows. */
  readonly caller: string;
  /** The number that was called, or calls: ours. */
  readonly called: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly onDone: (done: ToolDone) => void;
  readonly onLate?: (late: ToolLate) => void;
}

/** With those that wait their turn and those that are late. More come from a model that runs in circles. */
const MOST_IN_ALL = 16;

interface Job {
  readonly call: ToolCall;
  readonly tool: Tool | undefined;
  readonly startedMs: number;
  readonly aborter: AbortController;
  stage: Stage;
  /** The model waits for the answer; or nobody does any more, and why. */
  asker: 'waits' | ToolLate['after'] | 'hung-up';
  stopTimer: StopTimer;
}

/** Of log lines. */
interface EndWords {
  readonly ok: string;
  readonly failed: string;
}

const NOBODY_TOLD: EndWords = {
  ok: 'tool was done after the call had ended; nobody was told',
  failed: 'tool failed after the call had ended; nobody was told, so see what became of it',
};

export function createRunner(options: RunnerOptions): Runner {
  const { tools, callId, log, clock, onDone, onLate } = options;

  const byName = new Map(tools.map((tool) => [tool.declaration.name, tool]));
  const performer = new Performer({ ...options, effects: options.effects ?? createMemoryEffects(clock) });
  /** Whoever takes a job out decides what becomes of it; all others come too late. */
  const jobs = new Map<ToolCallId, Job>();
  const working = new Set<Promise<void>>();
  const seen = new Set<ToolCallId>();
  let closing: Promise<void> | undefined;

  const factsOf = ({ call, startedMs }: Job): object => ({
    ...{ callId, tool: call.name, toolCallId: call.id, tookMs: Math.round(clock.nowMs() - startedMs) },
  });

  function perform(job: Job): Promise<Outcome> {
    const { call, tool, aborter } = job;
    if (tool === undefined) {
      const text = `the model called ${call.name}, which this call has not`;
      return Promise.resolve(failed(new LivelineError('TOOL_UNKNOWN', text)));
    }
    if (jobs.size > MOST_IN_ALL) {
      const text = `${MOST_IN_ALL} tools of this call were not done yet when the model called ${call.name}`;
      return Promise.resolve(failed(new LivelineError('TOO_MANY_TOOLS', text)));
    }
    job.stopTimer = clock.after(tool.timeoutMs, () => timeOut(job, tool));
    return performer.perform({ call, tool, signal: aborter.signal, onStage: (stage) => (job.stage = stage) });
  }

  function tell(job: Job, { response, then, fault, repeated }: Outcome): void {
    const { id, name } = job.call;
    const words = { ok: 'tool answered', failed: 'tool failed; the model was told in plain words' };
    handOn(job, { response, fault }, words, () =>
      onDone({
        ...{ id, name, response },
        ...(then && { then }),
        ...(fault && { cause: causeOf(fault.thrown) }),
        ...(repeated && { repeated }),
      }),
    );
  }

  function tellLate(job: Job, after: ToolLate['after'], { response, fault, isPassedOn }: Outcome): void {
    const { id, name } = job.call;
    const { effect, lateResult = effect ? 'tell' : 'drop' } = job.tool ?? {};
    const cause = fault && { cause: causeOf(fault.thrown) };
    // Whoever asked for the same meanwhile is answered with it: the model need not hear it twice.
    const tell = isPassedOn ? 'drop' : lateResult;
    const words = { ok: `tool was done after it was ${after}`, failed: `tool failed after it was ${after}` };
    handOn(job, { response, fault }, words, () => onLate?.({ id, name, response, ...cause, after, tell }));
  }

  function handOn(job: Job, { response, fault }: Outcome, words: EndWords, to: () => void): void {
    const facts = factsOf(job);
    try {
      to();
      if (response['status'] !== 'ok')
        log.warn({ ...facts, ...(fault && faultOf(fault.thrown)) }, words.failed);
      else
        log.info({ ...facts, ...(fault && { cause: causeOf(fault.thrown) }), pii: { response } }, words.ok);
    } catch (thrown) {
      log.error({ ...facts, ...faultOf(thrown) }, 'the answer of a tool could not be handed on');
    }
  }

  function finish(job: Job, outcome: Outcome): void {
    if (!jobs.delete(job.call.id)) return;
    job.stopTimer();
    switch (job.asker) {
      case 'waits':
        return tell(job, outcome);
      case 'cancelled':
      case 'timed-out':
        return tellLate(job, job.asker, outcome);
      case 'hung-up':
        return handOn(job, outcome, NOBODY_TOLD, () => undefined);
    }
  }

  function timeOut(job: Job, tool: Tool): void {
    if (job.asker === 'waits') {
      const slow = failed(tookTooLong(job, tool));
      leave(job, 'timed-out');
      tell(job, slow);
    }
    if (!jobs.has(job.call.id)) return;
    job.stopTimer = clock.after(LATE_FOR_MS, () =>
      job.aborter.abort(tool.effect ? inDoubt(job.call.name) : tookTooLong(job, tool)),
    );
  }

  /** Nobody waits for the answer any more: the tool goes on, or is aborted. */
  function leave(job: Job, since: Exclude<Job['asker'], 'waits'>): void {
    if (goesOn(job, since)) {
      job.asker = since;
      return;
    }
    jobs.delete(job.call.id);
    job.stopTimer();
    job.aborter.abort();
  }

  async function finishAll(): Promise<void> {
    for (const job of [...jobs.values()]) leave(job, 'hung-up');
    await Promise.all(working);
    await performer.idle();
  }

  return {
    run(call) {
      if (closing || seen.has(call.id)) return;
      seen.add(call.id);
      log.info({ callId, tool: call.name, toolCallId: call.id, pii: { args: call.args } }, 'tool called');
      const job: Job = {
        ...{ call, tool: byName.get(call.name), startedMs: clock.nowMs(), aborter: new AbortController() },
        ...{ stage: 'waiting', asker: 'waits', stopTimer: () => undefined },
      };
      jobs.set(call.id, job);
      const done = perform(job)
        .then((outcome) => finish(job, outcome))
        .finally(() => working.delete(done));
      working.add(done);
    },
    cancel(id) {
      const job = jobs.get(id);
      if (job?.asker !== 'waits') return;
      leave(job, 'cancelled');
      log.info({ ...factsOf(job), goesOn: jobs.has(id) }, 'tool cancelled');
    },
    close: () => (closing ??= finishAll()),
  };
}

/** What has begun to change the world is finished; what only looks goes on as long as somebody may hear of it. */
function goesOn({ stage, tool }: Job, since: Exclude<Job['asker'], 'waits'>): boolean {
  if (stage !== 'acting') return false;
  return tool?.effect !== undefined || (since !== 'hung-up' && tool?.lateResult === 'tell');
}

function tookTooLong({ stage }: Job, { declaration: { name }, timeoutMs }: Tool): LivelineError {
  return stage === 'waiting'
    ? new LivelineError('TOO_MANY_TOOLS', `the turn of ${name} did not come within ${timeoutMs} ms`)
    : new LivelineError('TOOL_TIMED_OUT', `${name} did not finish within ${timeoutMs} ms`);
}
