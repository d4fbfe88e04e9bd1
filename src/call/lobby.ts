// The lobby: while the phone rings, the records are asked who calls. Then the call goes on to the switchboard, known or not.
import type { Profile } from '../agents/profile.ts';
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { CarrierCall, CallStatus, Verb } from '../carrier/webhooks.ts';
import type { Crm } from '../crm/crm.ts';
import { numberOfThem, type LookedUp } from './known-caller.ts';
import type { PlacedCall, PlacedCallFacts, PlacedCalls } from './placed-calls.ts';

/** A ring lasts 2 s in North America and 1 s in most of Europe, pauses left out; a caller notices no more than one. */
export const LOOK_UP_WITHIN_MS = 1_500;
/** Who is known only then is not worth a note any more. */
export const LATE_WITHIN_MS = 10_000;

/** The part of the switchboard that calls are handed on to. */
export interface Beyond {
  has(id: CallId): boolean;
  profileOf(incoming: CarrierCall): Profile | undefined;
  answer(incoming: CarrierCall, lookedUp?: LookedUp, placed?: PlacedCall): Verb;
  /** Whether a session waits for them to answer. */
  expects(id: CallId): boolean;
  /** Whether the profile that has answered this call wants the records asked. */
  looksUp(id: CallId): boolean;
  /** Nobody is to talk with whom we called: the call ends. */
  withdraw(id: CallId): void;
  /** The caller hung up before there was an answer. */
  missed(incoming: CarrierCall): void;
  /** What the records say came after the call was answered. */
  lookedUpLate(id: CallId, lookedUp: LookedUp): void;
}

export interface LobbyOptions {
  readonly switchboard: Beyond;
  readonly crm: Pick<Crm, 'findByPhone'>;
  /** Left out: we place no calls, and whoever answers one is hung up on. */
  readonly placed?: PlacedCalls | undefined;
  readonly placedFacts?: Pick<PlacedCallFacts, 'spoke'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiting {
  readonly verb: Promise<Verb>;
  readonly hungUp: () => void;
  /** Goes on as if the records had taken too long. */
  readonly hurry: () => void;
}

const OVER: ReadonlySet<CallStatus> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

export class Lobby {
  readonly #options: LobbyOptions;
  readonly #waiting = new Map<CallId, Waiting>();
  #isDrained = false;

  constructor(options: LobbyOptions) {
    this.#options = options;
  }

  /** The phone rings. Asked twice for one call, it answers with the same call. */
  async answer(incoming: CarrierCall): Promise<Verb> {
    const { switchboard } = this.#options;
    const waiting = this.#waiting.get(incoming.id);
    if (waiting) {
      const verb = await waiting.verb;
      return switchboard.has(incoming.id) ? switchboard.answer(incoming) : verb;
    }
    if (incoming.attempt !== undefined && !switchboard.has(incoming.id)) {
      const gone = new AbortController();
      const verb = this.#weCalled(incoming, incoming.attempt, gone);
      // Nobody else is to decide it: a stop too waits for what the attempt is.
      this.#waiting.set(incoming.id, { verb, hungUp: () => gone.abort(), hurry: () => undefined });
      return verb.finally(() => this.#waiting.delete(incoming.id));
    }
    const number = parsePhoneNumber(numberOfThem(incoming));
    if (
      this.#isDrained ||
      number === undefined ||
      switchboard.has(incoming.id) ||
      !switchboard.profileOf(incoming)?.looksUpCaller
    )
      return switchboard.answer(incoming);
    const end = Promise.withResolvers<'gone' | 'late'>();
    const verb = this.#meet(incoming, number, end).finally(() => this.#waiting.delete(incoming.id));
    this.#waiting.set(incoming.id, {
      verb,
      hungUp: () => end.resolve('gone'),
      hurry: () => end.resolve('late'),
    });
    return verb;
  }

  carrierStatus({ id, status }: CarrierCall): void {
    if (OVER.has(status)) this.#waiting.get(id)?.hungUp();
  }

  /** Nobody waits any longer; resolves when all who did have their answer. The switchboard takes no calls any more by then. */
  async drain(): Promise<void> {
    this.#isDrained = true;
    const waiting = [...this.#waiting.values()];
    for (const { hurry } of waiting) hurry();
    await Promise.allSettled(waiting.map(({ verb }) => verb));
  }

  /**
   * They have answered and wait: whether the call is ours is asked at once, and the records only then. `campaign.…` has told
   * the agent who it is; what the records say joins as a note.
   */
  async #weCalled(incoming: CarrierCall, attempt: string, gone: AbortController): Promise<Verb> {
    const { switchboard, placed, placedFacts, clock } = this.#options;
    if (switchboard.expects(incoming.id)) {
      // They do not wait for it: hardly anybody opts out while it rings.
      if (placed) void this.#withdrawUnlessOurs(incoming, attempt);
      return this.#answered(incoming, undefined);
    }
    const askedMs = clock.nowMs();
    const found = await this.#find(incoming, attempt, 'it is hung up');
    // Nobody is talked to whom we cannot show to have called.
    if (typeof found !== 'object') return { do: 'hang-up' };
    if (!gone.signal.aborted) return this.#answered(incoming, found);
    placedFacts?.spoke(incoming.id, undefined, Math.round(clock.nowMs() - askedMs));
    return { do: 'hang-up' };
  }

