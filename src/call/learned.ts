// What came to be known in a call beside what was said: what the caller typed, what operators noted, what tools answered. For
// an agent to whom the caller is handed. Of secrets it hears nothing: their keys are not told, and tools' answers are cleared of them.
import type { ToolCallId } from '../base/ids.ts';
import type { JsonObject, ToolAnswer, ToolCall } from '../live/session.ts';

/** As much of it as a model wants to read with its instructions: about 3,000 tokens, the newest. */
const MOST_CHARACTERS = 12_000;
/** A result may come late, after an answer that it would: of so many calls it is known what they asked. */
const MOST_ASKED = 50;
/** How many digits of a secret came, and the last of them, as told to the agent that asked for it (tools/http/typed.ts). */
const OF_A_SECRET = /^typed_/;
/** All else that a model is told in the middle of a call asks something of that very model. */
const PRESSED = /^\[(The caller pressed [^\]]*)\]/;

export const inSeconds = (ms: number): string => {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  return seconds === 1 ? 'a second' : `${seconds} seconds`;
};

export class Learned {
  #notes: readonly string[];
  readonly #asked = new Map<ToolCallId, JsonObject>();

  /** `before`: in this call, in another process. */
  constructor(before: readonly string[] = []) {
    this.#notes = before;
  }

  /** In words, one line each, oldest first. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Any words of ours to the model. */
  told(text: string): void {
    const [, pressed] = PRESSED.exec(text) ?? [];
    if (pressed !== undefined) this.#add(pressed);
  }

  operatorSaid(text: string): void {
    this.#add(`An operator of this line noted: ${JSON.stringify(text)}`);
  }

  operatorSpoke(forMs: number, note: string): void {
    const said = note === '' ? 'and left no note' : `and noted: ${JSON.stringify(note)}`;
    this.#add(`An operator of this line spoke with the caller for ${inSeconds(forMs)}, ${said}`);
  }

  toolCalled({ id, args }: ToolCall): void {
    this.#asked.set(id, args);
    const [oldest] = this.#asked.keys();
    if (this.#asked.size > MOST_ASKED && oldest !== undefined) this.#asked.delete(oldest);
  }

  toolAnswered({ id, name, response }: ToolAnswer): void {
    const args = this.#asked.get(id) ?? {};
    const open = Object.fromEntries(Object.entries(response).filter(([field]) => !OF_A_SECRET.test(field)));
    this.#add(`${name}(${JSON.stringify(args)}) answered: ${JSON.stringify(open)}`);
  }

  /** One that is longer by itself is kept all the same. */
  #add(note: string): void {
    const notes = [...this.#notes, note];
    let characters = 0;
    const first = notes.findLastIndex(({ length }) => (characters += length) > MOST_CHARACTERS);
    this.#notes = notes.slice(Math.min(first + 1, notes.length - 1));
  }
}
