// The transcript: who said what, and how much of it reached the caller. Knows nothing of sound or sockets.
import type { TurnId } from '../base/ids.ts';
import type { Said } from '../live/session.ts';

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
      /** `cut`: the caller interrupted; `heard` is then what came before, reckoned from the share of sound that was played. */
      readonly state: 'open' | 'done' | 'cut';
      readonly heard: string;
    };

/** 150 words a minute; until a voice has shown its own pace. */
const USUAL_LETTERS_PER_MS = 0.014;
/** Transcripts come unordered against sound; a caller who interrupts is rarely transcribed sooner than this. */
const LATE_WORDS_MS = 1_000;

export class Transcript {
  readonly #entries: Entry[] = [];
  readonly #changed: (entry: Entry) => void;
  /** Of each turn that is open: how long its text was before the last words came. */
  readonly #beforeLast = new Map<TurnId, number>();
  /** Of turns that were heard whole. */
  #spoken = { letters: 0, ms: 0 };

  constructor(changed: (entry: Entry) => void) {
    this.#changed = changed;
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
    return this.#entries.flatMap((entry) => {
      const text = entry.who === 'agent' && entry.state === 'cut' ? entry.heard : entry.text;
      return text.trim() === '' ? [] : [{ who: entry.who, text }];
    });
  }

  callerSaid(fragment: string, atMs: number): void {
    const open = this.#callerEntryFor(atMs);
    if (open) this.#replace({ ...open, text: open.text + fragment });
    else this.#add({ n: this.#entries.length, who: 'caller', atMs, text: fragment, state: 'open' });
  }

  /** The agent began to sound: what the caller said before it is complete. */
  turnStarted(turn: TurnId, atMs: number): void {
    this.closeCaller();
    if (!this.#turn(turn))
      this.#add({ n: this.#entries.length, who: 'agent', atMs, turn, text: '', state: 'open', heard: '' });
  }

  agentSaid(turn: TurnId, fragment: string, atMs: number): void {
    const entry = this.#turn(turn);
    if (!entry) {
      this.turnStarted(turn, atMs);
      this.agentSaid(turn, fragment, atMs);
    } else {
      const text = entry.text + fragment;
      this.#beforeLast.set(turn, entry.text.length);
      this.#replace({ ...entry, text, heard: entry.state === 'done' ? text : entry.heard });
    }
  }

  /** `soundMs`: how long the whole turn was. */
  turnHeard(turn: TurnId, soundMs: number): void {
    const entry = this.#turn(turn);
    if (entry?.state !== 'open') return;
    const { letters, ms } = this.#spoken;
    this.#spoken = { letters: letters + entry.text.length, ms: ms + soundMs };
    this.#beforeLast.delete(turn);
    this.#replace({ ...entry, state: 'done', heard: entry.text });
  }

  /**
   * The turn broke off after `soundMs` of sound. Words come a few at a time and ahead of their sound: what has no sound
   * yet was not said, and will be said anew.
   */
  turnBroke(turn: TurnId, soundMs: number): void {
    const entry = this.#turn(turn);
    if (entry?.state !== 'open' || entry.text === '') return;
    const { letters, ms } = this.#spoken;
    const lettersPerMs = ms > 0 && letters > 0 ? letters / ms : USUAL_LETTERS_PER_MS;
    const sounded = Math.max(this.#beforeLast.get(turn) ?? 0, soundMs * lettersPerMs);
    this.#replace({ ...entry, text: nearestWords(entry.text, sounded) });
  }

  /** Every open turn up to this one was cut; `shareHeard` says how much of a turn's sound was played, 0 to 1. */
  cut(upTo: TurnId, shareHeard: (turn: TurnId) => number): void {
    for (const entry of this.#entries)
      if (entry.who === 'agent' && entry.state === 'open' && entry.turn <= upTo)
        this.#replace({ ...entry, state: 'cut', heard: wordsOf(entry.text, shareHeard(entry.turn)) });
  }

  /** The call is over: what is open stays as far as it got. */
  close(shareHeard: (turn: TurnId) => number): void {
    this.closeCaller();
    for (const entry of this.#entries) if (entry.who === 'agent') this.cut(entry.turn, shareHeard);
  }

  closeCaller(): void {
    const open = this.#entries.findLast((entry) => entry.state === 'open' && entry.who === 'caller');
    if (open) this.#replace({ ...open, state: 'done' });
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
    this.#entries.push(entry);
    this.#changed(entry);
  }

  #replace(entry: Entry): void {
    this.#entries[entry.n] = entry;
    this.#changed(entry);
  }
}

/** The words of a text whose end comes nearest to its first `letters`. */
function nearestWords(text: string, letters: number): string {
  const ends = [...text.matchAll(/\S+/g)].map(({ index, 0: word }) => index + word.length);
  const end = ends.reduce((best, at) => (Math.abs(at - letters) < Math.abs(best - letters) ? at : best), 0);
  return text.slice(0, end);
}

/** The whole words of the first `share` of a text; a word that was begun does not count as heard. */
export function wordsOf(text: string, share: number): string {
  const whole = text.trimEnd();
  const end = Math.floor(whole.length * Math.min(1, Math.max(0, share)));
  if (end >= whole.length) return whole;
  const cut = whole.slice(0, end);
  return /\s/.test(whole[end] ?? '') ? cut.trimEnd() : cut.slice(0, cut.search(/\S*$/)).trimEnd();
}
