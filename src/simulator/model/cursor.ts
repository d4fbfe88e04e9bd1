// Walks a conversation through its script: which turn a reply takes, and what is left of one that broke off. Knows
// nothing of sound, sockets or time.
import { askedWordsIn, sayingAsAsked } from './asked-words.ts';
import { recollect } from './memory.ts';
import { BEGINNING, beginningOf, isOver, type Place, type Position } from './position.ts';
import type { Script } from './script.ts';
import type { Told } from './told.ts';

export class Cursor {
  readonly #script: Script;
  #position: Position;
  /** What was read last told of the past: a model that remembers all of it has nothing to answer. */
  #recalled = false;
  /** What the text that was read last asks to be said. */
  #asked: string | undefined;

  constructor(script: Script, from: Position = BEGINNING) {
    this.#script = script;
    this.#position = from;
  }

  /** While this reply is under way, if one is. */
  positionIn(reply: { readonly place: Place; readonly hasBegun: boolean } | undefined): Position {
    if (reply === undefined || isOver(reply.place)) return this.#position;
    const { place, hasBegun } = reply;
    return { ...this.#position, left: { is: hasBegun ? 'broken' : 'owed', place } };
  }

  /** Answers with what the client says that functions answered, by name. */
  read(told: Told, answers: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
    const { position, results, found } = recollect(this.#script, this.#position, told, answers);
    // What was said as asked stands in no script: any words of the agent's tell that they were.
    const isTold = this.#script.greeting?.greets === 'as asked' && told.quotations.length > 0;
    this.#position = isTold ? { ...position, greeted: true } : position;
    this.#recalled = found || isTold;
    // A blank only makes the model answer what it read before.
    if (told.text.trim() !== '') this.#asked = askedWordsIn(told.text);
    return results;
  }

  /** Whether the rest of a broken reply waited for this function's result alone. */
  answered(name: string): boolean {
    const { left } = this.#position;
    const at = left?.place.awaits.indexOf(name) ?? -1;
    if (left === undefined || at < 0) return false;
    const awaits = left.place.awaits.toSpliced(at, 1);
    this.#position = { ...this.#position, left: { ...left, place: { ...left.place, awaits } } };
    return awaits.length === 0;
  }

  /**
   * Where the reply to the end of an utterance or to a text begins; undefined when there is nothing to say: the script
   * has come to its end, or the text told of the past and left nothing open.
   */
  take(to: 'speech' | 'text'): Place | undefined {
    const { greeted, next, left } = this.#position;
    const { greeting, turns, otherwise } = this.#script;
    const [recalled, asked] = [this.#recalled, this.#asked];
    this.#recalled = false;
    if (to === 'text') this.#asked = undefined;
    if (left?.is === 'owed' || (left !== undefined && to === 'text' && left.place.awaits.length === 0)) {
      this.#position = { greeted, next };
      return left.place;
    }
    if (to === 'text' && recalled) return undefined;
    const isAskedFor = greeting?.greets === 'as asked' && asked !== undefined;
    if (to === 'text' && greeting !== undefined && (!greeted || isAskedFor)) {
      this.#position = { greeted: true, next };
      return beginningOf(isAskedFor ? sayingAsAsked(greeting, asked) : greeting);
    }
    this.#position = { greeted, next: Math.min(next + 1, turns.length) };
    const turn = turns[next] ?? otherwise;
    return turn && beginningOf(turn);
  }

  /** The caller went on before a word of the reply was out. */
  putBack(place: Place): void {
    const isWhole = place.step === 0 && place.word === 0;
    this.#position = { ...this.#position, left: { is: isWhole ? 'owed' : 'broken', place } };
  }
}
