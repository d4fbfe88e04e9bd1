// What became of attempts: those that are over are settled, and the carrier is asked about those that nobody hears of. Any
// process does it for all of them.
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isDatabaseAway } from '../store/away.ts';
import type { DialRules } from './dial-rules.ts';
import type { AttemptStore, Campaign, DueAttempt } from './store.ts';

const SETTLED_AT_ONCE = 50;
const ROUNDS = 10;
/** The carrier may be slow: so many questions wait for it at once. */
const ASKED_AT_ONCE = 20;

export class Sweep {
  readonly #store: AttemptStore;
  readonly #log: Log;
  readonly #rulesOf: (campaign: Campaign) => DialRules;
  readonly #ask: (attempt: DueAttempt) => void;

  constructor(
    store: AttemptStore,
    log: Log,
    rulesOf: (campaign: Campaign) => DialRules,
    ask: (attempt: DueAttempt) => void,
  ) {
    this.#store = store;
    this.#log = log;
    this.#rulesOf = rulesOf;
    this.#ask = ask;
  }

  /** `busy`: so many questions wait for the carrier already. Rejects when the database is away. */
  async run(nowMs: number, busy: number): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const due = await this.#store.takeDue('settle', nowMs, SETTLED_AT_ONCE);
      for (const attempt of due) await this.#settle(attempt, nowMs);
      if (due.length < SETTLED_AT_ONCE) break;
    }
    const free = ASKED_AT_ONCE - busy;
    if (free <= 0) return;
    for (const attempt of await this.#store.takeDue('ask', nowMs, free)) this.#ask(attempt);
  }

  /** One whose rules cannot be read stays as it is: its contact is not called meanwhile. */
  async #settle({ id, campaignId }: DueAttempt, nowMs: number): Promise<void> {
    try {
      await this.#store.settle(id, this.#rulesOf, nowMs);
    } catch (thrown) {
      if (isDatabaseAway(thrown) && !isOurs(thrown)) throw thrown;
      this.#log.error(
        { attempt: id, campaign: campaignId, reason: messageOf(thrown) },
        'an attempt cannot be settled: its contact is not called again before it is',
      );
    }
  }
}

/** Of the rules, and not of the database. */
const isOurs = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'LivelineError';