  async #withdrawUnlessOurs(incoming: CarrierCall, attempt: string): Promise<void> {
    const found = await this.#find(incoming, attempt, 'it goes on');
    if (found === 'not-ours') this.#options.switchboard.withdraw(incoming.id);
  }

  #answered(incoming: CarrierCall, placed: PlacedCall | undefined): Verb {
    const { switchboard, clock } = this.#options;
    const verb = switchboard.answer(incoming, undefined, placed);
    const number = parsePhoneNumber(numberOfThem(incoming));
    if (number === undefined || !switchboard.looksUp(incoming.id)) return verb;
    const giveUp = new AbortController();
    const stopTimer = clock.after(LATE_WITHIN_MS, () => giveUp.abort());
    void this.#lookUp(incoming, number, giveUp.signal)
      .finally(stopTimer)
      .then((lookedUp) => switchboard.lookedUpLate(incoming.id, lookedUp));
    return verb;
  }

  /** `otherwise`: what becomes of the call when nobody can say. */
  async #find(
    incoming: CarrierCall,
    attempt: string,
    otherwise: 'it is hung up' | 'it goes on',
  ): Promise<PlacedCall | 'not-ours' | 'unknown'> {
    const { placed, clock, log } = this.#options;
    const facts = { callId: incoming.id, attempt };
    const giveUp = new AbortController();
    const late = Promise.withResolvers<never>();
    const stopTimer = clock.after(LOOK_UP_WITHIN_MS, () => {
      giveUp.abort();
      late.reject(new Error(`no answer within ${LOOK_UP_WITHIN_MS} ms`));
    });
    try {
      const asked = Promise.resolve().then(() => placed?.find(attempt, incoming.id, giveUp.signal));
      const found = await Promise.race([asked, late.promise]);
      if (!found)
        log.warn(
          facts,
          'a call was answered that we did not place, had given up, or whose callee has opted out: it is hung up',
        );
      return found ?? 'not-ours';
    } catch (thrown) {
      log.error(
        { ...facts, cause: causeOf(thrown) },
        `a call that we placed was answered, and nobody can say whether it is still ours: ${otherwise}; is the database there?`,
      );
      return 'unknown';
    } finally {
      stopTimer();
    }
  }

  async #meet(
    incoming: CarrierCall,
    number: string,
    end: PromiseWithResolvers<'gone' | 'late'>,
  ): Promise<Verb> {
    const { switchboard, clock } = this.#options;
    const giveUp = new AbortController();
    const stopTimer = clock.after(LATE_WITHIN_MS, () => giveUp.abort());
    const lookUp = this.#lookUp(incoming, number, giveUp.signal).finally(stopTimer);
    const stopWaiting = clock.after(LOOK_UP_WITHIN_MS, () => end.resolve('late'));
    const first = await Promise.race([lookUp, end.promise]).finally(stopWaiting);
    if (first === 'gone') {
      giveUp.abort();
      switchboard.missed(incoming);
      return { do: 'hang-up' };
    }
    if (first !== 'late') return switchboard.answer(incoming, first);
    const verb = switchboard.answer(incoming);
    void lookUp.then((lookedUp) => switchboard.lookedUpLate(incoming.id, lookedUp));
    return verb;
  }

  /** Never rejects: a call goes on without its records. */
  async #lookUp({ id }: CarrierCall, number: string, signal: AbortSignal): Promise<LookedUp> {
    const { crm, clock, log } = this.#options;
    const startedMs = clock.nowMs();
    const tookMs = (): number => clock.nowMs() - startedMs;
    const unanswered = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => unanswered.reject(signal.reason), { once: true });
    try {
      const asked = Promise.resolve().then(() => crm.findByPhone(number, signal));
      const contact = await Promise.race([asked, unanswered.promise]);
      return { contact, tookMs: tookMs() };
    } catch (thrown) {
      const cause = signal.aborted ? 'it did not answer in time' : causeOf(thrown);
      log.warn({ callId: id, cause }, 'the CRM could not be asked who calls; the call goes on without it');
      return { cause, tookMs: tookMs() };
    }
  }
}

const causeOf = (thrown: unknown): string =>
  thrown instanceof LivelineError ? `${thrown.code}: ${thrown.message}` : messageOf(thrown);
