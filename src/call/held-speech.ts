// What the caller says while the model shall not hear it: kept, and what of it matters. Knows nothing of greetings.
import { msOfBytes, PCM16_16K } from '../audio/format.ts';
import { VoiceActivity } from '../audio/voice-activity.ts';

/** A "Hello?" is over after a short pause; who goes on has more to say. */
const SPEECH = { startMs: 60, endMs: 300 };
/** A reflex at pickup is shorter: "Hello?", "Yes, please?". */
const REFLEX_MS = 1_500;

interface Utterance {
  readonly fromMs: number;
  toMs: number | undefined;
}

/** PCM16 at 16 kHz. */
export class HeldSpeech {
  readonly #all: { readonly pcm: Uint8Array; isSpeech: boolean }[] = [];
  readonly #voice = new VoiceActivity(SPEECH);
  readonly #utterances: Utterance[] = [];
  #nowMs = 0;

  /** Whether the caller speaks now, by loudness. */
  get isSpoken(): boolean {
    const last = this.#utterances.at(-1);
    return last !== undefined && last.toMs === undefined;
  }

  /** `speechMs`: so much of the newest is known for speech. */
  push(pcm: Uint8Array, speechMs = 0): void {
    this.#all.push({ pcm, isSpeech: false });
    this.#nowMs += msOfBytes(PCM16_16K, pcm.length);
    for (const { type, atMs } of this.#voice.push(pcm)) {
      const last = this.#utterances.at(-1);
      if (type === 'started') this.#utterances.push({ fromMs: atMs, toMs: undefined });
      else if (last) last.toMs = atMs;
    }
    let leftMs = speechMs;
    for (let n = this.#all.length - 1; n >= 0 && leftMs > 0; n--) {
      const held = this.#all[n]!;
      held.isSpeech = true;
      leftMs -= msOfBytes(PCM16_16K, held.pcm.length);
    }
  }

  get hasMoreThanReflex(): boolean {
    return this.#utterances.some(({ fromMs, toMs = this.#nowMs }) => toMs - fromMs >= REFLEX_MS);
  }

  /** In order. `speechOnly`: silence in place of whatever is not known for speech, as on a line with an echo. */
  sound(speechOnly: boolean): Uint8Array[] {
    return this.#all.map(({ pcm, isSpeech }) => (speechOnly && !isSpeech ? new Uint8Array(pcm.length) : pcm));
  }
}
