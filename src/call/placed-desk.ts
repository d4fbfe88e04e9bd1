// The desk for calls that we place: opens sessions for those that ring, lets those that are answered have them, and keeps who
// watches each. Decides nothing of a call; what becomes of one is placed-talk.ts's.
import type { Profile } from '../agents/profile.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CarrierCall, Verb } from '../carrier/webhooks.ts';
import type { CarrierVerdict } from './answered-by.ts';
import type { Call } from './call.ts';
import type { Calls, PlacedOpening } from './calls.ts';
import type { JournalEntry } from './journal.ts';
import type { Notices, Refusal } from './notices.ts';
import type { Opening } from './opening.ts';
import type { PlacedCall, PlacedCallFacts } from './placed-calls.ts';
import { PlacedTalk, type TalkCall } from './placed-talk.ts';
import { notTalkedTo } from './refusals.ts';
import type { Roster } from './roster.ts';
import { WaitingSession } from './waiting-session.ts';
import type { Waiting } from './waiting.ts';

/** Beside the ringing: for a call that another node has taken, of which nobody here hears any more. */
export const TAKEN_ELSEWHERE_AFTER_MS = 15_000;
/** A carrier's word that comes before the call does, as its webhooks overtake each other, is kept for so many calls. */
const MOST_EARLY = 1_000;
/** So many of those that were over last are known: the word of that may overtake the one that they ring. */
const MOST_OVER = 1_000;

/** A call that the carrier has taken from us, and that may ring for so long. */
export interface DialledCall {
  readonly id: CallId;
  readonly from: string;
  readonly to: string;
  readonly ringS: number;
}

interface Ringing extends Waiting {
  readonly stopTimer: () => void;
}

type Why = Extract<Refusal, 'not-in-service' | 'server-stopping' | 'lines-busy' | 'no-session'>;

export interface PlacedDeskOptions {
  readonly roster: () => Roster;
  /** Who answers now is not talked with any more: this server is gone in a moment. */
  readonly isShut: () => boolean;
  readonly calls: Pick<Calls, 'get' | 'hasRoom' | 'takeRoom' | 'castingOf' | 'recorded' | 'open'>;
  /** What the carrier is told of a call that is open. */
  readonly begin: (incoming: CarrierCall, profile: Profile) => Verb;
  /** Nobody talks with them: for the record. */
  readonly refused: (incoming: CarrierCall, why: Why, profile: Profile | undefined) => void;
  readonly facts: PlacedCallFacts | undefined;
  /** Of those that ring there is one less. */
  readonly onFewer: () => void;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly log: Log;
}

export class PlacedDesk {
  readonly #options: PlacedDeskOptions;
  readonly #ringing = new Map<CallId, Ringing>();
  readonly #talks = new Map<CallId, PlacedTalk>();
  readonly #early = new Map<CallId, CarrierVerdict>();
  /** Oldest first. */
  readonly #over = new Set<CallId>();

  constructor(options: PlacedDeskOptions) {
    this.#options = options;
  }

  /** So many ring for whom a session waits. */
  get ringing(): number {
    return this.#ringing.size;
  }

  /** Whether a session waits for them to answer. */
  expects(id: CallId): boolean {
    return this.#ringing.has(id);
  }

