// The worker: takes on what is due, one voicemail at a time and some beside each other, and writes down what came of it.
// What is due is in the database, so that it outlasts the process. Knows nothing of what a step does.
import type { Clock, StopTimer } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { whyOf } from './delivery.ts';
import type { Note, VoicemailDisk } from './disk.ts';
import type { AboutVoicemail, Left } from './message.ts';
import type { Change, Job, Outcome, VoicemailQueue } from './queue.ts';
import { NOBODYS, type Whose } from './whose.ts';

/** What came of a step, to be written down in this order. */
export interface Stepped {
  readonly delivered?: readonly { readonly n: number; readonly outcome: Outcome }[];
  /** `waitMs`: nobody takes it on before that. */
  readonly then: { readonly change: Omit<Change, 'after'>; readonly waitMs?: number } | 'erase';
}

export interface WorkerOptions {
  readonly queue: VoicemailQueue;
  readonly disk: VoicemailDisk;
  readonly whose: Whose;
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
  /** Notes of which it was said already what is wrong with them. */
  readonly #told = new Set<string>();
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

  /**
   * Messages that wait on disk are written to the database; one that it does not take holds up no other. Rejects when the
   * database is away, or with what the disk says.
   */
  async adopt(): Promise<void> {
    const { disk, ready } = this.#options;
    await ready();
    for (const note of await disk.noted())
      await this.#adopt(note).catch((thrown: unknown) => {
        if (isAway(thrown) || note.is === 'unreadable') throw thrown;
        const { id, callId } = note.is === 'whole' ? note.message : note.left;
        this.#tellOnce(
          id,
          { callId, recordingId: id, reason: whyOf(thrown) },
          'the database does not take a message; its note stays in DATA_DIR/voicemail, and its recording at the carrier: see that people get it',
        );
      });
  }

  async #adopt(note: Note): Promise<void> {
    const { disk, queue } = this.#options;
    switch (note.is) {
      case 'whole':
        await queue.add(note.message);
        return disk.forgetNote(note.message.id);
      case 'unknown': {
        const { left } = note;
        const [isNew] = await queue.unknown([left.id]);
        const about = isNew === undefined ? NOBODYS : await this.#aboutOf(left);
        if (about === undefined) return undefined;
        await queue.add({ ...about, ...left });
        return disk.forgetNote(left.id);
      }
      case 'unreadable':
        this.#tellOnce(
          note.path,
          { path: note.path },
          'the note of a message cannot be read, and stays where it is: look at it, and for the recording at the carrier',
        );
        return undefined;
    }
  }

  /** Undefined: nobody can say yet. */
  async #aboutOf({ id, callId }: Left): Promise<AboutVoicemail | undefined> {
    const facts = { callId, recordingId: id };
    try {
      const about = await this.#options.whose(callId);
      if (about === undefined)
        this.#options.log.error(
          facts,
          'a message was left in a call of which nothing is known; it is kept, and delivered to nobody',
        );
      return about ?? NOBODYS;
    } catch (thrown) {
      this.#options.log.debug(
        { ...facts, reason: whyOf(thrown) },
        'whose a message is cannot be looked up; it is tried again',
      );
      return undefined;
    }
  }

  #tellOnce(key: string, facts: object, words: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#options.log.error(facts, words);
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
    await this.adopt().catch((thrown: unknown) => {
      if (isAway(thrown)) throw thrown;
      this.#tellOnce('notes', { reason: whyOf(thrown) }, 'the notes of messages in DATA_DIR cannot be read');
    });
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
    this.#options.log[isAway(thrown) || this.#hasNoDatabase ? 'debug' : 'warn'](
      { reason: whyOf(thrown) },
      'voicemails could not be read or written; it is tried again',
    );
    this.#hasNoDatabase ||= !isAway(thrown);
  }
}

const isAway = (thrown: unknown): boolean => thrown instanceof LivelineError && thrown.retryable;
