// What is said in the log of calls that the CRM could not be told of: each cause once, not each call. Decides nothing.
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { causeOf } from './crm-log-policy.ts';

/** Whoever mends it sees by then whether it is mended. */
const SAY_AGAIN_AFTER_MS = 3_600_000;

export class CrmLogFaults {
  readonly #crm: string;
  readonly #log: Log;
  readonly #said: ExpiringMap<string, true>;
  #isAway = false;
  #hasNoDatabase = false;

  constructor(crm: string, clock: Clock, log: Log) {
    this.#crm = crm;
    this.#log = log;
    this.#said = new ExpiringMap(clock, SAY_AGAIN_AFTER_MS);
  }

  works(): void {
    if (this.#isAway) this.#log.info({ crm: this.#crm }, 'the CRM is told of calls again');
    this.#isAway = false;
  }

  away(thrown: unknown): void {
    if (!this.#isAway)
      this.#log.warn(
        { crm: this.#crm, reason: causeOf(thrown) },
        'the CRM cannot be told of ended calls just now; they wait in the records, and are told for up to a day',
      );
    this.#isAway = true;
  }

  given(result: 'failed' | 'in-doubt', callId: CallId, why: unknown): void {
    const reason = causeOf(why);
    if (result === 'in-doubt') {
      this.#log.warn(
        { crm: this.#crm, callId, reason },
        'nobody can say whether the CRM knows of this call; it is not told again: look there',
      );
      return;
    }
    // After a day of trying there is nobody to ask but the record: each call is named.
    if (why instanceof LivelineError && why.retryable) {
      this.#log.error({ crm: this.#crm, callId, reason }, 'the CRM was not told of this call: given up');
      return;
    }
    if (!this.#isNew(`given ${reason}`)) return;
    this.#log.error(
      { crm: this.#crm, callId, reason },
      'the CRM will not take the log of this call; others that it refuses for the same reason are not named for an hour',
    );
  }

  /** The call is told all the same. */
  unfound(callId: CallId, why: unknown): void {
    const reason = causeOf(why);
    if (this.#isNew(`unfound ${reason}`))
      this.#log.warn(
        { crm: this.#crm, callId, reason },
        'the CRM refuses to say who called: it is told of this call without its contact, and of others that it refuses for the same reason, which are not named for an hour; see what its credentials may read',
      );
  }

  /** A server that stood still for a day, or records out of a backup. */
  old(calls: number): void {
    if (calls > 0)
      this.#log.info(
        { crm: this.#crm, calls },
        'calls that ended more than a day ago are not told to the CRM any more',
      );
  }

  #isNew(what: string): boolean {
    const isNew = !this.#said.get(what);
    if (isNew) this.#said.set(what, true);
    return isNew;
  }

  databaseWorks(): void {
    this.#hasNoDatabase = false;
  }

  /** Whoever writes the records says already that the database is away. */
  database(thrown: unknown): void {
    const isAway = thrown instanceof LivelineError && thrown.retryable;
    this.#log[isAway || this.#hasNoDatabase ? 'debug' : 'warn'](
      { reason: messageOf(thrown) },
      'the calls that the CRM is to be told of could not be read or written; it is tried again',
    );
    this.#hasNoDatabase ||= !isAway;
  }
}
