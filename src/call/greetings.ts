// Greetings: how each profile's first words sound, once a caller has heard them whole from the model. In this process's
// memory, and bounded. Decides neither when one is played nor what the model is told of it.
import type { Profile } from '../agents/profile.ts';
import { SoundRing } from '../audio/sound-ring.ts';
import type { TurnId } from '../base/ids.ts';
import type { SessionEvent } from '../live/session.ts';
import { wordsOf } from './words.ts';

export interface RecordedGreeting {
  /** In the line's format. */
  readonly sound: Uint8Array;
  /** `cache`: the model spoke it in an earlier call. `file`: the profile names it. */
  readonly from: 'cache' | 'file';
}

/** A server of many profiles, or of a greeting that tells the time, must not fill its memory. */
const MOST_ENTRIES = 200;
const MOST_BYTES = 20_000_000;
/** Spelling differs between what is written and what is transcribed ("Harbour", "Harbor"); a guest's name is one word more. */
const OTHER_WORDS_AT_MOST = 0.2;

/** What makes a greeting sound as it does; `words`: with the variables filled in. */
export const greetingKey = (
  { name, voice, model, language }: Pick<Profile, 'name' | 'voice' | 'model' | 'language'>,
  words: string,
): string => JSON.stringify([name, voice ?? null, model, language, words]);

export class Greetings {
  readonly #most: { readonly entries: number; readonly bytes: number };
  /** Oldest first. */
  readonly #sounds = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor({ entries = MOST_ENTRIES, bytes = MOST_BYTES } = {}) {
    this.#most = { entries, bytes };
  }

  get(key: string): Uint8Array | undefined {
    return this.#sounds.get(key);
  }

  /** The first recording stays: of several calls at once, each brings one. What is larger than all we keep is not kept. */
  keep(key: string, sound: Uint8Array): void {
    if (this.#sounds.has(key) || sound.length > this.#most.bytes) return;
    this.#sounds.set(key, sound);
    this.#bytes += sound.length;
    for (const [oldest, { length }] of this.#sounds) {
      if (this.#sounds.size <= this.#most.entries && this.#bytes <= this.#most.bytes) return;
      this.#sounds.delete(oldest);
      this.#bytes -= length;
    }
  }
}

type Take =
  | { is: 'waiting' }
  | { is: 'running'; turn: TurnId; sound: SoundRing }
  /** Taken whole, or thrown away. */
  | { is: 'over' };

/** The first turn of a call as the line gets it. Thrown away when it is not, or may not be, the greeting and all of it. */
export class Recording {
  readonly #mostBytes: number;
  #take: Take = { is: 'waiting' };

  /** `mostBytes`: longer than that is no greeting. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Copies. */
  add(turn: TurnId, frames: Uint8Array): void {
    if (this.#take.is === 'waiting') this.#take = { is: 'running', turn, sound: new SoundRing() };
    if (this.#take.is === 'over' || this.#take.turn !== turn) return;
    this.#take.sound.push(frames);
    if (this.#take.sound.endByte > this.#mostBytes) this.drop();
  }

  /** What the model does that makes the turn less than the greeting, or, once it has asked a tool, one for this caller alone. */
  onEvent(event: SessionEvent): void {
    const spoils =
      event.type === 'interrupted' ||
      event.type === 'toolsCalled' ||
      event.type === 'failed' ||
      (event.type === 'switching' && event.broken);
    if (spoils) this.drop();
  }

  drop(): void {
    if (this.#take.is === 'running') this.#take.sound.forget(Infinity);
    this.#take = { is: 'over' };
  }

  /** The whole of this turn, once; undefined when there is no such recording. */
  finish(turn: TurnId): Uint8Array | undefined {
    const take = this.#take;
    const sound = take.is === 'running' && take.turn === turn ? take.sound.copy() : undefined;
    this.drop();
    return sound;
  }
}

/** Whether the model said what it was told to: the same number of words, and few that are spelt otherwise. */
export function saysGreeting(said: string, greeting: string): boolean {
  const [heard, wanted] = [wordsOf(said), wordsOf(greeting)];
  const other = heard.filter((word, n) => word !== wanted[n]).length;
  return heard.length === wanted.length && other <= wanted.length * OTHER_WORDS_AT_MOST;
}
