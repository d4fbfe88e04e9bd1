// The transcript: who said what, and how much of it reached the caller. Knows nothing of sound or sockets.
import type { TurnId } from '../base/ids.ts';
import type { Said } from '../live/session.ts';
import { lettersHeard, USUAL_LETTERS_PER_MS, type Fragment, type Sounded } from './word-timing.ts';

export type Entry =
  | {
      readonly n: number;
      readonly who: 'caller';
      readonly atMs: number;
      readonly text: string;
      readonly state: 'open' | 'done';
    }
  | {
      readonly n: number;
      readonly who: 'agent';
      readonly atMs: number;
      readonly turn: TurnId;
      readonly text: string;
      /** `cut`: the caller interrupted; `heard` is then what came before, in whole words. */
      readonly state: 'open' | 'done' | 'cut';
      readonly heard: string;
    };

/** The sound of one turn: what there is of it, and what was heard. */
export interface Played {
  readonly acceptedMs: number;
  readonly heardMs: number;
}

interface Timing {
  readonly fragments: readonly Fragment[];
  readonly state: Sounded['state'];
}

const NO_WORDS: Timing = { fragments: [], state: 'open' };
/** Transcripts come unordered against sound; a caller who interrupts is rarely transcribed sooner than this. */
const LATE_WORDS_MS = 1_000;

export class Transcript {
  readonly #entries: Entry[];
  readonly #changed: (entry: Entry) => void;
  /** The number of the next one. */
  #next: number;
  /** Of each turn that is open: when its words came. */
  readonly #timings = new Map<TurnId, Timing>();
  /** Of turns that were heard whole. */
  #spoken = { letters: 0, ms: 0 };

  /** `before`: what another process wrote down of this call, and how the next entry is numbered. */
  constructor(
    changed: (entry: Entry) => void,
    before: { readonly entries: readonly Entry[]; readonly next: number } = { entries: [], next: 0 },
  ) {
    this.#changed = changed;
    this.#entries = [...before.entries];
    this.#next = before.next;
  }

  /** So many numbers were given. */
  get numbered(): number {
    return this.#next;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Turns whose end nobody has heard yet. */
  get openTurns(): readonly TurnId[] {
    return this.#entries.flatMap((entry) =>
      entry.who === 'agent' && entry.state === 'open' ? [entry.turn] : [],
    );
  }

  /** The conversation as the caller heard it; a turn that is still being played counts whole. */
  get said(): readonly Said[] {
    return this.saidFrom(0);
  }

  /** The same, without so many entries at its beginning. */
  saidFrom(n: number): readonly Said[] {
    return saidIn(this.#entries.slice(n));
  }

  /** As it would be were the call over now; `played` as in `close`. Nothing is changed. */
  heardSoFar(played: (turn: TurnId) => Played): readonly Entry[] {
    return this.#entries.map((entry) =>
      entry.who === 'agent' && entry.state === 'open' ? this.#cutAt(entry, played(entry.turn)) : entry,
    );
  }

  /** `beganMs`: when it was heard to begin; the words come only when the model has understood them. */
  callerSaid(fragment: string, atMs: number, beganMs = atMs): void {
    const open = this.#callerEntryFor(atMs);
    if (open) this.#replace({ ...open, text: open.text + fragment });
    else this.#add({ n: this.#next, who: 'caller', atMs: beganMs, text: fragment, state: 'open' });
  }

