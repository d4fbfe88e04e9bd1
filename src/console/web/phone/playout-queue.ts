// What a telephone still has to play: sound and marks in the order in which they came, as a carrier's player keeps them. Counts
// samples and knows no clock; a worklet alone wraps it.

export interface PlayoutQueueOptions {
  readonly sampleRateHz: number;
  /** Held back before sound starts, and after it ran dry. At 20 ms frames 60 ms bear what a browser is late by (measured). */
  readonly preBufferMs?: number;
}

interface PassedMark {
  readonly name: string;
  /** Counted in samples that were rendered. */
  readonly dueAt: number;
}

/** Where sound breaks off, it falls by this at each sample at 8 kHz: silent within 12 ms, and no click. */
const FADE_AT_8K = 0.9;
/** Half a step of 16 bits. */
const SILENT = 1 / 65_536;

export class PlayoutQueue {
  readonly #preBuffer: number;
  readonly #fade: number;
  readonly #queue: (Float32Array | string)[] = [];
  /** In the first of the queue. */
  #cursor = 0;
  #queued = 0;
  /** Since the first sound that waits came. */
  #waited = 0;
  #isPlaying = false;
  #last = 0;
  #rendered = 0;
  #passed: PassedMark[] = [];
  #lag = 0;

  constructor({ sampleRateHz, preBufferMs = 60 }: PlayoutQueueOptions) {
    this.#preBuffer = (preBufferMs * sampleRateHz) / 1_000;
    this.#fade = FADE_AT_8K ** (8_000 / sampleRateHz);
  }

  /** Samples that wait. */
  get queued(): number {
    return this.#queued;
  }

  /** How much later the loudspeaker sounds than this renders: marks wait as long. */
  set lag(samples: number) {
    this.#lag = samples;
  }

  push(sound: Float32Array): void {
    if (sound.length === 0) return;
    this.#queue.push(sound);
    this.#queued += sound.length;
  }

  /** Comes back out of `render` once all before it was heard, or out of `clear`. */
  mark(name: string): void {
    this.#queue.push(name);
  }

  /** Forgets all that was not played; the marks that have not come back, in order. */
  clear(): readonly string[] {
    const marks = [
      ...this.#passed.map(({ name }) => name),
      ...this.#queue.filter((entry) => typeof entry === 'string'),
    ];
    this.#queue.length = 0;
    this.#passed = [];
    [this.#cursor, this.#queued, this.#waited] = [0, 0, 0];
    this.#isPlaying = false;
    return marks;
  }

  /** Fills `out`; the marks that were reached by its end. */
  render(out: Float32Array): readonly string[] {
    this.#passMarks();
    let at = 0;
    while (at < out.length) {
      if (!this.#isPlaying && !this.#starts(out.length - at)) break;
      at += this.#play(out, at);
      this.#passMarks(at);
      if (this.#queued === 0) [this.#isPlaying, this.#waited] = [false, 0];
    }
    for (; at < out.length; at++) {
      this.#last = Math.abs(this.#last) < SILENT ? 0 : this.#last * this.#fade;
      out[at] = this.#last;
    }
    this.#rendered += out.length;
    return this.#due();
  }

  /** Whether there is enough to begin, or what there is has waited as long as that would have taken. */
  #starts(samples: number): boolean {
    if (this.#queued === 0) return false;
    this.#isPlaying = this.#queued >= this.#preBuffer || this.#waited >= this.#preBuffer;
    if (!this.#isPlaying) this.#waited += samples;
    return this.#isPlaying;
  }

  #play(out: Float32Array, at: number): number {
    const [first] = this.#queue;
    if (!(first instanceof Float32Array)) return 0;
    const sound = first.subarray(this.#cursor, this.#cursor + out.length - at);
    out.set(sound, at);
    this.#last = sound.at(-1) ?? this.#last;
    this.#cursor += sound.length;
    this.#queued -= sound.length;
    if (this.#cursor === first.length) {
      this.#queue.shift();
      this.#cursor = 0;
    }
    return sound.length;
  }

  #passMarks(at = 0): void {
    for (let [first] = this.#queue; typeof first === 'string'; [first] = this.#queue) {
      this.#queue.shift();
      this.#passed.push({ name: first, dueAt: this.#rendered + at + this.#lag });
    }
  }

  #due(): readonly string[] {
    const due = this.#passed.filter(({ dueAt }) => dueAt <= this.#rendered);
    // One that was passed earlier never comes back later, whatever the lag was by then.
    const count = due.length === 0 ? 0 : this.#passed.indexOf(due.at(-1)!) + 1;
    return this.#passed.splice(0, count).map(({ name }) => name);
  }
}
