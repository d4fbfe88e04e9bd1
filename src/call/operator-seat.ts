// The operator's seat in a call: who speaks with the caller in the agent's place, since when, and where their voice goes.
// Decides nothing; with-operator.ts does.
import type { AudioFormat } from '../audio/format.ts';
import type { Clock } from '../base/clock.ts';
import type { TurnId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Media } from './media.ts';
import type { NoticeBody } from './notices.ts';
import { OperatorVoice } from './operator-voice.ts';
import type { Playout } from './playout.ts';
import { silence, type Spoken } from './silencing.ts';

/** Who takes a call over. */
export interface Operator {
  /** For the record. */
  readonly name: string;
  /** They have it no more: they gave it back, the call has ended, or the caller goes somewhere else. */
  readonly onOver: () => void;
}

export interface OperatorSeatOptions extends Spoken {
  readonly media: Media;
  readonly playout: Playout;
  readonly lineFormat: AudioFormat;
  readonly clock: Clock;
  readonly log: Log;
  readonly notice: (body: NoticeBody) => void;
}

interface Taken {
  readonly by: Operator;
  readonly turn: TurnId;
  readonly voice: OperatorVoice;
  readonly sinceMs: number;
}

export class OperatorSeat {
  readonly #options: OperatorSeatOptions;
  #next: { readonly by: Operator; readonly turn: TurnId } | undefined;
  #taken: Taken | undefined;
  #note = '';

  constructor(options: OperatorSeatOptions) {
    this.#options = options;
  }

  /** Whom the seat is for when `begin` comes. `turn`: a number for what they say. */
  offer(by: Operator, turn: TurnId): void {
    this.#next = { by, turn };
  }

  /** Whether they sit in it. */
  isTakenBy(by: Operator): boolean {
    return this.#taken?.by === by;
  }

  /** The name of who does. */
  get takenBy(): string | undefined {
    return this.#taken?.by.name;
  }

  /** 0 when nobody sits in it. */
  get sinceMs(): number {
    return this.#taken ? this.#options.clock.nowMs() - this.#taken.sinceMs : 0;
  }

  hear(frame: Uint8Array): void {
    this.#taken?.voice.hear(frame);
  }

  /** What they say of it as they give it back. */
  leaveNote(note: string): void {
    this.#note = note;
  }

  /** Every turn up to this one is cut off, and was not the caller's doing. */
  begin(upTo: TurnId): void {
    const { media, playout, transcript, lineFormat: format, clock, log, notice } = this.#options;
    if (!this.#next) return;
    const { by, turn } = this.#next;
    this.#next = undefined;
    silence(this.#options, upTo);
    transcript.closeCaller();
    media.keepCallerPrivate();
    const voice = new OperatorVoice({
      format,
      aheadMs: () => playout.aheadMs,
      play: (frames) => playout.accept(turn, frames),
    });
    this.#taken = { by, turn, voice, sinceMs: clock.nowMs() };
    log.info({ operator: by.name }, 'an operator has taken the call over: the model hears silence');
    notice({ type: 'operator-took-over', by: by.name });
  }

  /** What they have said is heard to its end. */
  end(): void {
    const { media, playout, log, notice } = this.#options;
    const taken = this.#taken;
    if (!taken) return;
    const forMs = this.sinceMs;
    const note = this.#note;
    this.#taken = undefined;
    this.#note = '';
    playout.endTurn(taken.turn);
    media.releaseCaller();
    const { name: by } = taken.by;
    log.info(
      { operator: by, forMs: Math.round(forMs), pii: { note } },
      'the operator has given the call back',
    );
    notice({ type: 'operator-gave-back', by, forMs, note });
    taken.by.onOver();
  }
}
