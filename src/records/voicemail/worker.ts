// The worker: takes on what is due, one voicemail at a time and some beside each other, and writes down what came of it.
// What is due is in the database, so that it outlasts the process. Knows nothing of what a step does.
import type { Clock, StopTimer } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { whyOf } from './delivery.ts';
import type { VoicemailDisk } from './disk.ts';
import type { Change, Job, Outcome, VoicemailQueue } from './queue.ts';

/** What came of a step, to be written down in this order. */
export interface Stepped {
  readonly delivered?: readonly { readonly n: number; readonly outcome: Outcome }[];
  /** `waitMs`: nobody takes it on before that. */
  readonly then: { readonly change: Omit<Change, 'after'>; readonly waitMs?: number } | 'erase';
}

export interface WorkerOptions {
  readonly queue: VoicemailQueue;
  readonly disk: VoicemailDisk;
  /** Rejects only with what the database says; the same step is taken again then. */
  readonly step: (job: Job, closed: AbortSignal) => Promise<Stepped>;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_EVERY_MS = 5_000;
/** A model listens to a message for as long as it lasts, and others do not wait for that. */
const AT_ONCE = 3;
/** Of the time to close: for writing down what came of it. */
const TO_SETTLE_MS = 1_000;

type Tell = () => Promise<unknown>;

export class VoicemailWorker {
  readonly #options: WorkerOptions;
  readonly #closed = new AbortController();
  readonly #stop: StopTimer;
  readonly #lanes = new Set<Promise<void>>();
  /** What came of jobs whose database was away just then: of each in order. */
  readonly #untold: Tell[][] = [];
  #isClosing = false;
  #hasNoDatabase = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#stop = options.clock.every(LOOK_EVERY_MS, () => this.look());
  }

  /** There may be something to do. */
  look(): void {
    if (this.#isClosing || this.#lanes.size >= AT_ONCE) return;
    const lane: Promise<void> = this.#work()
      .then(
        () => {
          this.#hasNoDatabase = false;
        },
        (thrown: unknown) => this.#noDatabase(thrown),
      )
      .finally(() => this.#lanes.delete(lane));
    this.#lanes.add(lane);
  }

  /** Messages that wait on disk are written to the database. Rejects with what the database or the disk says. */
  async adopt(): Promise<void> {
    const { disk, queue, ready } = this.#options;
    await ready();
    for (const message of await disk.noted()) {
      await queue.add(message);
      await disk.forgetNote(message.id);
    }
  }

  /** Takes nothing more on. What is under way has until then. */
  async close(withinMs: number): Promise<void> {
    const { clock } = this.#options;
    this.#isClosing = true;
    this.#stop();
    if (this.#lanes.size === 0) return;
    const late = Promise.withResolvers<undefined>();
    const stopAbort = clock.after(Math.max(0, withinMs - TO_SETTLE_MS), () => this.#closed.abort());
    const stopLate = clock.after(withinMs, () => late.resolve(undefined));
    await Promise.race([Promise.all(this.#lanes), late.promise]);
    stopAbort();
    stopLate();
  }

  async #work(): Promise<void> {
    await this.adopt();
    for (const tells of this.#untold.splice(0)) await this.#tell(tells);
    while (!this.#isClosing) {
      const job = await this.#options.queue.claim(this.#now());
      if (!job) return;
      // While this lane is at it, another looks for more.
      this.look();
      await this.#tell(this.#tellsOf(job, await this.#step(job)));
    }
  }

  async #step(job: Job): Promise<Stepped> {
    try {
      return await this.#options.step(job, this.#closed.signal);
    } catch (thrown) {
      this.#untold.push([() => this.#options.queue.settle(job, { after: this.#now() })]);
      throw thrown;
    }
  }

  #tellsOf(job: Job, { delivered = [], then }: Stepped): Tell[] {
    const { queue, disk, clock } = this.#options;
    const { id } = job.message;
    const tells: Tell[] = delivered.map(
      ({ n, outcome }) =>
        () =>
          queue.settleDelivery(job, n, outcome),
    );
    if (then === 'erase') return [...tells, () => queue.erase(job, this.#now())];
    const { change, waitMs = 0 } = then;
    const after = new Date(clock.epochMs() + waitMs);
    return [
      ...tells,
      async () => {
        const isThere = await queue.settle(job, { ...change, after });
        // Forgotten while it was fetched: nothing of it stays.
        if (!isThere && change.sound === 'kept' && !(await queue.knows(id))) await disk.removeSound(id);
      },
    ];
  }

  /** What the database does not take waits for the next time, and whoever comes first tells it. */
  async #tell(tells: Tell[]): Promise<void> {
    try {
      for (let tell = tells[0]; tell !== undefined; tell = tells[0]) {
        await tell();
        tells.shift();
      }
    } catch (thrown) {
      this.#untold.push(tells);
      throw thrown;
    }
  }

  #now(): Date {
    return new Date(this.#options.clock.epochMs());
  }

  /** Whoever writes the records says already that the database is away. */
  #noDatabase(thrown: unknown): void {
    const isAway = thrown instanceof LivelineError && thrown.retryable;
    this.#options.log[isAway || this.#hasNoDatabase ? 'debug' : 'warn'](
      { reason: whyOf(thrown) },
      'voicemails could not be read or written; it is tried again',
    );
    this.#hasNoDatabase ||= !isAway;
  }
}
