// What the caller says while the model shall not hear it: kept, and whether it goes on.
import { VoiceActivity } from '../audio/voice-activity.ts';

/** A "Hello?" is over after a short pause; who goes on has more to say. */
const SPEECH = { startMs: 60, endMs: 300 };

export class HeldSpeech {
  readonly #all: Uint8Array[] = [];
  readonly #voice = new VoiceActivity(SPEECH);
  #isSpoken = false;

  get all(): readonly Uint8Array[] {
    return this.#all;
  }

  /** Whether the caller speaks now. */
  get isSpoken(): boolean {
    return this.#isSpoken;
  }

  push(pcm: Uint8Array): void {
    this.#all.push(pcm);
    for (const { type } of this.#voice.push(pcm)) this.#isSpoken = type === 'started';
  }
}
