// The CRM log: tells the CRM of every call that has ended, one after the other, beside the calls and for as long as it
// takes. What is due is in the database, so that it outlasts the process. Knows neither SQL nor whose CRM it is.
import type { Clock, StopTimer } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import { callId, type CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Notices } from '../call/notices.ts';
import type { Contact, Crm } from '../crm/crm.ts';
import { unlessAborted } from '../tools/run/aborted.ts';
import { CrmLogFaults } from './crm-log-faults.ts';
import { isRefused, verdictOn, type CrmLogResult, type Step } from './crm-log-policy.ts';
import type { Claimed, CrmLogQueue, Settled } from './crm-log-queue.ts';
import { callLogOf, otherParty } from './crm-log-text.ts';
import type { CallRecord } from './record.ts';
import type { RecordStore } from './store.ts';

export interface CrmLogOptions {
  readonly crm: Crm;
  readonly queue: CrmLogQueue;
  readonly store: Pick<RecordStore, 'get'>;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  readonly notices: Pick<Notices, 'subscribe'>;
  readonly clock: Clock;
  readonly log: Log;
}

export type CrmLogCounts = Readonly<Record<CrmLogResult, number>>;

export interface CrmLog {
  /** Calls, since the start. */
  readonly counts: CrmLogCounts;
  /** Takes no further call. One that the CRM is just told of has until then. */
  close(withinMs: number): Promise<void>;
}

const LOOK_EVERY_MS = 5_000;
/** The end of a call is in the database soon after it was told. */
const SOON_MS = 1_000;
/** For contact and call together: nobody waits for it, but other calls do. */
const CRM_WITHIN_MS = 10_000;
/** Without asking a CRM that is away. */
const REST_MS = 30_000;
/** Of the time to close: for writing down what came of it. */
const TO_SETTLE_MS = 1_000;

export const startCrmLog = (options: CrmLogOptions): CrmLog => new Sweeper(options);

class Sweeper implements CrmLog {
  readonly #options: CrmLogOptions;
  readonly #faults: CrmLogFaults;
  readonly #counts: Record<CrmLogResult, number> = { done: 0, failed: 0, 'in-doubt': 0 };
  readonly #closed = new AbortController();
  readonly #stops: StopTimer[];
  #stopSoon: StopTimer | undefined;
  #sweeping: Promise<void> | undefined;
  /** What came of a claim, for as long as the database does not know it. */
  #unsettled: { readonly claimed: Claimed; readonly settled: Settled } | undefined;
  #restUntilMs = -Infinity;
  #isClosing = false;

  constructor(options: CrmLogOptions) {
    const { notices, clock, crm, log } = options;
    this.#options = options;
    this.#faults = new CrmLogFaults(crm.name, clock, log);
    this.#stops = [
      clock.every(LOOK_EVERY_MS, () => this.#look()),
      notices.subscribe(({ type }) => {
        if (type === 'call-ended') this.#lookSoon();
      }),
    ];
    this.#look();
  }

  get counts(): CrmLogCounts {
    return this.#counts;
  }