  /** The agent began to sound: what the caller said before it is complete. */
  turnStarted(turn: TurnId, atMs: number): void {
    this.closeCaller();
    if (!this.#turn(turn))
      this.#add({ n: this.#next, who: 'agent', atMs, turn, text: '', state: 'open', heard: '' });
  }

  /** `soundMs`: how much sound of the turn there was when these words came. */
  agentSaid(turn: TurnId, fragment: string, atMs: number, soundMs: number): void {
    if (!this.#turn(turn)) this.turnStarted(turn, atMs);
    const entry = this.#turn(turn)!;
    const text = entry.text + fragment;
    if (entry.state === 'open') {
      const timing = this.#timings.get(turn) ?? NO_WORDS;
      const fragments = [...timing.fragments, { letters: fragment.length, atMs: soundMs }];
      this.#timings.set(turn, { ...timing, fragments });
    }
    this.#replace({ ...entry, text, heard: entry.state === 'done' ? text : entry.heard });
  }

  /** No more sound of this turn will come. */
  turnEnded(turn: TurnId): void {
    if (this.#turn(turn)?.state === 'open')
      this.#timings.set(turn, { ...(this.#timings.get(turn) ?? NO_WORDS), state: 'complete' });
  }

  /** `soundMs`: how long the whole turn was. */
  turnHeard(turn: TurnId, soundMs: number): void {
    const entry = this.#turn(turn);
    if (entry?.state !== 'open') return;
    const { letters, ms } = this.#spoken;
    // Words that are yet to come tell no pace.
    if (entry.text !== '') this.#spoken = { letters: letters + entry.text.length, ms: ms + soundMs };
    this.#timings.delete(turn);
    this.#replace({ ...entry, state: 'done', heard: entry.text });
  }

  /**
   * The turn broke off after `soundMs` of sound. Words come a few at a time and ahead of their sound: what has no sound
   * yet was not said, and will be said anew.
   */
  turnBroke(turn: TurnId, soundMs: number): void {
    const entry = this.#turn(turn);
    if (entry?.state !== 'open' || entry.text === '') return;
    const { fragments } = this.#timings.get(turn) ?? NO_WORDS;
    const sounded = lettersHeard(this.#sounded({ fragments, state: 'open' }, soundMs), soundMs);
    const text = nearestWords(entry.text, sounded);
    this.#timings.set(turn, { fragments: firstOf(fragments, text.length), state: 'complete' });
    this.#replace({ ...entry, text });
  }

  /** Whether more of this turn may come. */
  isGrowing(turn: TurnId): boolean {
    return this.#turn(turn)?.state === 'open' && this.#timings.get(turn)?.state !== 'complete';
  }

  /** Nothing of this turn is played. */
  drop(turn: TurnId): void {
    const entry = this.#turn(turn);
    if (entry?.state !== 'open') return;
    this.#timings.delete(turn);
    this.#replace({ ...entry, state: 'cut', heard: '' });
  }

  /** Every open turn up to this one was cut; `played` says how much of a turn's sound was heard. */
  cut(upTo: TurnId, played: (turn: TurnId) => Played): void {
    for (const entry of this.#entries) {
      if (entry.who !== 'agent' || entry.state !== 'open' || entry.turn > upTo) continue;
      const cut = this.#cutAt(entry, played(entry.turn));
      this.#timings.delete(entry.turn);
      this.#replace(cut);
    }
  }

  /** The call is over: what is open stays as far as it got. */
  close(played: (turn: TurnId) => Played): void {
    this.closeCaller();
    for (const entry of this.#entries) if (entry.who === 'agent') this.cut(entry.turn, played);
  }

  closeCaller(): void {
    const open = this.#entries.findLast((entry) => entry.state === 'open' && entry.who === 'caller');
    if (open) this.#replace({ ...open, state: 'done' });
  }

  #cutAt(entry: Extract<Entry, { who: 'agent' }>, { acceptedMs, heardMs }: Played): Entry {
    const timing = this.#timings.get(entry.turn) ?? NO_WORDS;
    const heard = wordsWithin(entry.text, lettersHeard(this.#sounded(timing, acceptedMs), heardMs));
    return { ...entry, state: 'cut', heard };
  }

  #sounded(timing: Timing, soundMs: number): Sounded {
    const { letters, ms } = this.#spoken;
    return { ...timing, soundMs, lettersPerMs: letters > 0 && ms > 0 ? letters / ms : USUAL_LETTERS_PER_MS };
  }

  /** The open one; or the last, for words that the model transcribed only once it had begun to answer them. */
  #callerEntryFor(atMs: number): Extract<Entry, { who: 'caller' }> | undefined {
    const index = this.#entries.findLastIndex((entry) => entry.who === 'caller');
    const entry = this.#entries[index];
    if (entry?.who !== 'caller') return undefined;
    const answer = this.#entries[index + 1];
    return entry.state === 'open' || (answer && atMs - answer.atMs < LATE_WORDS_MS) ? entry : undefined;
  }

  #turn(turn: TurnId): Extract<Entry, { who: 'agent' }> | undefined {
    const found = this.#entries.findLast((entry) => entry.who === 'agent' && entry.turn === turn);
    return found?.who === 'agent' ? found : undefined;
  }

  #add(entry: Entry): void {
    this.#next += 1;
    this.#entries.push(entry);
    this.#changed(entry);
  }

  #replace(entry: Entry): void {
    this.#entries[this.#entries.findLastIndex(({ n }) => n === entry.n)] = entry;
    this.#changed(entry);
  }
}

/** What of these was heard, in words. */
export const saidIn = (entries: readonly Entry[]): readonly Said[] =>
  entries.flatMap((entry) => {
    const text = entry.who === 'agent' && entry.state === 'cut' ? entry.heard : entry.text;
    return text.trim() === '' ? [] : [{ who: entry.who, text }];
  });

/** Sums of fractions of letters fall short of a whole one by less. */
const ROUNDING = 1e-6;

/** The words of a text whose end comes nearest to its first `letters`. */
function nearestWords(text: string, letters: number): string {
  const ends = [...text.matchAll(/\S+/g)].map(({ index, 0: word }) => index + word.length);
  const end = ends.reduce((best, at) => (Math.abs(at - letters) < Math.abs(best - letters) ? at : best), 0);
  return text.slice(0, end);
}

/** The whole words within the first `letters` of a text; a word that was begun does not count as heard. */
export function wordsWithin(text: string, letters: number): string {
  const whole = text.trimEnd();
  const end = Math.floor(letters + ROUNDING);
  if (end >= whole.length) return whole;
  const cut = whole.slice(0, Math.max(0, end));
  return /\s/.test(whole[end] ?? '') ? cut.trimEnd() : cut.slice(0, cut.search(/\S*$/)).trimEnd();
}

/** What is left of the fragments of a text that was cut to its first `letters`. */
function firstOf(fragments: readonly Fragment[], letters: number): Fragment[] {
  let left = letters;
  return fragments.flatMap((fragment) => {
    const kept = Math.min(left, fragment.letters);
    left -= kept;
    return kept > 0 ? [{ ...fragment, letters: kept }] : [];
  });
}
