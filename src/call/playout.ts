// Playout: what one caller is given to hear, when, and what was heard of it. Knows nothing of sockets, codecs or the
// model; the line is a door, time comes from a clock.
import { FRAME_MS, bytesOfMs, bytesPerSample, msOfBytes, type AudioFormat } from '../audio/format.ts';
import { Gain } from '../audio/gain.ts';
import type { Clock } from '../base/clock.ts';
import { turnId, type TurnId } from '../base/ids.ts';
import type { Line } from '../carrier/line.ts';
import { Ledger, type Account, type Unheard } from './ledger.ts';
import type { Paced, Pacer } from './pacer.ts';
import type { Played } from './played.ts';
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
  /** Is told what the line plays, as loud as it plays it. */
  readonly played?: Played | undefined;
}

export class Playout implements Paced {
  readonly #format: AudioFormat;
  readonly #frameBytes: number;
  readonly #clock: Clock;
  readonly #pacer: Pacer;
  readonly #onTurnHeard: (turn: TurnId) => void;
  readonly #queue: SoundQueue;
  readonly #ledger: Ledger;
  /** Only what goes to the line is softer: the queue and the ledger keep the sound as it came. */
  readonly #gain: Gain;
  #played: Played | undefined;
  #line: Line | undefined;
  #attachedMs = 0;
  #deadUpTo: TurnId = turnId(0);
  readonly #dropped = new Set<TurnId>();
  /** When what was sent will have been played, by our own clock alone: were marks to slow the pace, a late one would starve the line. */
  #playsUntilMs = 0;
  /** The last turn of which anything was sent, be it its end alone. */
  #begun: TurnId = turnId(0);
  #unmarkedBytes = 0;

  constructor({ format, clock, pacer, onTurnHeard, played }: PlayoutOptions) {
    this.#format = format;
    this.#frameBytes = bytesOfMs(format, FRAME_MS);
    this.#clock = clock;
    this.#pacer = pacer;
    this.#onTurnHeard = onTurnHeard;
    this.#queue = new SoundQueue(this.#frameBytes);
    this.#ledger = new Ledger(bytesOfMs(format, 1), bytesPerSample(format));
    this.#gain = new Gain(format);
    this.#played = played;
  }

  /** From now on sound goes to this line; what waited starts at once. */
  attach(line: Line): void {
    this.#line = line;
    this.#attachedMs = this.#clock.nowMs();
    this.#send();
  }

  /** The line is lost: what it did not confirm to have played waits for the next one. */
  detach(): void {
    this.#line = undefined;
    this.#forget();
    this.#gain.reset();
    this.#putBack(this.#ledger.lose());
  }

  /** From now on it is told what the line plays. */
  tellPlayed(played: Played | undefined): void {
    this.#played = played;
  }

  isDead(turn: TurnId): boolean {
    return turn <= this.#deadUpTo || this.#dropped.has(turn);
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

  /**
   * From what the caller hears now on, the agent's voice is softer by `-db` decibels (`db` below 0), until `raise`, `cut`
   * or `detach`. What the line has not played is cleared and sent again, from the very sample.
   */
  lower(db: number): void {
    this.#level(db);
  }

  /** The agent's voice is as loud as it was, from what the caller hears now on. */
  raise(): void {
    this.#level(0);
  }

  /**
   * Forgets a turn of which nothing was sent yet: no more of it is taken, and it is never reported as heard. False, and
   * nothing changes, when some of it was sent.
   */
  drop(turn: TurnId): boolean {
    if (turn <= this.#begun) return false;
    this.#dropped.add(turn);
    this.#queue.drop(turn);
    return true;
  }

  /** Every turn up to this one is dead: nothing more of it is sent. The owner then clears the line. */
  cut(upTo: TurnId): void {
    if (upTo > this.#deadUpTo) this.#deadUpTo = upTo;
    this.#queue.clear();
    this.#forget();
    this.#gain.reset();
    this.#ledger.cut(this.#clock.nowMs());
  }

  /** A mark came back from the line. */
  marked(name: string): void {
    for (const turn of this.#ledger.marked(name, this.#clock.nowMs())) this.#onTurnHeard(turn);
  }

  account(turn: TurnId): TurnAccount {
    return this.#inMs(this.#ledger.account(turn, this.#clock.nowMs()));
  }

  /** As it will be when a clear that is sent now reaches the caller. */
  accountIfCut(turn: TurnId): TurnAccount {
    return this.#inMs(this.#ledger.accountIfCut(turn, this.#clock.nowMs()));
  }

  #inMs({ acceptedBytes, sentBytes, heardBytes }: Account): TurnAccount {
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

  /** How much sound we hold, or have sent and it cannot have been played, by our own clock. Infinity: there is no line. */
  get aheadMs(): number {
    if (!this.#line) return Infinity;
    const sentMs = Math.max(0, this.#playsUntilMs - this.#clock.nowMs());
    return sentMs + msOfBytes(this.#format, this.#queue.bytes);
  }

  /** Since the caller last heard anything, or could; 0 while they do. */
  get silentMs(): number {
    if (this.#queue.bytes > 0 && this.#line) return 0;
    const quietSinceMs = Math.max(this.#attachedMs, this.#ledger.heardOutAtMs);
    return Math.max(0, this.#clock.nowMs() - quietSinceMs);
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
    this.#played?.cleared();
    this.#pacer.remove(this);
  }

  #level(db: number): void {
    if (db === this.#gain.db) return;
    const unheard = this.#line ? this.#ledger.recall(this.#clock.nowMs()) : [];
    const bytes = unheard.reduce((sum, what) => sum + ('end' in what ? 0 : what.bytes.length), 0);
    this.#gain.rewind(bytes);
    this.#gain.toDb(db);
    if (bytes === 0) {
      // What comes next follows silence: nothing to ramp from, and at its own level it is the very bytes.
      if (this.#gain.db === 0) this.#gain.reset();
      return;
    }
    this.#forget();
    this.#line?.clear();
    this.#putBack(unheard);
    this.#send();
  }

  #putBack(unheard: Unheard[]): void {
    for (const what of unheard.reverse()) this.#queue.putBack(what);
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
      if (taken.kind === 'end') this.#end(line, taken.turn);
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
    // What has no room for another frame is marked now: a part of a frame may have gone before.
    const mostUnmarked = bytesOfMs(this.#format, MARK_EVERY_MS) - this.#frameBytes;
    if (this.#unmarkedBytes > mostUnmarked) this.#mark(line, turn, false);
  }

  #end(line: Line, turn: TurnId): void {
    if (this.#begun < turn) this.#begun = turn;
    this.#mark(line, turn, true);
  }

  #playPiece(line: Line, turn: TurnId, bytes: Uint8Array, nowMs: number): void {
    const heard = this.#gain.apply(bytes);
    line.play(heard);
    this.#played?.sent(heard);
    this.#ledger.sent(turn, bytes, nowMs);
    this.#playsUntilMs = Math.max(this.#playsUntilMs, nowMs) + msOfBytes(this.#format, bytes.length);
    this.#unmarkedBytes += bytes.length;
  }

  #mark(line: Line, turn: TurnId, isEnd: boolean): void {
    this.#unmarkedBytes = 0;
    line.mark(this.#ledger.mark(turn, isEnd));
  }
}
