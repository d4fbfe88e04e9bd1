// What the log says of tool calls: for whoever asks later what became of one. Decides nothing.
import type { Clock } from '../../base/clock.ts';
import type { CallId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { causeOf, faultOf } from './fault.ts';
import type { Job } from './job.ts';
import type { Outcome } from './outcome.ts';

export interface EndWords {
  readonly ok: string;
  readonly failed: string;
}

export const TOLD: EndWords = {
  ok: 'tool answered',
  failed: 'tool failed; the model was told in plain words',
};
export const NOBODY_TOLD: EndWords = {
  ok: 'tool was done after the call had ended; nobody was told',
  failed: 'tool failed after the call had ended; nobody was told, so see what became of it',
};

export class JobLog {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #callId: CallId;

  constructor({ log, clock, callId }: { log: Log; clock: Clock; callId: CallId }) {
    this.#log = log;
    this.#clock = clock;
    this.#callId = callId;
  }

  called(job: Job): void {
    this.#log.info({ ...this.#facts(job), pii: { args: job.call.args } }, 'tool called');
  }

  cancelled(job: Job, goesOn: boolean): void {
    this.#log.info({ ...this.#facts(job), goesOn }, 'tool cancelled');
  }

  ended(job: Job, { response, fault }: Outcome, words: EndWords): void {
    const facts = this.#facts(job);
    if (response['status'] !== 'ok')
      this.#log.warn({ ...facts, ...(fault && faultOf(fault.thrown)) }, words.failed);
    else
      this.#log.info(
        { ...facts, ...(fault && { cause: causeOf(fault.thrown) }), pii: { response } },
        words.ok,
      );
  }

  notHandedOn(job: Job, thrown: unknown): void {
    this.#log.error(
      { ...this.#facts(job), ...faultOf(thrown) },
      'the answer of a tool could not be handed on',
    );
  }

  givenUp(job: Job): void {
    this.#log.info(
      { ...this.#facts(job), stage: job.stage },
      'the call ended before a tool had answered; it is given up, and has changed nothing',
    );
  }

  letGo(job: Job): void {
    const facts = { ...this.#facts(job), stage: job.stage };
    if (job.stage === 'acting')
      this.#log.warn(
        facts,
        'the call has ended, and a tool that is still at work is waited for no longer: it may or may not be done, so see ' +
          'what became of it unless a later line says so',
      );
    else
      this.#log.warn(
        { ...facts, pii: { args: job.call.args } },
        'the call has ended, and what it asked of a tool could not be begun in time; it was not done, so see to it by hand',
      );
  }

  #facts({ call, startedMs }: Job): object {
    const tookMs = Math.round(this.#clock.nowMs() - startedMs);
    return { callId: this.#callId, tool: call.name, toolCallId: call.id, tookMs };
  }
}
