// Where a conversation stands in its script. Knows nothing of sound, sockets or time.
import type { Script, Turn } from './script.ts';

export interface Position {
  readonly greeted: boolean;
  readonly next: number;
  /** Taken, but given back unsaid: it is the next reply, whatever asks for one. */
  readonly owed?: Turn | undefined;
}

export class Cursor {
  readonly #script: Script;
  #position: Position;

  constructor(script: Script, from: Position = { greeted: false, next: 0 }) {
    this.#script = script;
    this.#position = from;
  }

  get position(): Position {
    return this.#position;
  }

  /** The reply to the end of an utterance or to a text; undefined when the script has nothing to say. */
  take(to: 'speech' | 'text'): Turn | undefined {
    const { greeted, next, owed } = this.#position;
    const { greeting, turns, otherwise } = this.#script;
    if (owed !== undefined) {
      this.#position = { greeted, next };
      return owed;
    }
    if (to === 'text' && !greeted && greeting !== undefined) {
      this.#position = { greeted: true, next };
      return greeting;
    }
    this.#position = { greeted, next: Math.min(next + 1, turns.length) };
    return turns[next] ?? otherwise;
  }

  /** The caller went on before a word of the reply was out. */
  putBack(turn: Turn): void {
    this.#position = { ...this.#position, owed: turn };
  }
}
