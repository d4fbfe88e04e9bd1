// The ledger: what was sent to the caller's ear and what arrived there, turn by turn, in bytes of the line's format.
// Knows nothing of queues, sockets or pacing.
import type { TurnId } from '../base/ids.ts';

export interface Account {
  readonly turn: TurnId;
  /** Given to us to play, whether sent yet or not. */
  readonly acceptedBytes: number;
  readonly sentBytes: number;
  readonly heardBytes: number;
}

interface Sent {
  turn: TurnId;
  bytes: Uint8Array;
  /** Where in the stream of everything sent this piece ends. */
  endsAt: number;
}

interface Turn {
  acceptedBytes: number;
  /** Where in the stream of everything sent the turn began, and where it ends so far. */
  from: number;
  to: number;
}

export class Ledger {
  readonly #bytesPerMs: number;
  #sentTo = 0;
  #markedTo = 0;
  /** At this moment, the caller was hearing this position; it moves on by the clock. */
  #anchor = { position: 0, atMs: 0 };
  #unheard: Sent[] = [];
  readonly #turns = new Map<TurnId, Turn>();

  constructor(bytesPerMs: number) {
    this.#bytesPerMs = bytesPerMs;
  }

  /** Position in the stream of everything sent; marks carry it. */
  get sentTo(): number {
    return this.#sentTo;
  }

  accepted(turn: TurnId, bytes: number): void {
    this.#turn(turn).acceptedBytes += bytes;
  }

  sent(turn: TurnId, bytes: Uint8Array, nowMs: number): void {
    // What is sent into silence is heard from now on; what is sent behind other sound is heard after it.
    if (this.#heardTo(nowMs) >= this.#sentTo) this.#anchor = { position: this.#sentTo, atMs: nowMs };
    const account = this.#turn(turn);
    if (account.from === account.to) account.from = this.#sentTo;
    this.#sentTo += bytes.length;
    account.to = this.#sentTo;
    this.#unheard.push({ turn, bytes, endsAt: this.#sentTo });
  }

  /** The carrier says that everything up to this position was played. */
  marked(position: number, nowMs: number): void {
    if (position < this.#markedTo || position > this.#sentTo) return;
    this.#markedTo = position;
    this.#anchor = { position, atMs: nowMs };
    this.#unheard = this.#unheard.filter(({ endsAt }) => endsAt > position);
  }

  /** What the caller has heard of this turn: by the marks, and between them by the clock. */
  account(turn: TurnId, nowMs: number): Account {
    const found = this.#turns.get(turn);
    if (!found) return { turn, acceptedBytes: 0, sentBytes: 0, heardBytes: 0 };
    const { acceptedBytes, from, to } = found;
    const heard = Math.min(to, this.#heardTo(nowMs)) - from;
    return { turn, acceptedBytes, sentBytes: to - from, heardBytes: Math.max(0, Math.round(heard)) };
  }

  /**
   * The line forgot what it had not played: from here on nothing of it counts as sent.
   * Gives back what was forgotten, oldest first, in whole pieces of `wholeBytes`.
   */
  forget(nowMs: number, wholeBytes: number): { turn: TurnId; bytes: Uint8Array }[] {
    const heardTo = Math.round(Math.floor(this.#heardTo(nowMs) / wholeBytes) * wholeBytes);
    const forgotten = this.#unheard
      .map(({ turn, bytes, endsAt }) => ({
        turn,
        bytes: bytes.subarray(Math.max(0, bytes.length - (endsAt - heardTo))),
      }))
      .filter(({ bytes }) => bytes.length > 0);
    for (const account of this.#turns.values()) {
      account.from = Math.min(account.from, heardTo);
      account.to = Math.min(account.to, heardTo);
    }
    this.#unheard = [];
    this.#sentTo = Math.min(this.#sentTo, heardTo);
    this.#markedTo = this.#sentTo;
    this.#anchor = { position: this.#sentTo, atMs: nowMs };
    return forgotten;
  }

  #turn(turn: TurnId): Turn {
    let found = this.#turns.get(turn);
    if (!found) this.#turns.set(turn, (found = { acceptedBytes: 0, from: 0, to: 0 }));
    return found;
  }

  #heardTo(nowMs: number): number {
    const byClock = this.#anchor.position + (nowMs - this.#anchor.atMs) * this.#bytesPerMs;
    return Math.min(this.#sentTo, Math.max(this.#markedTo, byClock));
  }
}
