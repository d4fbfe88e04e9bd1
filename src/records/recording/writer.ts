// The writer of one recording: what is heard waits in memory, within bounds, until the disk has taken it. Whoever brings sound never
// waits; what has no room is silence in the file, so that all that follows keeps its place.
import { silenceByte, MULAW_8K } from '../../audio/format.ts';
import type { StereoSink } from './stereo-track.ts';

export interface SoundFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Whole, with so much sound. */
  close(soundBytes: number): Promise<void>;
}

export interface WriterOptions {
  readonly open: () => Promise<SoundFile>;
  readonly maxWaitingBytes?: number;
  /** Once: the first sound has no room. */
  readonly onSlow: () => void;
  /** Once: nothing more is written. */
  readonly onFailed: (thrown: unknown) => void;
  readonly onWritten: (bytes: number) => void;
}

export interface Written {
  /** Undefined: there is no file. */
  readonly soundBytes: number | undefined;
  /** Of what was brought; silent, or missing at the end. */
  readonly lostBytes: number;
}

/** Half a minute of a call, both sides. */
const WAITS_AT_MOST_BYTES = 512 * 1024;
const SILENCE = new Uint8Array(64 * 1024).fill(silenceByte(MULAW_8K));
const BYTES_PER_SAMPLE = 2;

export class Writer implements StereoSink {
  readonly #options: WriterOptions;
  readonly #most: number;
  /** Sound, or so many bytes of silence. */
  #waiting: (Uint8Array | number)[] = [];
  #waitingBytes = 0;
  #soundBytes = 0;
  #lostBytes = 0;
  #isSlow = false;
  #hasFailed = false;
  #file: SoundFile | undefined;
  #pumping: Promise<void> | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#most = options.maxWaitingBytes ?? WAITS_AT_MOST_BYTES;
    this.#pump();
  }

  sound(interleaved: Uint8Array): void {
    if (this.#hasFailed || this.#waitingBytes + interleaved.length > this.#most) {
      this.#lostBytes += interleaved.length;
      this.#tellSlow();
      return this.#wait(interleaved.length);
    }
    this.#wait(interleaved);
  }

  silence(samples: number): void {
    this.#wait(samples * BYTES_PER_SAMPLE);
  }

  /** Nothing more comes. Never rejects. */
  async close(): Promise<Written> {
    while (this.#pumping) await this.#pumping;
    const file = this.#file;
    this.#file = undefined;
    if (!file) return { soundBytes: undefined, lostBytes: this.#lostBytes };
    await file.close(this.#soundBytes).catch((thrown: unknown) => this.#fail(thrown));
    return { soundBytes: this.#soundBytes, lostBytes: this.#lostBytes };
  }

  #wait(what: Uint8Array | number): void {
    if (this.#hasFailed) return;
    const last = this.#waiting.at(-1);
    if (typeof what === 'number' && typeof last === 'number')
      this.#waiting[this.#waiting.length - 1] = last + what;
    else this.#waiting.push(what);
    if (typeof what !== 'number') this.#waitingBytes += what.length;
    this.#pump();
  }

  #pump(): void {
    this.#pumping ??= this.#writeAll()
      .catch((thrown: unknown) => this.#fail(thrown))
      .finally(() => {
        this.#pumping = undefined;
      });
  }

  async #writeAll(): Promise<void> {
    this.#file ??= await this.#options.open();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (typeof next === 'number') await this.#writeSilence(this.#file);
      else await this.#writeSound(this.#file);
    }
  }

  async #writeSound(file: SoundFile): Promise<void> {
    const end = this.#waiting.findIndex((what) => typeof what === 'number');
    const some = this.#waiting.slice(0, end < 0 ? undefined : end) as Uint8Array[];
    const bytes = some.length === 1 ? some[0]! : Buffer.concat(some);
    await this.#write(file, bytes);
    this.#waiting.splice(0, some.length);
    this.#waitingBytes -= bytes.length;
  }

  async #writeSilence(file: SoundFile): Promise<void> {
    const left = this.#waiting[0] as number;
    const bytes = SILENCE.subarray(0, left);
    await this.#write(file, bytes);
    // More may have come meanwhile.
    const now = (this.#waiting[0] as number) - bytes.length;
    if (now > 0) this.#waiting[0] = now;
    else this.#waiting.shift();
  }

  async #write(file: SoundFile, bytes: Uint8Array): Promise<void> {
    await file.write(bytes);
    this.#soundBytes += bytes.length;
    this.#options.onWritten(bytes.length);
  }

  #tellSlow(): void {
    if (this.#isSlow || this.#hasFailed) return;
    this.#isSlow = true;
    this.#options.onSlow();
  }

  #fail(thrown: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    for (const what of this.#waiting.splice(0)) this.#lostBytes += typeof what === 'number' ? 0 : what.length;
    this.#waitingBytes = 0;
    this.#options.onFailed(thrown);
  }
}
