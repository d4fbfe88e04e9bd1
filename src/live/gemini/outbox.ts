// What the call wants the model to hear in words: what is to be answered, and what is only to be known. Keeps it until a
// handle stands for it, so that a model that was lost meanwhile can be told again. Knows nothing of wires.
import type { ToolCallId } from '../../base/ids.ts';

export interface Asked {
  /** What wants an answer. */
  readonly text: string;
  /** The same as something that is known; empty when it is nothing by itself. */
  readonly fact: string;
  /** Whose result it is. */
  readonly of?: ToolCallId;
  /**
   * What shows that the model answers it: a turn that begins after it; more sound of the turn in which it called and
   * waited; or nothing, as it is not to be answered.
   */
  readonly answeredBy: 'new turn' | 'more sound' | 'nothing';
  /** The model need not say anything to it. */
  readonly maybeSilent?: boolean;
}

interface Item extends Asked {
  readonly is: 'open' | 'sounded' | 'answered';
  /** Since when the model waits, and has said nothing to it. */
  readonly passedOverMs?: number;
}

/** A model that gives no handles must not make this grow. */
const MOST_ANSWERED = 10;
/**
 * A handle that comes so soon after words of ours was made before they arrived: a round trip to the API takes 20 to
 * 150 ms.
 */
export const HANDLE_LAG_MS = 200;

/** Some models call themselves idle once more before they speak to a result; the first sound of that comes about then. */
const PASSED_OVER_FOR_MS = 1_000;

export class Outbox {
  #items: Item[] = [];
  /** All there ever were; the last `#untold` of them the model does not know. */
  readonly #notes: string[] = [];
  #untold = 0;
  #lastTold = { count: 0, atMs: -Infinity };

  /** Put to the model and not answered. */
  get open(): readonly Asked[] {
    return this.#items.filter(({ is }) => is !== 'answered');
  }

  /** Answered, or being answered, and no handle knows it yet. */
  get answered(): readonly Asked[] {
    return this.#items.filter(({ is }) => is === 'answered');
  }

  get hasNotes(): boolean {
    return this.#untold > 0;
  }

  ask(asked: Asked): void {
    this.#items.push({ ...asked, is: asked.answeredBy === 'nothing' ? 'answered' : 'open' });
    this.#bound();
  }

  /** The model turned to something new. */
  turned(): void {
    this.#become('answered', () => true);
  }

  /** More sound of a turn came. Whether that answers all that was asked. */
  wentOn(): boolean {
    if (this.#items.length === 0) return false;
    this.#become('sounded', ({ is, answeredBy }) => is === 'open' && answeredBy === 'more sound');
    return !this.#items.some(({ is }) => is === 'open');
  }

  /** The model has said all that it had to say. */
  turnEnded(nowMs: number): void {
    this.#become('answered', ({ is }) => is === 'sounded');
    this.#items = this.#items.map((item) =>
      item.maybeSilent ? { ...item, passedOverMs: item.passedOverMs ?? nowMs } : item,
    );
  }

  /** What the model was free to say nothing to, and has not, is not waited for any more. */
  letBe(nowMs: number): void {
    this.#become('answered', ({ passedOverMs = Infinity }) => nowMs - passedOverMs >= PASSED_OVER_FOR_MS);
  }

  /** A handle came that stands for all that was answered. */
  known(): void {
    this.#items = this.#items.filter(({ is }) => is !== 'answered');
  }

  note(text: string): void {
    this.#notes.push(text);
    this.#untold += 1;
  }

  /** What it has to be told now, which it then knows. */
  takeNotes(nowMs: number): readonly string[] {
    const notes = this.#untold === 0 ? [] : this.#notes.slice(-this.#untold);
    if (notes.length > 0) this.#lastTold = { count: notes.length, atMs: nowMs };
    this.#untold = 0;
    return notes;
  }

  /** How many notes a handle that comes now stands for. */
  toldCount(nowMs: number): number {
    const { count, atMs } = this.#lastTold;
    return this.#notes.length - this.#untold - (nowMs - atMs < HANDLE_LAG_MS ? count : 0);
  }

  /** The model has forgotten all but the first `toldCount` notes. */
  forgotten(toldCount: number): void {
    this.#untold = this.#notes.length - toldCount;
  }

  #become(is: Item['is'], when: (item: Item) => boolean): void {
    this.#items = this.#items.map((item) => (when(item) ? { ...item, is } : item));
    this.#bound();
  }

  #bound(): void {
    const tooMany = this.answered.length - MOST_ANSWERED;
    for (const oldest of tooMany > 0 ? this.answered.slice(0, tooMany) : [])
      this.#items = this.#items.filter((item) => item !== oldest);
  }
}
