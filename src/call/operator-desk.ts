// What an operator may do to one call: each act is refused with a reason, or is done at once. The call decides by its state.
import type { LiveSession } from '../live/session.ts';
import type { Recording } from './greetings.ts';
import { inSeconds, type Learned } from './learned.ts';
import type { NoticeBody } from './notices.ts';
import { whyNotTold, whyNotTransferred, type NotTold, type NotTransferred } from './operator-acts.ts';
import type { Operator, OperatorSeat } from './operator-seat.ts';
import type { Playout } from './playout.ts';
import type { SecretEntry } from './secret-entry.ts';
import type { CallFact, CallState } from './state.ts';
import { whyNotTakenOver, type NotTakenOver } from './with-operator.ts';
import type { Log } from '../base/log.ts';

/** `typing-secret`: the caller types what nobody is to hear · `no-such-destination`: the profile has none of this name. */
export type ActRefusal = NotTakenOver | NotTransferred | NotTold | 'typing-secret' | 'no-such-destination';

/** The operator's voice, in the line's format, a frame at a time; and the way back. Both do nothing once they have it no more. */
export interface TakenOver {
  hear(frame: Uint8Array): void;
  /** The model is told for how long they spoke, and the note. */
  giveBack(note?: string): void;
}

/** Where callers can be sent. */
export interface DestinationName {
  readonly name: string;
  /** As callers hear it called. */
  readonly spoken: string;
}

/** What may be done just now: null where nothing stands against it. */
export interface ActsNow {
  readonly takeOver: ActRefusal | null;
  readonly transfer: ActRefusal | null;
  readonly destinations: readonly DestinationName[];
  /** Who speaks in the agent's place; null: nobody does. */
  readonly operator: string | null;
}

export interface OperatorDeskOptions {
  readonly state: () => CallState;
  readonly session: Pick<LiveSession, 'takeTurn'>;
  readonly seat: OperatorSeat;
  readonly secrets: Pick<SecretEntry, 'isOpen'>;
  readonly playout: Pick<Playout, 'unheardMs'>;
  readonly learned: Learned;
  readonly recording: Recording | undefined;
  readonly destinations?: (() => readonly DestinationName[]) | undefined;
  readonly take: (fact: CallFact) => void;
  readonly log: Log;
  readonly notice: (body: NoticeBody) => void;
}

export class OperatorDesk {
  readonly #options: OperatorDeskOptions;

  constructor(options: OperatorDeskOptions) {
    this.#options = options;
  }

  get actsNow(): ActsNow {
    const { state, destinations, seat } = this.#options;
    return {
      takeOver: this.#whyNotTakenOver() ?? null,
      transfer: whyNotTransferred(state()) ?? null,
      destinations: (destinations?.() ?? []).map(({ name, spoken }) => ({ name, spoken })),
      operator: seat.takenBy ?? null,
    };
  }

  /** Something the caller did not say. `answer`: whether the agent shall speak to it. */
  tell(text: string, answer: boolean): ActRefusal | undefined {
    const { state, log, notice, learned, recording, take } = this.#options;
    const refused = whyNotTold(state());
    if (refused) return refused;
    log.info({ answer, pii: { text } }, 'an operator tells the model something');
    notice({ type: 'told', text, answer });
    learned.operatorSaid(text);
    if (answer) recording?.drop();
    take({ type: 'told', text, answer });
    return undefined;
  }

  hangUp(): ActRefusal | undefined {
    const { state, take, log } = this.#options;
    if (state().phase === 'ended') return 'over';
    log.info('an operator hangs up');
    take({ type: 'operatorHangsUp' });
    return undefined;
  }

  /** By the name that the profile of now gives it. */
  transfer(destination: string): ActRefusal | undefined {
    const { state, destinations, session, take, log } = this.#options;
    const refused = whyNotTransferred(state());
    if (refused) return refused;
    if (!destinations?.().some(({ name }) => name === destination)) return 'no-such-destination';
    log.info({ to: destination }, 'an operator transfers the caller');
    take({ type: 'operatorTransfers', destination, upTo: session.takeTurn() });
    return undefined;
  }

  takeOver(by: Operator): TakenOver | ActRefusal {
    const { session, seat, recording, take } = this.#options;
    const refused = this.#whyNotTakenOver();
    if (refused) return refused;
    recording?.drop();
    const upTo = session.takeTurn();
    seat.offer(by, session.takeTurn());
    take({ type: 'operatorTakesOver', upTo });
    return {
      hear: (frame) => {
        if (seat.isTakenBy(by)) seat.hear(frame);
      },
      giveBack: (note = '') => this.#giveBack(by, note),
    };
  }

  #whyNotTakenOver(): ActRefusal | undefined {
    const { secrets, state } = this.#options;
    return secrets.isOpen ? 'typing-secret' : whyNotTakenOver(state());
  }

  #giveBack(by: Operator, note: string): void {
    const { seat, learned, playout, session, take } = this.#options;
    if (!seat.isTakenBy(by)) return;
    const forMs = seat.sinceMs;
    seat.leaveNote(note);
    learned.operatorSpoke(forMs, note);
    const { unheardMs } = playout;
    take({
      ...{ type: 'operatorGivesBack', told: wordsOf(forMs, note) },
      unheardMs,
      turn: session.takeTurn(),
    });
  }
}

/** True whenever it is read: a model that takes the call over later is told it again. */
const wordsOf = (forMs: number, note: string): string =>
  `At this point a colleague of yours, a person, had spoken with the caller in your place for ${inSeconds(forMs)}. ` +
  `You heard nothing of that, and the caller heard nothing of you meanwhile. ${
    note === '' ? 'They left no note.' : `Their note: ${JSON.stringify(note)}`
  } The caller is with you again: go on from there, in one short sentence.`;
