// Playout: what one caller is given to hear, when, and what was heard of it. Knows nothing of sockets, codecs or the
// model; the line is a door, time comes from a clock.
import { FRAME_MS, bytesOfMs, msOfBytes, type AudioFormat } from '../audio/format.ts';
import type { Clock } from '../base/clock.ts';
import { turnId, type TurnId } from '../base/ids.ts';
import type { Line } from '../carrier/line.ts';
import { Ledger } from './ledger.ts';
import type { Paced, Pacer } from './pacer.ts';
import { SoundQueue } from './sound-queue.ts';

/** Ahead of real time at most: small keeps barge-in exact, large hides jitter (openclaw/openclaw#125620: 160 ms). */
const LEAD_MS = 400;
/** Sent at once while the lead is being kept: fewer messages are worth 10–25 % of the CPU (measured). */
const BATCH_MS = 100;
/**
 * Finer marks delay the sound (twilio-samples/speech-assistant-openai-realtime-api-python#20), coarser ones blur what was
 * heard.
 */
const MARK_EVERY_MS = 200;

export interface TurnAccount {
  /** All the sound of this turn that we were given, sent or not. */
  readonly acceptedMs: number;
  readonly sentMs: number;
  readonly heardMs: number;
}

export interface PlayoutOptions {
  readonly format: AudioFormat;
  readonly clock: Clock;
  readonly pacer: Pacer;
  /** The caller heard the last of this turn. */
  readonly onTurnHeard: (turn: TurnId) => void;
}

export class Playout implements Paced {
  readonly #format: AudioFormat;
  readonly #frameBytes: number;
  readonly #clock: Clock;
  readonly #pacer: Pacer;
  readonly #onTurnHeard: (turn: TurnId) => void;
  readonly #queue: SoundQueue;
  readonly #ledger: Ledger;
  #line: Line | undefined;
  #deadUpTo: TurnId = turnId(0);
  /** When what was sent will have been played, by our own clock alone: were marks to slow the pace, a late one would starve the line. */
  #playsUntilMs = 0;
  #begun: TurnId = turnId(0);
  #unmarkedBytes = 0;

  constructor({ format, clock, pacer, onTurnHeard }: PlayoutOptions) {
    this.#format = format;
    this.#frameBytes = bytesOfMs(format, FRAME_MS);
    this.#clock = clock;
    this.#pacer = pacer;
    this.#onTurnHeard = onTurnHeard;
    this.#queue = new SoundQueue(this.#frameBytes);
    this.#ledger = new Ledger(bytesOfMs(format, 1));
  }

  /** From now on sound goes to this line; what waited starts at once. */
  attach(line: Line): void {
    this.#line = line;
    this.#send();
  }

  /** The line is lost: what it did not confirm to have played waits for the next one. */
  detach(): void {
    this.#line = undefined;
    this.#forget();
    for (const unheard of this.#ledger.lose().reverse()) this.#queue.putBack(unheard);
  }

  isDead(turn: TurnId): boolean {
    return turn <= this.#deadUpTo;
  }

  /** Takes whole frames of a turn. Sound of a dead turn is dropped. */
  accept(turn: TurnId, frames: Uint8Array): void {
    if (this.isDead(turn)) return;
    this.#queue.add(turn, frames);
    this.#ledger.accepted(turn, frames.length);
    this.#send();
  }

  /** No more sound of this turn comes. */
  endTurn(turn: TurnId): void {
    if (this.isDead(turn)) return;
    this.#queue.end(turn);
    this.#send();
  }

  /** Every turn up to this one is dead: nothing more of it is sent. The owner then clears the line. */
  cut(upTo: TurnId): void {
    if (upTo > this.#deadUpTo) this.#deadUpTo = upTo;
    this.#queue.clear();
    this.#forget();
    this.#ledger.cut(this.#clock.nowMs());
  }

  /** A mark came back from the line. */
  marked(name: string): void {
    for (const turn of this.#ledger.marked(name, this.#clock.nowMs())) this.#onTurnHeard(turn);
  }

  account(turn: TurnId): TurnAccount {
    const { acceptedBytes, sentBytes, heardBytes } = this.#ledger.account(turn, this.#clock.nowMs());
    return {
      acceptedMs: msOfBytes(this.#format, acceptedBytes),
      sentMs: msOfBytes(this.#format, sentBytes),
      heardMs: msOfBytes(this.#format, heardBytes),
    };
  }

  /** The turn that the caller hears now, or will hear next; undefined when nothing is left to be heard. */
  hearing(): TurnId | undefined {
    return this.#ledger.hearing(this.#clock.nowMs()) ?? this.#queue.nextTurn;
  }

  /** How much sound we hold or have sent that the caller has not heard. */
  get unheardMs(): number {
    return msOfBytes(this.#format, this.#queue.bytes + this.#ledger.unheardBytes(this.#clock.nowMs()));
  }

  beat(): void {
    this.#send();
  }

  close(): void {
    this.#pacer.remove(this);
    this.#queue.clear();
    this.#line = undefined;
  }

  /** What is under way counts for nothing any more. */
  #forget(): void {
    this.#playsUntilMs = 0;
    this.#unmarkedBytes = 0;
    this.#pacer.remove(this);
  }

  #send(): void {
    const line = this.#line;
    if (!line) return;
    const nowMs = this.#clock.nowMs();
    const roomMs = (): number => LEAD_MS - Math.max(0, this.#playsUntilMs - nowMs);
    // A nearly full lead waits until a whole batch fits, so that pacing sends few messages.
    while (roomMs() >= BATCH_MS) {
      const untilMarkMs = MARK_EVERY_MS - msOfBytes(this.#format, this.#unmarkedBytes);
      const taken = this.#queue.take(Math.floor(Math.min(roomMs(), untilMarkMs) / FRAME_MS));
      if (!taken) break;
      if (taken.kind === 'end') this.#mark(line, taken.turn, true);
      else this.#play(line, taken.turn, taken.bytes, nowMs);
    }
    if (this.#queue.isEmpty) this.#pacer.remove(this);
    else this.#pacer.add(this);
  }

  #play(line: Line, turn: TurnId, bytes: Uint8Array, nowMs: number): void {
    const begins = this.#begun < turn ? this.#frameBytes : 0;
    if (begins > 0) {
      this.#begun = turn;
      this.#playPiece(line, turn, bytes.subarray(0, begins), nowMs);
      this.#mark(line, turn, false);
    }
    if (bytes.length > begins) this.#playPiece(line, turn, bytes.subarray(begins), nowMs);
    if (this.#unmarkedBytes >= bytesOfMs(this.#format, MARK_EVERY_MS)) this.#mark(line, turn, false);
  }

  #playPiece(line: Line, turn: TurnId, bytes: Uint8Array, nowMs: number): void {
    line.play(bytes);
    this.#ledger.sent(turn, bytes, nowMs);
    this.#playsUntilMs = Math.max(this.#playsUntilMs, nowMs) + msOfBytes(this.#format, bytes.length);
    this.#unmarkedBytes += bytes.length;
  }

  #mark(line: Line, turn: TurnId, isEnd: boolean): void {
    this.#unmarkedBytes = 0;
    line.mark(this.#ledger.mark(turn, isEnd));
  }
}
