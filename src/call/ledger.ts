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

/** What comes back from a lost line: sound that was not heard, and the ends of turns that were not. */
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
  #sentTo = 0;
  #markedTo = 0;
  /** No name is used twice, so that a mark of before a clear, or of a lost line, is known by nobody when it comes. */
  #marks = 0;
  /** At this moment the caller was hearing this position; it moves on by the clock. */
  #anchor = { position: 0, atMs: 0 };
  /** Sent and not yet known to be heard, oldest first. */
  #open: Sent[] = [];
  readonly #turns = new Map<TurnId, Turn>();

  constructor(bytesPerMs: number) {
    this.#bytesPerMs = bytesPerMs;
  }

  accepted(turn: TurnId, bytes: number): void {
    this.#turn(turn).acceptedBytes += bytes;
  }

  sent(turn: TurnId, bytes: Uint8Array, nowMs: number): void {
    // What is sent into silence is heard from now on; what is sent behind other sound is heard after it.
    if (this.#heardTo(nowMs) >= this.#sentTo) this.#anchor = { position: this.#sentTo, atMs: nowMs };
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
    this.#anchor = { position: this.#markedTo, atMs: nowMs };
    return heard.flatMap((sent) => (sent.kind === 'mark' && sent.isEnd ? [sent.turn] : []));
  }

  account(turn: TurnId, nowMs: number): Account {
    const found = this.#turns.get(turn);
    if (!found) return { acceptedBytes: 0, sentBytes: 0, heardBytes: 0 };
    const { acceptedBytes, from, to } = found;
    const heard = Math.min(to, this.#heardTo(nowMs)) - from;
    return { acceptedBytes, sentBytes: to - from, heardBytes: Math.max(0, Math.round(heard)) };
  }

  /** The turn that the caller is hearing now; undefined when everything sent was heard. */
  hearing(nowMs: number): TurnId | undefined {
    const heardTo = this.#heardTo(nowMs);
    return this.#open.find((sent) => sent.kind === 'sound' && sent.to > heardTo)?.turn;
  }

  unheardBytes(nowMs: number): number {
    return this.#sentTo - this.#heardTo(nowMs);
  }

  /** The line was cleared: what it had not played never will be, and does not count as sent. */
  cut(nowMs: number): void {
    this.#rewind(Math.floor(this.#heardTo(nowMs)));
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

  #heardTo(nowMs: number): number {
    const byClock = this.#anchor.position + (nowMs - this.#anchor.atMs) * this.#bytesPerMs;
    const overdue = this.#open.find((sent) => sent.kind === 'mark');
    const believed = overdue && byClock > overdue.to + OVERDUE_MS * this.#bytesPerMs ? overdue.to : byClock;
    return Math.min(this.#sentTo, believed);
  }
}
