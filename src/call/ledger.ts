// The ledger: what was sent to the caller's ear and what arrived there, in the order in which it was sent.
// Knows nothing of queues, sockets or pacing.
import type { TurnId } from '../base/ids.ts';

/**
 * How long a mark may be overdue before the clock is no longer believed: a carrier that plays returns it within a round
 * trip; one that was cut off never does, and nothing behind that mark was heard.
 */
const OVERDUE_MS = 300;

export interface Account {
  /** Given to us to play, whether sent yet or not. */
  readonly acceptedBytes: number;
  readonly sentBytes: number;
  readonly heardBytes: number;
}

/** What comes back from a line that is lost or cleared: sound that was not heard, and the ends of turns that were not. */
export type Unheard = { turn: TurnId; bytes: Uint8Array } | { turn: TurnId; end: true };

type Sent =
  | { kind: 'sound'; turn: TurnId; bytes: Uint8Array; from: number; to: number }
  | { kind: 'mark'; name: string; turn: TurnId; isEnd: boolean; to: number };

interface Turn {
  acceptedBytes: number;
  /** Where in the stream of everything sent the turn began, and where it ends so far. */
  from: number;
  to: number;
}

export class Ledger {
  readonly #bytesPerMs: number;
  readonly #sampleBytes: number;
  #sentTo = 0;
  #markedTo = 0;
  /** No name is used twice, so that a mark of before a clear, or of a lost line, is known by nobody when it comes. */
  #marks = 0;
  /**
   * At this moment the caller was hearing this position; it moves on by the clock. What we do then reaches the caller
   * `aheadMs` further on: what is sent takes as long as the sound did, but a mark has taken its own way back first.
   */
  #anchor = { position: 0, atMs: 0, aheadMs: 0 };
  /** Sent into silence, and no mark behind it has come back yet. */
  #probe: { readonly position: number; readonly atMs: number } | undefined;
  /** To the caller's ear and back: the least seen, as too much of it would skip words. */
  #roundTripMs: number | undefined;
  /** Sent and not yet known to be heard, oldest first. */
  #open: Sent[] = [];
  readonly #turns = new Map<TurnId, Turn>();

  constructor(bytesPerMs: number, sampleBytes: number) {
    this.#bytesPerMs = bytesPerMs;
    this.#sampleBytes = sampleBytes;
  }

  accepted(turn: TurnId, bytes: number): void {
    this.#turn(turn).acceptedBytes += bytes;
  }

  sent(turn: TurnId, bytes: Uint8Array, nowMs: number): void {
    // What is sent into silence is heard from now on; what is sent behind other sound is heard after it.
    if (this.#heardTo(nowMs) >= this.#sentTo) {
      this.#anchor = { position: this.#sentTo, atMs: nowMs, aheadMs: 0 };
      this.#probe = this.#anchor;
    }
    const account = this.#turn(turn);
    if (account.from === account.to) account.from = this.#sentTo;
    const from = this.#sentTo;
    this.#sentTo += bytes.length;
    account.to = this.#sentTo;
    this.#open.push({ kind: 'sound', turn, bytes, from, to: this.#sentTo });
  }

  /** A mark goes out behind everything sent so far; gives its name. */
  mark(turn: TurnId, isEnd: boolean): string {
    this.#marks += 1;
    const name = String(this.#marks);
    this.#open.push({ kind: 'mark', name, turn, isEnd, to: this.#sentTo });
    return name;
  }

  /** A mark came back: everything before it was played. Gives the turns whose end that was, in order. */
  marked(name: string, nowMs: number): TurnId[] {
    const at = this.#open.findIndex((sent) => sent.kind === 'mark' && sent.name === name);
    if (at < 0) return [];
    const heard = this.#open.splice(0, at + 1);
    this.#markedTo = heard.at(-1)!.to;
    this.#measure(nowMs);
    this.#anchor = { position: this.#markedTo, atMs: nowMs, aheadMs: this.#roundTripMs ?? 0 };
    return heard.flatMap((sent) => (sent.kind === 'mark' && sent.isEnd ? [sent.turn] : []));
  }

  /** As it is now. */
  account(turn: TurnId, nowMs: number): Account {
    return this.#accountAt(turn, this.#heardTo(nowMs));
  }

  /** As it will be when a clear that is sent now reaches the line. */
  accountIfCut(turn: TurnId, nowMs: number): Account {
    return this.#accountAt(turn, this.#reachedAt(nowMs));
  }

  #accountAt(turn: TurnId, heardTo: number): Account {
    const found = this.#turns.get(turn);
    if (!found) return { acceptedBytes: 0, sentBytes: 0, heardBytes: 0 };
    const { acceptedBytes, from, to } = found;
    const heard = Math.min(to, heardTo) - from;
    return { acceptedBytes, sentBytes: to - from, heardBytes: Math.max(0, Math.round(heard)) };
  }

