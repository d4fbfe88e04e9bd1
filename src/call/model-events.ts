// What the session tells of one call, written down (transcript, notices, counts) and made into the facts that the call
// decides on. Sees no sound. All it decides by itself is whether a turn that only repeats the one before is left out.
import { unreachable } from '../base/errors.ts';
import { CallerBegan } from './caller-began.ts';
import type { TurnId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { LiveSession, Remedy, SessionEvent, Trouble } from '../live/session.ts';
import type { Recording } from './greetings.ts';
import type { NoticeBody } from './notices.ts';
import type { Playout } from './playout.ts';
import { repeatIn, type Repeat } from './repeats.ts';
import type { CallFact, Hearing } from './state.ts';
import type { Transcript } from './transcript.ts';
import type { WatchdogCount } from './watchdog-count.ts';

export interface ModelEventsOptions {
  readonly session: LiveSession;
  readonly transcript: Transcript;
  readonly playout: Playout;
  readonly hearing: () => Hearing | undefined;
  /** Leaves a turn out that nobody has begun to hear. False: somebody has. */
  readonly drop: (turn: TurnId) => boolean;
  /** Stops every turn up to this one. */
  readonly cut: (upTo: TurnId) => void;
  readonly recording: Recording | undefined;
  readonly watchdog: WatchdogCount;
  /** A turn of so many words that only repeats the one before is not played. 0: every turn is. */
  readonly repeatedWords: () => number;
  /** The number of the recorded greeting, once it is played. */
  readonly greetingTurn: () => TurnId | undefined;
  /** The caller, or the model by speaking, may mean to interrupt a recorded greeting, of which the model knows nothing. */
  readonly speakOverGreeting: () => void;
  readonly notice: (body: NoticeBody) => void;
  /** Since the call was answered, in milliseconds. */
  readonly atMs: () => number;
  readonly log: Log;
}

/** Of the earlier turn: the same words are not spoken much more slowly. */
const LONGER_AT_MOST = 0.25;
/** Whoever has heard more of it wonders what the rest was; and a rest that is shorter is sooner said than broken off. */
const STOPPED_WITHIN_MS = 2_000;
const WORTH_STOPPING_MS = 1_500;

export class ModelEvents {
  readonly #options: ModelEventsOptions;
  /** The last turn that was told to repeat something. */
  #repeated: TurnId | undefined;
  /** Known for a repeat while the end of what it repeats is still to be heard. */
  #repeating: { readonly turn: TurnId; readonly of: TurnId } | undefined;
  /** The caller made themselves heard since the last turn began. */
  readonly #callerBegan = new CallerBegan();
  #callerSpoke = false;
  /** The turn that came after they did: they may have asked for it, repeat or not. */
  #mayBeAskedFor: TurnId | undefined;
  /** When the session was opened, as `atMs` has it. */
  #openedMs = 0;

  constructor(options: ModelEventsOptions) {
    this.#options = options;
  }

  /** What follows is another agent's, who repeats nobody. */
  otherAgent(): void {
    this.#openedMs = this.#options.atMs();
    this.#callerSpoke = true;
  }

  /** Undefined for what only has to be written down. */
  factOf(event: SessionEvent): CallFact | undefined {
    const { transcript, playout, hearing, recording, session, notice, log, atMs } = this.#options;
    recording?.onEvent(event);
    switch (event.type) {
      case 'ready':
        notice({ type: 'session-ready', afterMs: atMs() - this.#openedMs });
        return event;
      case 'turnStarted':
        this.#mayBeAskedFor = this.#callerSpoke ? event.turn : undefined;
        this.#callerSpoke = false;
        this.#options.speakOverGreeting();
        transcript.turnStarted(event.turn, atMs());
        return event;
      case 'turnEnded':
        transcript.turnEnded(event.turn);
        return this.#repeatOf(event.turn) ?? event;
      case 'callerSaid':
        transcript.callerSaid(event.text, atMs(), this.#callerBegan.take());
        this.#options.speakOverGreeting();
        return undefined;
      case 'agentSaid': {
        const { acceptedMs } = playout.account(event.turn);
        transcript.agentSaid(event.turn, event.text, atMs(), acceptedMs);
        return this.#repeatOf(event.turn);
      }
      case 'used':
        notice({ type: 'tokens-used', turn: event.turn, usage: event.usage });
        return undefined;
      // For the journal, which reads it for itself.
      case 'remembered':
        return undefined;
      case 'interrupted':
        return { type: 'interrupted', upTo: event.upTo, hearing: hearing() };
      case 'failed': {
        const { error } = event;
        log.error({ code: error.code, err: error }, 'the model is gone; the call goes on without it');
        notice({ type: 'session-failed', code: error.code, message: error.message });
        return { type: 'sessionFailed', unheardMs: playout.unheardMs, turn: session.takeTurn() };
      }
      case 'watchdog':
        return this.#troubled(event.saw, event.did);
      case 'switching':
        if (event.broken) this.#breakTurn();
        notice({ type: 'session-switching', planned: event.planned, why: event.why });
        return { type: 'modelAway', broken: event.broken };
      case 'switched': {
        const { memory, gapMs, setupMs } = event;
        notice({ type: 'session-switched', memory, gapMs, setupMs });
        return { type: 'modelBack' };
      }
      case 'callerSpeech':
        this.#callerSpoke = true;
        this.#callerBegan.heard(event.is, atMs());
        return event;
      case 'idle':
      case 'toolsCalled':
      case 'toolsCancelled':
        return event;
      default:
        return unreachable(event);
    }
  }

  #troubled(saw: Trouble, did: Remedy): CallFact | undefined {
    this.#options.watchdog.count(saw, did);
    this.#options.notice({ type: 'watchdog', saw, did });
    if (did === 'gave up') {
      const { playout, session } = this.#options;
      return { type: 'modelLate', is: 'mute', unheardMs: playout.unheardMs, turn: session.takeTurn() };
    }
    return did === 'let be' ? { type: 'excused' } : undefined;
  }

  /** A repeat of which nothing is heard before the end of the turn that it repeats: that end comes first. */
  turnHeard(turn: TurnId): CallFact | undefined {
    const repeating = this.#repeating;
    return repeating?.of === turn ? this.#leaveOut(repeating.turn) : undefined;
  }

  #repeatOf(turn: TurnId): CallFact | undefined {
    const { transcript, repeatedWords } = this.#options;
    // Until all its sound is there more words may come; and judging every few of them would cost more than they do.
    if (this.#repeated === turn || transcript.isGrowing(turn)) return undefined;
    if (this.#mayBeAskedFor === turn) return undefined;
    const repeat = repeatIn(transcript.entries, turn, repeatedWords());
    if (!repeat) return undefined;
    this.#repeated = turn;
    if (repeat.is === 'sentence' || !this.#isAsShort(turn, repeat)) {
      this.#settleRepeat(turn, 'let be');
      return undefined;
    }
    if (!transcript.openTurns.includes(repeat.of)) return this.#leaveOut(turn);
    if (this.#options.drop(turn)) return this.#dropped(turn);
    this.#repeating = { turn, of: repeat.of };
    return undefined;
  }

  /** What has hardly begun to be heard is left out; the rest is noted. */
  #leaveOut(turn: TurnId): CallFact | undefined {
    this.#repeating = undefined;
    if (this.#options.drop(turn) || this.#stop(turn)) return this.#dropped(turn);
    this.#settleRepeat(turn, 'let be');
    return undefined;
  }

  #dropped(turn: TurnId): CallFact {
    this.#options.transcript.drop(turn);
    this.#settleRepeat(turn, 'dropped');
    return { type: 'turnDropped', turn, hearing: this.#options.hearing() };
  }

  #settleRepeat(turn: TurnId, did: 'dropped' | 'let be'): void {
    this.#options.log.warn({ turn, did }, 'the model says again what it has just said');
    this.#troubled('said twice', did);
  }

  /** A model repeats itself once the first was heard, so that a second has begun before it is known for one. */
  #stop(turn: TurnId): boolean {
    const { playout, transcript, cut } = this.#options;
    if (transcript.openTurns.at(-1) !== turn) return false;
    const account = playout.accountIfCut(turn);
    if (account.heardMs > STOPPED_WITHIN_MS) return false;
    if (account.acceptedMs - account.heardMs < WORTH_STOPPING_MS) return false;
    cut(turn);
    transcript.cut(turn, () => account);
    return true;
  }

  /** Words may come later than their sound: a turn that is much longer than what it repeats has more to say. */
  #isAsShort(turn: TurnId, { of, share }: Extract<Repeat, { is: 'turn' }>): boolean {
    const { playout } = this.#options;
    return playout.account(turn).acceptedMs <= playout.account(of).acceptedMs * (share + LONGER_AT_MOST);
  }

  /** The last turn alone: those before it, and a recording, are still being played and lack nothing. */
  #breakTurn(): void {
    const { transcript, playout, greetingTurn } = this.#options;
    const turn = transcript.openTurns.at(-1);
    if (turn === undefined || turn === greetingTurn()) return;
    transcript.turnBroke(turn, playout.account(turn).acceptedMs);
  }
}
