// Runs the tools of one call: each id at most once, within its time, answered exactly once unless cancelled.
// Knows neither the model nor the line; what a tool asks of the call is handed on, not done.
import type { Clock } from '../../base/clock.ts';
import type { CallId, ToolCallId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { TextSender } from '../../carrier/texts.ts';
import type { Crm } from '../../crm/crm.ts';
import type { JsonObject, ToolAnswer, ToolCall } from '../../live/session.ts';
import { failed } from './answer.ts';
import { createMemoryEffects } from '../effects/memory.ts';
import type { Effects } from '../effects/effects.ts';
import { recordedCauseOf } from './fault.ts';
import { JobLog, NOBODY_TOLD, TOLD, type EndWords } from './job-log.ts';
import { goesOn, isOneTooMany, isUnknown, tookTooLong, type Asker, type Job } from './job.ts';
import { inDoubt } from './once.ts';
import type { Outcome } from './outcome.ts';
import { LATE_FOR_MS, Performer } from './performer.ts';
import type { CallbackBook } from '../callbacks.ts';
import type { DispositionBook } from '../dispositions.ts';
import type { OptOutBook } from '../opt-outs.ts';
import type { SecretDesk } from '../secrets.ts';
import type { CallAction, Office, Tool } from '../tool.ts';

/**
 * What came of a tool call. `response` always has `status`, `retryable`, and a `message` fit to be read aloud; with 'ok' also
 * what the tool told.
 */
export interface ToolDone extends ToolAnswer {
  readonly then?: CallAction;
  /** For the record of the call: what went wrong, in the words of whatever failed. */
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
  readonly after: Extract<Asker, 'cancelled' | 'timed-out'>;
  /** Whether the model shall hear of it. */
  readonly tell: 'tell' | 'drop';
}

export interface Runner {
  /** Starts the tool; never reports in the same tick. An id that was there is ignored. Never throws. */
  run(call: ToolCall): void;
  /**
   * It is then never reported by onDone. A tool that only looks is aborted, unless its late result is told; an effect that
   * has begun is finished, one that has not is not begun. An id that does not run is ignored.
   */
  cancel(id: ToolCallId): void;
  /**
   * For good: nobody is told anything any more. Effects that were asked for are done, everything else is aborted. Resolves
   * when that is so, or after 8 s: what has begun by then is let go of, and what has not is not begun.
   */
  close(): Promise<void>;
  /** For good: another process runs them now. Nothing is begun any more; what has begun is finished. Resolves when that is so. */
  drop(): Promise<void>;
}

export interface RunnerOptions {
  readonly tools: readonly Tool[];
  readonly crm: Crm;
  readonly texts: TextSender;
  readonly office: Office;
  /** The profile's name. */
  readonly profile: string;
  /** Left out: nobody keeps them. */
  readonly callbacks?: CallbackBook | undefined;
  /** Left out: nobody keeps any. */
  readonly optOuts?: OptOutBook | undefined;
  /** Left out: nobody keeps any, or we have not placed the call. */
  readonly dispositions?: DispositionBook | undefined;
  /** Left out: the caller has no keypad. */
  readonly secrets?: SecretDesk | undefined;
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

/** With those that wait their turn or are late. More come from a model that runs in circles. */
const MOST_IN_ALL = 16;
/** After the hang-up: longer than the built-in tools may take, and well within the 30 s of a stop. */
const FINISHED_WITHIN_MS = 8_000;

export function createRunner(options: RunnerOptions): Runner {
  const { tools, clock, onDone, onLate } = options;

  const byName = new Map(tools.map((tool) => [tool.declaration.name, tool]));
  const performer = new Performer({ ...options, effects: options.effects ?? createMemoryEffects(clock) });
  const jobLog = new JobLog(options);
  /** Whoever takes a job out decides what becomes of it; all others come too late. */
  const jobs = new Map<ToolCallId, Job>();
  const working = new Set<Promise<void>>();
  const seen = new Set<ToolCallId>();
  let closing: Promise<void> | undefined;

  function perform(job: Job): Promise<Outcome> {
    const { call, tool, aborter } = job;
    if (tool === undefined) return Promise.resolve(failed(isUnknown(job)));
    if (jobs.size > MOST_IN_ALL) return Promise.resolve(failed(isOneTooMany(job, MOST_IN_ALL)));
    startTimer(job, tool);
    return performer.perform({
      call,
      tool,
      signal: aborter.signal,
      asked: job.asked.signal,
      onStage: (stage) => (job.stage = stage),
      onTyping: (isTyping) => {
        job.isTyping = isTyping;
        // Once nobody waits for the answer, the limit is another one.
        if (job.asker === 'waits' && jobs.has(call.id)) startTimer(job, tool);
      },
    });
  }

  /** None runs while the caller types. */
  function startTimer(job: Job, tool: Tool): void {
    job.stopTimer();
    if (!job.isTyping) job.stopTimer = clock.after(tool.timeoutMs, () => timeOut(job, tool));
  }

  function tell(job: Job, outcome: Outcome): void {
    const { id, name } = job.call;
    const { response, then, fault, repeated } = outcome;
    handOn(job, outcome, TOLD, () =>
      onDone({
        ...{ id, name, response },
        ...(then && { then }),
        ...(fault && { cause: recordedCauseOf(fault.thrown) }),
        ...(repeated && { repeated }),
      }),
    );
  }

  function tellLate(job: Job, after: ToolLate['after'], outcome: Outcome): void {
    const { id, name } = job.call;
    const { response, fault, isPassedOn } = outcome;
    const { effect, lateResult = effect ? 'tell' : 'drop' } = job.tool ?? {};
    const cause = fault && { cause: recordedCauseOf(fault.thrown) };
    // Whoever asked for the same meanwhile is answered with it: the model need not hear it twice.
    const tell = isPassedOn ? 'drop' : lateResult;
    const words = { ok: `tool was done after it was ${after}`, failed: `tool failed after it was ${after}` };
    handOn(job, outcome, words, () => onLate?.({ id, name, response, ...cause, after, tell }));
  }

  function handOn(job: Job, outcome: Outcome, words: EndWords, to: () => void): void {
    try {
      to();
      jobLog.ended(job, outcome, words);
    } catch (thrown) {
      jobLog.notHandedOn(job, thrown);
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
    job.asked.abort();
    job.stopTimer = clock.after(LATE_FOR_MS, () =>
      job.aborter.abort(tool.effect ? inDoubt(job.call.name) : tookTooLong(job, tool)),
    );
  }

  /** Nobody waits for the answer any more: the tool goes on, or is aborted. */
  function leave(job: Job, since: Exclude<Asker, 'waits'>): void {
    if (goesOn(job, since)) {
      job.asker = since;
      if (since === 'cancelled' || job.isTyping) job.asked.abort();
      return;
    }
    drop(job);
    if (since === 'hung-up') jobLog.givenUp(job);
  }

  function drop(job: Job): void {
    jobs.delete(job.call.id);
    job.stopTimer();
    job.aborter.abort();
  }

  async function finishAll(): Promise<void> {
    for (const job of [...jobs.values()]) leave(job, 'hung-up');
    // What was only looked for was told to stop, and is not waited for.
    if (jobs.size === 0) return performer.idle();
    const late = Promise.withResolvers<undefined>();
    const stopTimer = clock.after(FINISHED_WITHIN_MS, () => {
      for (const job of [...jobs.values()]) letGoOf(job);
      late.resolve(undefined);
    });
    const finished = Promise.all(working).then(() => performer.idle());
    await Promise.race([finished, late.promise]).finally(stopTimer);
  }

  function dropAll(): Promise<void> {
    for (const job of [...jobs.values()]) {
      job.asker = 'hung-up';
      letGoOf(job);
    }
    return performer.idle();
  }

  /** What is at work may still end well, and is then written down; it ends at its last limit. */
  function letGoOf(job: Job): void {
    jobLog.letGo(job);
    if (job.stage !== 'acting') drop(job);
  }

  return {
    run(call) {
      if (closing || seen.has(call.id)) return;
      seen.add(call.id);
      const job: Job = {
        ...{ call, tool: byName.get(call.name), startedMs: clock.nowMs() },
        ...{ aborter: new AbortController(), asked: new AbortController() },
        ...{ stage: 'waiting', asker: 'waits', isTyping: false, stopTimer: () => undefined },
      };
      jobLog.called(job);
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
      jobLog.cancelled(job, jobs.has(id));
    },
    close: () => (closing ??= finishAll()),
    drop: () => (closing ??= dropAll()),
  };
}