  async close(withinMs: number): Promise<void> {
    const { clock } = this.#options;
    this.#isClosing = true;
    for (const stop of this.#stops) stop();
    this.#stopSoon?.();
    if (!this.#sweeping) return;
    const late = Promise.withResolvers<undefined>();
    const stopAbort = clock.after(Math.max(0, withinMs - TO_SETTLE_MS), () => this.#closed.abort());
    const stopLate = clock.after(withinMs, () => late.resolve(undefined));
    await Promise.race([this.#sweeping, late.promise]);
    stopAbort();
    stopLate();
  }

  #lookSoon(): void {
    this.#stopSoon ??= this.#options.clock.after(SOON_MS, () => {
      this.#stopSoon = undefined;
      this.#look();
    });
  }

  #look(): void {
    if (this.#isClosing) return;
    this.#sweeping ??= this.#sweep()
      .then(
        () => this.#faults.databaseWorks(),
        (thrown: unknown) => this.#faults.database(thrown),
      )
      .finally(() => {
        this.#sweeping = undefined;
      });
  }

  async #sweep(): Promise<void> {
    const { ready, queue, clock } = this.#options;
    await ready();
    await this.#settle();
    await this.#giveUpDead();
    this.#faults.old(await queue.giveUpOld(this.#inMs(0)));
    while (!this.#isClosing && clock.nowMs() >= this.#restUntilMs) {
      const claimed = await queue.claim(this.#inMs(0));
      if (!claimed) return;
      // Should the record not be readable: nothing was done.
      this.#unsettled = { claimed, settled: { is: 'due', after: this.#inMs(0) } };
      const settled = await this.#tell(claimed);
      this.#unsettled = settled && { claimed, settled };
      await this.#settle();
    }
  }

  #inMs(ms: number): Date {
    return new Date(this.#options.clock.epochMs() + ms);
  }

  async #settle(): Promise<void> {
    if (!this.#unsettled) return;
    const { claimed, settled } = this.#unsettled;
    await this.#options.queue.settle(claimed, settled);
    this.#unsettled = undefined;
  }

  async #giveUpDead(): Promise<void> {
    const { queue, crm } = this.#options;
    for (const id of await queue.giveUpDead(this.#inMs(0), crm.keepsKeys ? 'due' : 'in-doubt'))
      this.#count('in-doubt', id, 'the process that told it died');
  }

  /** Undefined: its record is gone. */
  async #tell({ id, tries }: Claimed): Promise<Settled | undefined> {
    const { store, crm, clock } = this.#options;
    const record = await store.get(id);
    if (!record) return undefined;
    const timeout = new AbortController();
    const stopTimer = clock.after(CRM_WITHIN_MS, () =>
      timeout.abort(
        new LivelineError('CRM_UNAVAILABLE', `it did not answer within ${CRM_WITHIN_MS / 1_000} s`),
      ),
    );
    const signal = AbortSignal.any([timeout.signal, this.#closed.signal]);
    const at: { step: Step } = { step: 'finding' };
    try {
      // An adapter that does not listen to its signal is left to itself.
      await unlessAborted(signal, this.#ask(record, signal, at));
      this.#counts.done += 1;
      this.#faults.works();
      return { is: 'done' };
    } catch (reason) {
      const isLate = signal.aborted;
      const thrown: unknown = isLate ? signal.reason : reason;
      const isShut = !isLate && isRefused(thrown) && (at.step === 'finding' || (await this.#isShut(signal)));
      const verdict = verdictOn(thrown, { step: at.step, isLate, isShut, tries, keepsKeys: crm.keepsKeys });
      if (verdict.isAway) this.#rest(thrown);
      if (verdict.is === 'due') return { is: 'due', after: this.#inMs(verdict.afterMs) };
      this.#count(verdict.is, id, thrown);
      return { is: verdict.is };
    } finally {
      stopTimer();
    }
  }

  async #ask(record: CallRecord, signal: AbortSignal, at: { step: Step }): Promise<void> {
    const contact = await this.#contactOf(record, signal);
    signal.throwIfAborted();
    at.step = 'telling';
    await this.#options.crm.logCall(callLogOf(record, contact?.id), signal);
  }

  async #contactOf(record: CallRecord, signal: AbortSignal): Promise<Contact | undefined> {
    const phone = parsePhoneNumber(otherParty(record));
    if (phone === undefined) return undefined;
    try {
      return await this.#options.crm.findByPhone(phone, signal);
    } catch (thrown) {
      if (thrown instanceof LivelineError && thrown.code === 'CRM_UNSUPPORTED') return undefined;
      // The call waits for a CRM that is shut; one that only forbids the search is told without the contact.
      if (!isRefused(thrown) || (await this.#isShut(signal))) throw thrown;
      this.#faults.unfound(callId(record.id), thrown);
      return undefined;
    }
  }

  /** Whether it also refuses what is about nobody. */
  #isShut(signal: AbortSignal): Promise<boolean> {
    return unlessAborted(signal, this.#options.crm.check(signal)).then(
      () => false,
      () => true,
    );
  }

  #rest(thrown: unknown): void {
    if (this.#isClosing) return;
    this.#restUntilMs = this.#options.clock.nowMs() + REST_MS;
    this.#faults.away(thrown);
  }

  #count(result: 'failed' | 'in-doubt', id: CallId, why: unknown): void {
    this.#counts[result] += 1;
    this.#faults.given(result, id, why);
  }
}
