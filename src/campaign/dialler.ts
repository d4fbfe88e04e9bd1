// The dialler: one in each process, on the clock that it was handed. It claims who is due, has them placed, and takes up what
// other processes left; all that it must not forget is in the database. Rules and states are not decided here.
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { reconcile } from './reconcile.ts';
import { Sweep } from './settle.ts';
import { Turns, type TurnsOptions } from './turns.ts';
import { cancelLate } from './window-end.ts';

export interface DiallerOptions extends TurnsOptions {
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
}

export interface Dialler {
  /** Does what is due, as it does by itself all the time; resolves once the carrier has answered. Never rejects. */
  look(): Promise<void>;
  /** Dials nobody any more; what is under way has so long. Never rejects. */
  close(withinMs: number): Promise<void>;
}

const BUSY_LOOK_MS = 250;
/** While no campaign runs. */
const IDLE_LOOK_MS = 1_000;
const CANCEL_LATE_MS = 5_000;

export function startDialler(options: DiallerOptions): Dialler {
  const dialler = new CampaignDialler(options);
  const stop = options.clock.every(BUSY_LOOK_MS, () => dialler.tick());
  return {
    look: () => dialler.look(),
    async close(withinMs) {
      stop();
      await dialler.close(withinMs);
    },
  };
}

class CampaignDialler {
  readonly #options: DiallerOptions;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #sweep: Sweep;
  readonly #turns: Turns;
  #database: 'unasked' | 'there' | 'away' = 'unasked';
  #clocks: 'agree' | 'apart' = 'agree';
  #looking: Promise<void> | undefined;
  #lookedMs = -Infinity;
  #cancelledMs = -Infinity;
  #isCancelling = false;
  /** Of the carrier, that wait for its answer. */
  #questions = 0;
  #isIdle = true;

  constructor(options: DiallerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#turns = new Turns(options, this.#closed.signal, (work) => this.#fly(work));
    this.#sweep = new Sweep(
      options.store,
      options.log,
      (campaign) => this.#turns.rulesOf(campaign),
      (attempt) => {
        this.#questions += 1;
        this.#fly(reconcile(options, attempt).finally(() => (this.#questions -= 1)));
      },
    );
  }

  tick(): void {
    const sinceMs = this.#clock.nowMs() - this.#lookedMs;
    if (!this.#isIdle || sinceMs >= IDLE_LOOK_MS) void this.#lookOnce();
  }

  async look(): Promise<void> {
    // One that is under way may have seen the time before.
    await this.#looking;
    await this.#lookOnce();
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
    await this.#options.unwritten.write().catch(() => undefined);
  }

  async close(withinMs: number): Promise<void> {
    this.#closed.abort();
    const late = Promise.withResolvers<undefined>();
    const stopLate = this.#clock.after(withinMs, () => late.resolve(undefined));
    const rest = Promise.allSettled([this.#looking, ...this.#inFlight])
      .then(() => this.#options.unwritten.write())
      .catch(() => undefined);
    await Promise.race([rest, late.promise]);
    stopLate();
  }

  #lookOnce(): Promise<void> {
    if (this.#closed.signal.aborted) return Promise.resolve();
    this.#lookedMs = this.#clock.nowMs();
    return (this.#looking ??= this.#work().finally(() => {
      this.#looking = undefined;
    }));
  }

  async #work(): Promise<void> {
    const { ready, unwritten, log, store } = this.#options;
    try {
      if (this.#database !== 'there') await ready();
      await unwritten.write();
      await store.trustClock();
      await this.#sweep.run(this.#clock.epochMs(), this.#questions);
      await store.stopContacts(this.#clock.epochMs());
      this.#cancelLate();
      this.#isIdle = (await this.#turns.take()) === 0;
      if (this.#database === 'away') log.info('the database says again who is to be called: campaigns go on');
      this.#database = 'there';
      if (this.#clocks === 'apart') log.info('the clock of this server is right again: campaigns go on');
      this.#clocks = 'agree';
    } catch (thrown) {
      if (thrown instanceof LivelineError && thrown.code === 'CLOCK_APART') {
        this.#clockIsApart(thrown);
        return;
      }
      if (this.#database !== 'away')
        log.warn(
          { reason: messageOf(thrown) },
          'the database does not say who is to be called: no campaign calls anybody until it comes back',
        );
      this.#database = 'away';
    }
  }

  /** Others do what is due. What is told here is written down all the same. */
  #clockIsApart({ message: reason }: LivelineError): void {
    if (this.#clocks === 'agree')
      this.#options.log.error(
        { reason },
        'nobody is called by this server until its clock is right, and no campaign is started or ended by it: it might dial somebody twice',
      );
    this.#clocks = 'apart';
  }

  /** The carrier may be slow, and nothing else waits for it; nor is it asked again meanwhile. */
  #cancelLate(): void {
    if (this.#isCancelling || this.#clock.nowMs() - this.#cancelledMs < CANCEL_LATE_MS) return;
    this.#isCancelling = true;
    this.#cancelledMs = this.#clock.nowMs();
    const cancelling = cancelLate(this.#options, (campaign) => this.#turns.rulesOf(campaign));
    this.#fly(cancelling.finally(() => (this.#isCancelling = false)));
  }

  /** Goes on by itself. Its fault is told here, and ends nothing else. */
  #fly(work: Promise<unknown>): void {
    const flight = work
      .catch((thrown: unknown) => {
        const reason = messageOf(thrown);
        this.#options.log.error({ reason }, 'a part of the dialler failed: the next look takes it up again');
      })
      .finally(() => this.#inFlight.delete(flight));
    this.#inFlight.add(flight);
  }
}