  /**
   * It rings: opens the session meanwhile, and asks for the greeting. Only saves time: a call that is answered on another
   * node, or before this, is opened as it is answered. Never throws.
   */
  expect({ id, from, to, ringS }: DialledCall, placed: PlacedCall): void {
    const { roster, isShut, calls, clock } = this.#options;
    const profile = roster().profiles.find(({ name }) => name === placed.profile);
    if (isShut() || !profile || calls.get(id) || this.expects(id) || this.#over.has(id)) return;
    if (!calls.hasRoom(profile)) return;
    const log = this.#options.log.child({ callId: id });
    try {
      const casting = calls.castingOf(
        { id, from, to, direction: 'outbound', status: 'ringing', attempt: placed.attempt },
        ...([profile, log, placed] as const),
      );
      const { cast, opening } = casting.first();
      const isAsked = calls.recorded(profile, opening) === undefined;
      const session = new WaitingSession({
        session: cast.session,
        greeting: isAsked ? opening.greeting : undefined,
        onFailed: () => this.#drop(id),
      });
      const stopTimer = clock.after(ringS * 1_000 + TAKEN_ELSEWHERE_AFTER_MS, () => this.#drop(id));
      const waiting = { placed, profile, casting, opening, isAsked, cast: { ...cast, session } };
      this.#ringing.set(id, { ...waiting, stopTimer });
      calls.takeRoom(id, profile.name);
    } catch (thrown) {
      log.warn(
        { profile: profile.name, reason: messageOf(thrown) },
        'no session could be opened while it rings; it is tried again when they answer',
      );
    }
  }

  /**
   * They have answered. Undefined: it is no call that we placed to talk with somebody. A server that stops talks with them all
   * the same: nobody else may be there, and who is called and hears nobody was abandoned.
   */
  answer(incoming: CarrierCall, found: PlacedCall | undefined): Verb | undefined {
    const waiting = this.#take(incoming.id);
    const placed = waiting?.placed ?? found;
    if (!placed) return undefined;
    const { roster, isShut, calls } = this.#options;
    const log = this.#options.log.child({ callId: incoming.id });
    if (waiting) return this.#open(incoming, waiting.profile, log, placed, waiting);
    const profile = roster().profiles.find(({ name }) => name === placed.profile);
    if (!profile)
      return this.#refuse(incoming, placed, 'not-in-service', 'its profile is not there any more');
    if (isShut()) return this.#refuse(incoming, placed, 'server-stopping', 'this server stops');
    if (!calls.hasRoom(profile))
      return this.#refuse(incoming, placed, 'lines-busy', 'its profile is in too many calls');
    return this.#open(incoming, profile, log, placed);
  }

  /** Another process talked with them: they are talked with here from now on. `open`: the call. */
  resume(entry: JournalEntry, by: PlacedCall, open: (placed: Omit<PlacedOpening, 'waiting'>) => Call): Call {
    const { id } = entry.call;
    let talk: PlacedTalk | undefined;
    const talkOf: PlacedOpening['talkOf'] = (of, opening) =>
      (talk = this.#talkOf(id, of, opening, by, entry));
    const call = open({ by, talkOf });
    if (talk) this.#begin({ call: call.asPlaced, id }, talk);
    return call;
  }

  /** Another process has it. */
  moved(id: CallId): void {
    this.#talks.get(id)?.moved();
    this.#talks.delete(id);
  }

  /** Who has answered, as the carrier thinks: at any time, as often as it likes, or never. */
  answeredBy(id: CallId, verdict: CarrierVerdict): void {
    const talk = this.#talks.get(id);
    if (talk) return talk.carrierSays(verdict);
    this.#early.set(id, verdict);
    const [oldest] = this.#early.keys();
    if (this.#early.size > MOST_EARLY && oldest !== undefined) this.#early.delete(oldest);
    return undefined;
  }

  /** Nobody is to talk with them, on purpose: they were not abandoned. */
  withdrawn(id: CallId): void {
    this.#talks.get(id)?.withdrawn();
  }

  /** The call is over, whether it was answered or not. `by`: who ended it, of one that was talked on. */
  over(id: CallId, by: 'us' | 'them' = 'us'): void {
    this.#drop(id);
    this.#early.delete(id);
    this.#over.add(id);
    const [oldest] = this.#over;
    if (this.#over.size > MOST_OVER && oldest !== undefined) this.#over.delete(oldest);
    this.#talks.get(id)?.ended(by);
    this.#talks.delete(id);
  }

  /** Nobody is waited for any more. */
  dropAll(): void {
    for (const id of [...this.#ringing.keys()]) this.#drop(id);
  }

  #take(id: CallId): Waiting | undefined {
    const ringing = this.#ringing.get(id);
    this.#ringing.delete(id);
    ringing?.stopTimer();
    return ringing;
  }

  #drop(id: CallId): void {
    const waiting = this.#take(id);
    if (!waiting) return;
    waiting.cast.session.close();
    waiting.casting.giveBack();
    this.#options.calls.takeRoom(id, undefined);
    this.#options.onFewer();
  }

  #open(incoming: CarrierCall, profile: Profile, log: Log, placed: PlacedCall, waiting?: Waiting): Verb {
    const { calls, begin } = this.#options;
    try {
      let talk: PlacedTalk | undefined;
      const talkOf = (of: Profile, opening: Opening): PlacedTalk =>
        (talk = this.#talkOf(incoming.id, of, opening, placed));
      const call = calls.open(incoming, profile, undefined, log, { by: placed, waiting, talkOf });
      if (talk) this.#begin({ call: call.asPlaced, id: incoming.id }, talk);
      return begin(incoming, profile);
    } catch (thrown) {
      return this.#refuse(incoming, placed, 'no-session', `no session can be opened: ${messageOf(thrown)}`);
    }
  }

  /** Nobody whom we have called is told that our lines are busy: they hear who called, as far as the profile says it. */
  #refuse(incoming: CarrierCall, placed: PlacedCall, why: Why, cause: string): Verb {
    const { roster, refused, facts, onFewer, clock, log } = this.#options;
    const profile = roster().profiles.find(({ name }) => name === placed.profile);
    log.error(
      { callId: incoming.id, attempt: placed.attempt, profile: placed.profile, cause },
      'they have answered, and nobody talks with them: the call is hung up',
    );
    refused(incoming, why, profile);
    facts?.spoke(incoming.id, undefined, undefined, `nobody talked with them: ${cause}`);
    onFewer();
    return notTalkedTo(incoming, profile, placed, clock.epochMs());
  }

  /** `talk` watches the call from now on. */
  #begin({ call, id }: { readonly call: TalkCall; readonly id: CallId }, talk: PlacedTalk): void {
    this.#talks.set(id, talk);
    talk.begin(call);
    const early = this.#early.get(id);
    this.#early.delete(id);
    if (early) talk.carrierSays(early);
  }

  #talkOf(
    id: CallId,
    { language, agentTranscription }: Profile,
    { message, firstWords }: Opening,
    { machines = 'leave-message' }: PlacedCall,
    before?: JournalEntry,
  ): PlacedTalk {
    const { clock, notices, facts, log } = this.#options;
    const startedMs = before
      ? clock.nowMs() - Math.max(0, clock.epochMs() - before.answeredAtMs)
      : clock.nowMs();
    return new PlacedTalk({
      ...{ callId: id, clock, facts, log: log.child({ callId: id }), startedMs },
      before,
      words: message !== undefined && machines === 'leave-message' ? { text: message, language } : undefined,
      // Without a transcript nobody knows what was said.
      firstWords: agentTranscription === false ? [] : firstWords,
      notice: (is, why) => {
        const atMs = clock.nowMs() - startedMs;
        notices.publish({ type: 'placed-call', is, why, callId: id, atMs });
      },
    });
  }
}