  /** The turn that the caller is hearing now; undefined when everything sent was heard. */
  hearing(nowMs: number): TurnId | undefined {
    const heardTo = this.#heardTo(nowMs);
    return this.#open.find((sent) => sent.kind === 'sound' && sent.to > heardTo)?.turn;
  }

  /** When all that was sent will have been heard, or was. */
  get heardOutAtMs(): number {
    const { position, atMs } = this.#anchor;
    return atMs + (this.#sentTo - position) / this.#bytesPerMs;
  }

  unheardBytes(nowMs: number): number {
    return this.#sentTo - this.#heardTo(nowMs);
  }

  /** The line was cleared: what it had not played never will be, and does not count as sent. */
  cut(nowMs: number): void {
    this.#rewind(Math.floor(this.#heardTo(nowMs) / this.#sampleBytes) * this.#sampleBytes);
  }

  /**
   * The line is about to be cleared and to be given the same again: what it has not played by the clock, when the clear
   * reaches it, does not count as sent and comes back, oldest first, from the very sample, with every end that no mark confirmed. Nothing comes back,
   * and nothing changes, when all sound was heard.
   */
  recall(nowMs: number): Unheard[] {
    // To the nearest sample: a moment that is a rounding error early must not repeat one.
    const position = Math.round(this.#reachedAt(nowMs) / this.#sampleBytes) * this.#sampleBytes;
    if (position >= this.#sentTo) return [];
    const unheard = this.#open.flatMap((sent): Unheard[] => {
      if (sent.kind === 'mark') return sent.isEnd ? [{ turn: sent.turn, end: true }] : [];
      if (sent.to <= position) return [];
      return [{ turn: sent.turn, bytes: sent.bytes.subarray(Math.max(0, position - sent.from)) }];
    });
    this.#rewind(position);
    return unheard;
  }

  /**
   * The line is lost: what no mark confirmed does not count as sent and comes back, oldest first. The clock is not
   * believed here: a word that is heard twice does less harm than one that is never heard.
   */
  lose(): Unheard[] {
    const unheard = this.#open.flatMap((sent): Unheard[] => {
      if (sent.kind === 'sound') return [{ turn: sent.turn, bytes: sent.bytes }];
      return sent.isEnd ? [{ turn: sent.turn, end: true }] : [];
    });
    this.#rewind(this.#markedTo);
    return unheard;
  }

  #measure(nowMs: number): void {
    const probe = this.#probe;
    this.#probe = undefined;
    if (!probe || this.#markedTo <= probe.position) return;
    const playedMs = (this.#markedTo - probe.position) / this.#bytesPerMs;
    const roundTripMs = Math.max(0, nowMs - probe.atMs - playedMs);
    this.#roundTripMs = Math.min(roundTripMs, this.#roundTripMs ?? Infinity);
  }

  #rewind(position: number): void {
    for (const turn of this.#turns.values()) {
      turn.from = Math.min(turn.from, position);
      turn.to = Math.min(turn.to, position);
    }
    this.#open = [];
    this.#sentTo = position;
    this.#markedTo = position;
  }

  #turn(turn: TurnId): Turn {
    let found = this.#turns.get(turn);
    if (!found) this.#turns.set(turn, (found = { acceptedBytes: 0, from: 0, to: 0 }));
    return found;
  }

  /** Where the caller's ear is when something that is sent now arrives. */
  #reachedAt(nowMs: number): number {
    const heardTo = this.#heardTo(nowMs);
    return Math.min(this.#sentTo, heardTo + this.#anchor.aheadMs * this.#bytesPerMs);
  }

  #heardTo(nowMs: number): number {
    const byClock = this.#anchor.position + (nowMs - this.#anchor.atMs) * this.#bytesPerMs;
    const overdue = this.#open.find((sent) => sent.kind === 'mark');
    const believed = overdue && byClock > overdue.to + OVERDUE_MS * this.#bytesPerMs ? overdue.to : byClock;
    return Math.min(this.#sentTo, believed);
  }
}
