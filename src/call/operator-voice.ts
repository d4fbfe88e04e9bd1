// The operator's voice on its way to the caller: evened out, and never far behind. Sees frames; knows neither the line nor who
// speaks.
import { FRAME_MS, bytesPerSample, type AudioFormat } from '../audio/format.ts';
import { READERS } from '../audio/samples.ts';

/** What is gathered before a word is begun: browsers send frames 16 to 32 ms apart (measured), networks add to that. */
const GATHERED_MS = 60;
/** Beyond this it lags behind: pauses are shortened. */
const LAGGING_MS = 120;
/** After a burst, words are left out rather than heard this late; and what is left is as much as is gathered at first. */
const LATEST_MS = 240;
/** Of 32,768: a frame that is nowhere louder is a pause (−46 dB). */
const PAUSE_PEAK = 160;

export interface OperatorVoiceOptions {
  readonly format: AudioFormat;
  /** How much the line was given, or is about to be, that it cannot have played yet. Infinity: there is no line. */
  readonly aheadMs: () => number;
  readonly play: (frames: Uint8Array) => void;
}

export class OperatorVoice {
  readonly #options: OperatorVoiceOptions;
  /** Undefined while words flow. */
  #gathered: Uint8Array[] | undefined = [];
  #isLate = false;

  constructor(options: OperatorVoiceOptions) {
    this.#options = options;
  }

  /** One frame, in the line's format. What cannot be heard in time is not kept. */
  hear(frame: Uint8Array): void {
    const { play } = this.#options;
    const aheadMs = this.#options.aheadMs();
    if (aheadMs === Infinity) {
      this.#gathered = [];
      return;
    }
    if (aheadMs === 0) this.#gathered ??= [];
    if (this.#gathered) return this.#gather(this.#gathered, frame);
    this.#isLate = this.#isLate ? aheadMs > GATHERED_MS : aheadMs > LATEST_MS;
    if (this.#isLate || (aheadMs > LAGGING_MS && this.#isPause(frame))) return;
    play(frame);
  }

  #gather(gathered: Uint8Array[], frame: Uint8Array): void {
    gathered.push(frame);
    if (gathered.length * FRAME_MS < GATHERED_MS) return;
    this.#gathered = undefined;
    this.#options.play(Buffer.concat(gathered));
  }

  #isPause(frame: Uint8Array): boolean {
    const { format } = this.#options;
    const width = bytesPerSample(format);
    const samples = new Float64Array(frame.length / width);
    READERS[format.encoding](frame, 0, width, samples, 0, samples.length);
    return samples.every((sample) => Math.abs(sample) <= PAUSE_PEAK);
  }
}
