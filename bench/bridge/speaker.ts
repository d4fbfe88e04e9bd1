// When the model speaks and what it is interrupted in: the turns of one call, the same for every bridge. Knows nothing
// of sockets; how things are written is the dialect's.
import type { Books } from './books.ts';
import { CHUNKS_MS, type Dialect } from './dialect.ts';

/** Sound is generated so much faster than it is heard. */
const SPEED = 3.5;
const SHORTEST_TURN_MS = 800;
const LONGEST_TURN_MS = 2_400;
const WORDS_EVERY_MS = 500;
/** The caller's words are transcribed this long before the answer starts, away from the first sound that is timed. */
const HEARD_BEFORE_MS = 150;
/** Every so many turns the caller interrupts. */
const INTERRUPTED_EVERY = 3;

interface Turn {
  readonly startedMs: number;
  readonly lengthMs: number;
  readonly interruptedMs: number;
  sentMs: number;
  wordsMs: number;
}

type State = { is: 'quiet'; untilMs: number; heard: boolean } | { is: 'speaking'; turn: Turn };

export class Speaker {
  readonly #dialect: Dialect;
  readonly #books: Books;
  readonly #send: (message: Buffer) => void;
  #seed: number;
  #turns: number;
  #state: State;

  constructor(dialect: Dialect, books: Books, seed: number, send: (message: Buffer) => void) {
    this.#dialect = dialect;
    this.#books = books;
    this.#seed = seed;
    this.#turns = seed + 1;
    this.#send = send;
    this.#state = { is: 'quiet', untilMs: performance.now() + this.#random(200, 2_000), heard: false };
  }

  tick(nowMs: number): void {
    const state = this.#state;
    if (state.is === 'speaking') return this.#goOn(state.turn, nowMs);
    if (!state.heard && nowMs >= state.untilMs - HEARD_BEFORE_MS) {
      state.heard = true;
      this.#say(this.#dialect.callerSaid);
    }
    if (nowMs >= state.untilMs) this.#begin(nowMs);
  }

  /** No further turn; the one that goes on stays unfinished. */
  hush(): void {
    this.#state = { is: 'quiet', untilMs: Infinity, heard: true };
  }

  #begin(nowMs: number): void {
    const lengthMs = this.#random(SHORTEST_TURN_MS, LONGEST_TURN_MS);
    this.#turns += 1;
    const interruptedMs =
      this.#turns % INTERRUPTED_EVERY === 0 ? nowMs + lengthMs * this.#random(0.3, 0.9) : Infinity;
    const turn: Turn = { startedMs: nowMs, lengthMs, interruptedMs, sentMs: 0, wordsMs: 0 };
    this.#state = { is: 'speaking', turn };
    this.#goOn(turn, nowMs);
  }

  #goOn(turn: Turn, nowMs: number): void {
    while (turn.sentMs < turn.lengthMs && turn.startedMs + turn.sentMs / SPEED <= nowMs) {
      const ms = CHUNKS_MS[Math.floor(this.#random(0, CHUNKS_MS.length))]!;
      if (turn.sentMs === 0) this.#books.turnStarts(performance.now());
      this.#books.agentSent(ms);
      this.#say(this.#dialect.chunk(ms));
      turn.sentMs += ms;
      if (turn.sentMs - turn.wordsMs >= WORDS_EVERY_MS) {
        turn.wordsMs = turn.sentMs;
        this.#say(this.#dialect.agentSaid);
      }
      if (turn.sentMs >= turn.lengthMs) this.#say(this.#dialect.generated);
    }
    if (nowMs >= turn.interruptedMs) {
      this.#books.interrupted(performance.now());
      this.#end(turn, this.#dialect.interrupted);
    } else if (nowMs >= turn.startedMs + turn.sentMs && turn.sentMs >= turn.lengthMs) {
      this.#end(turn, this.#dialect.complete);
      this.#books.turnCompletes();
    }
  }

  /** As long silent as it speaks, also when interrupted. */
  #end({ startedMs, lengthMs }: Turn, messages: readonly Buffer[]): void {
    this.#say(messages);
    this.#state = { is: 'quiet', untilMs: startedMs + 2 * lengthMs, heard: false };
  }

  #say(messages: readonly Buffer[]): void {
    for (const message of messages) this.#send(message);
  }

  /** Evenly spread; mulberry32, because the runs of two bridges must not differ in what is said. */
  #random(from: number, to: number): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return from + ((to - from) * ((bits ^ (bits >>> 14)) >>> 0)) / 2 ** 32;
  }
}
