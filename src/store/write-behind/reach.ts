// Whether the database can be reached: asked when it is not known, with longer and longer pauses, and told by every try.
// Knows no queue and no spool.
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { attempt } from './attempt.ts';
import type { Verdict } from './bisect.ts';

export interface ReachOptions {
  readonly ready: () => Promise<void>;
  readonly isAway: (thrown: unknown) => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Where writes wait meanwhile, for the log. */
  readonly folder: string;
  /** Something may be possible at that time that is not now. */
  readonly wakeAt: (dueMs: number) => void;
}

type State =
  | { readonly is: 'up' }
  /** Not asked yet, or away. */
  | { readonly is: 'unknown' | 'away'; readonly askAtMs: number }
  | { readonly is: 'asked'; readonly wasAway: boolean };

const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 5_000;
/**
 * A try that was given up may still be written, and must not come over what follows it. The server itself ends a
 * statement after 30 s (database.ts); twice that, and only then, the next one goes without knowing.
 */
const STRAY_AFTER_MS = 60_000;

export class Reach {
  readonly #options: ReachOptions;
  #state: State = { is: 'unknown', askAtMs: -Infinity };
  #retryMs = RETRY_FIRST_MS;
  #saidAway = false;
  #stray: { readonly untilMs: number } | undefined;

  constructor(options: ReachOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#state.is === 'up';
  }

  get isAway(): boolean {
    return this.#state.is === 'away' || (this.#state.is === 'asked' && this.#state.wasAway);
  }

  /** It was away, and has taken nothing since. */
  get isProven(): boolean {
    return !this.#saidAway;
  }

  /** Never rejects. */
  async try(run: () => Promise<void>, isTooLong: (takenMs: number) => boolean): Promise<Verdict> {
    const { clock, isAway, wakeAt } = this.#options;
    const outcome = await attempt(run, clock, isTooLong);
    if (outcome.is === 'done') {
      this.#cameBack();
      return outcome;
    }
    if (outcome.is === 'failed' && !isAway(outcome.thrown)) return { is: 'refused', thrown: outcome.thrown };
    if (outcome.is === 'failed') return this.#goAway(outcome.thrown);
    const stray = (this.#stray = { untilMs: clock.nowMs() + STRAY_AFTER_MS });
    void outcome.settled.then(() => {
      if (this.#stray !== stray) return;
      this.#stray = undefined;
      wakeAt(clock.nowMs());
    });
    return this.#goAway(tooSlow());
  }

  /** Asks when it is time to; wakes when there is an answer, or when it will be time. */
  ask(): void {
    const { clock, ready, wakeAt } = this.#options;
    if (this.#state.is === 'up' || this.#state.is === 'asked') return;
    const atMs = Math.max(this.#state.askAtMs, this.#stray?.untilMs ?? -Infinity);
    if (atMs > clock.nowMs()) {
      wakeAt(atMs);
      return;
    }
    this.#stray = undefined;
    this.#state = { is: 'asked', wasAway: this.#state.is === 'away' };
    void attempt(ready, clock, (takenMs) => takenMs >= STRAY_AFTER_MS).then((outcome) => {
      if (outcome.is === 'done') this.#state = { is: 'up' };
      else this.#goAway(outcome.is === 'failed' ? outcome.thrown : tooSlow());
      wakeAt(clock.nowMs());
    });
  }

  #goAway(thrown: unknown): Verdict {
    const { clock, log, folder, wakeAt } = this.#options;
    const askAtMs = clock.nowMs() + this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
    this.#state = { is: 'away', askAtMs };
    wakeAt(askAtMs);
    if (!this.#saidAway)
      log.error(
        { reason: messageOf(thrown), folder },
        'the database is away: calls go on, and what is written of them waits on disk. Bring the database back; nothing else is needed',
      );
    this.#saidAway = true;
    return { is: 'away', thrown };
  }

  /** By a write that was taken: an answer alone may be that of a server that takes none. */
  #cameBack(): void {
    this.#retryMs = RETRY_FIRST_MS;
    if (!this.#saidAway) return;
    this.#saidAway = false;
    this.#options.log.info({}, 'the database is back; what waited is written now');
  }
}

const tooSlow = (): LivelineError =>
  new LivelineError('DATABASE_UNAVAILABLE', 'the database does not answer in time');
