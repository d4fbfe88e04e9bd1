// Hush: what of the caller's sound goes to the model while they type something secret, whose tones may be in it. Sees frames;
// knows neither keys nor the model.
import { bytesOfMs, msOfBytes, silence, silenceByte, type AudioFormat } from '../audio/format.ts';
import { keyIn } from '../audio/dtmf.ts';
import { READERS } from '../audio/samples.ts';

/** A tone is over by then, and its echo in the network. */
const AFTER_KEY_MS = 400;
/** By so much the carrier's word of a key may come after its tone. */
const DELAY_MS = 500;

export class Hush {
  readonly #format: AudioFormat;
  /** Once the entry is over: what is said is given on late, so that the tone of a late key can still be taken out. */
  #delayed: Uint8Array[] | undefined;
  #silentMs = 0;
  #lastTone: string | undefined;

  constructor(format: AudioFormat) {
    this.#format = format;
  }

  /** Until then all is silence. */
  entryIsOver(): void {
    this.#delayed = [silence(this.#format, DELAY_MS)];
  }

  /** Another entry begins: what was kept is let go of. */
  begin(): void {
    this.#delayed = undefined;
  }

  /** A key was pressed just now, or shortly before. */
  key(): void {
    for (const kept of this.#delayed ?? []) kept.fill(silenceByte(this.#format));
    this.#silentMs = AFTER_KEY_MS;
  }

  /** As much sound as `frame` has. */
  pass(frame: Uint8Array): Uint8Array {
    const still = new Uint8Array(frame.length).fill(silenceByte(this.#format));
    const isSilent = this.#silentMs > 0;
    this.#silentMs -= msOfBytes(this.#format, frame.length);
    if (!this.#delayed) return still;
    const tone = this.#toneIn(frame);
    // A voice may sound like a key for one frame, and a key sounds for two or more.
    if (tone !== undefined && tone === this.#lastTone) this.key();
    this.#lastTone = tone;
    this.#delayed.push(isSilent || this.#silentMs > 0 ? still : Uint8Array.from(frame));
    return this.#take(frame.length);
  }

  /** What is still kept: it may go to the model now. */
  rest(): Uint8Array {
    const kept = this.#delayed ?? [];
    this.#delayed = undefined;
    return Buffer.concat(kept).subarray(-bytesOfMs(this.#format, DELAY_MS));
  }

  #take(bytes: number): Uint8Array {
    const kept = Buffer.concat(this.#delayed ?? []);
    this.#delayed = [kept.subarray(bytes)];
    return kept.subarray(0, bytes);
  }

  #toneIn(frame: Uint8Array): string | undefined {
    const { encoding, sampleRateHz } = this.#format;
    const samples = new Float64Array(msOfBytes(this.#format, frame.length) * (sampleRateHz / 1_000));
    READERS[encoding](frame, 0, encoding === 'pcm16' ? 2 : 1, samples, 0, samples.length);
    return keyIn(samples, sampleRateHz);
  }
}
