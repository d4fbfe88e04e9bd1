// What the call wants the model to hear in words: what is to be answered, and what is only to be known. Keeps it until it
// has reached a model that was not lost meanwhile. Knows nothing of wires.
import type { ToolCallId } from '../../base/ids.ts';

/** A prompt is answered by a new turn; a result also by more sound of the turn in which the function was called. */
export interface Asked {
  readonly by: 'prompt' | 'result';
  readonly text: string;
  /** Whose result it is. */
  readonly of?: ToolCallId;
}

export class Outbox {
  #asked: Asked[] = [];
  /** All there ever was; the last `#untold` of them the model does not know. */
  readonly #notes: string[] = [];
  #untold = 0;

  /** Put to the model and not answered. */
  get asked(): readonly Asked[] {
    return this.#asked;
  }

  /** How many notes the model knows. */
  get toldCount(): number {
    return this.#notes.length - this.#untold;
  }

  ask(asked: Asked): void {
    this.#asked.push(asked);
  }

  /** The model turned to something new. */
  answered(): void {
    this.#asked = [];
  }

  /** More sound of a turn came. */
  soundedOn(): void {
    if (this.#asked.length > 0) this.#asked = this.#asked.filter(({ by }) => by === 'prompt');
  }

  note(text: string): void {
    this.#notes.push(text);
    this.#untold += 1;
  }

  /** The model has forgotten all but the first `toldCount` notes. */
  forgotten(toldCount: number): void {
    this.#untold = this.#notes.length - toldCount;
  }

  /** What it has to be told now, which it then knows. */
  takeNotes(): readonly string[] {
    const notes = this.#untold === 0 ? [] : this.#notes.slice(-this.#untold);
    this.#untold = 0;
    return notes;
  }
}
