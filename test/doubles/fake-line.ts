// A carrier without a socket: plays what it gets in real time on the clock it was handed, records everything, and lets
// the test be the caller. Keeps the rules of test/contracts/line.contract.ts.
//
//   const clock = new ManualClock();
//   const line = new FakeLine(clock);
//   line.listen(listener);
//   line.speak(frame);                        // the caller says 20 ms; the listener hears it at once
//   line.play(sound); line.mark('a');
//   clock.advance(20);                        // 20 ms are heard; 'a' comes back when `sound` was played
//   line.clear();                             // the rest is forgotten; pending marks come back at advance(0)
//   line.press('1'); line.stop(); line.drop();
//
// `new FakeLine(clock, { downMs: 80, upMs: 60 })` stands behind a network: what is played, marked and cleared takes
// 80 ms to the carrier, and marks take 60 ms back.
import { MULAW_8K, type AudioFormat } from '../../src/audio/format.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Line, LineEvent, LineListener } from '../../src/carrier/line.ts';
import { CarrierPlayback, type Delays } from './carrier-playback.ts';

export class FakeLine implements Line {
  readonly format: AudioFormat;
  readonly streamId: string;

  /** What the call did to the line, in order; nothing is added once the line is over. */
  readonly log: ('play' | 'mark' | 'clear' | 'close')[] = [];
  /** What `play` was given, copied, and when. Not all of it need have been heard: see `heardMs`. */
  readonly played: { readonly bytes: Uint8Array; readonly atMs: number }[] = [];

  readonly #clock: Clock;
  readonly #playback: CarrierPlayback;
  readonly #delays: Delays;
  /**
   * `swallowing`: nothing gets through any more, and nobody knows yet. `ending`: stopped by the carrier or closed by
   * us; only `closed` is still to come.
   */
  #phase: 'open' | 'swallowing' | 'ending' | 'closed' = 'open';
  #listener: LineListener | undefined;
  #kept: (Uint8Array | LineEvent)[] = [];

  constructor(clock: Clock, options: { format?: AudioFormat; streamId?: string } & Delays = {}) {
    const { format = MULAW_8K, streamId = 'MZ-fake', ...delays } = options;
    this.#clock = clock;
    this.format = format;
    this.streamId = streamId;
    this.#delays = delays;
    this.#playback = new CarrierPlayback(
      clock,
      format,
      (name) => this.#deliver({ type: 'marked', name }),
      delays,
    );
  }

  // ——— The door, as the call sees it. What comes back comes from the clock, never from within these methods.

  listen(to: LineListener): void {
    this.#listener = to;
    const kept = this.#kept;
    this.#kept = [];
    for (const what of kept) this.#give(what);
  }

  play(frames: Uint8Array): void {
    if (!this.#takes) return;
    this.log.push('play');
    this.played.push({ bytes: Uint8Array.from(frames), atMs: this.#clock.nowMs() });
    if (this.#phase === 'open') this.#playback.play(frames);
  }

  mark(name: string): void {
    if (!this.#takes) return;
    this.log.push('mark');
    if (this.#phase === 'open') this.#playback.mark(name);
  }

  clear(): void {
    if (!this.#takes) return;
    this.log.push('clear');
    if (this.#phase === 'open') this.#playback.clear();
  }

  close(): void {
    if (this.#phase === 'closed' || this.log.includes('close')) return;
    this.log.push('close');
    this.#phase = 'ending';
    const { downMs = 0, upMs = 0 } = this.#delays;
    // What was played before reaches the carrier before this does.
    if (downMs === 0) this.#playback.end();
    else this.#clock.after(downMs, () => this.#playback.end());
    this.#clock.after(downMs + upMs, () => this.drop(1000, ''));
  }

  // ——— The caller and the carrier, as the test plays them. Each reaches the listener at once.

  /** The caller's voice, one frame after the other. */
  speak(...frames: Uint8Array[]): void {
    for (const frame of frames) this.#deliver(frame);
  }

  press(digit: string): void {
    this.#deliver({ type: 'digit', digit });
  }

  /** The carrier says that the stream is over. Its socket goes with `drop()` or when the call closes the line. */
  stop(): void {
    this.#deliver({ type: 'stopped' });
    if (this.#phase !== 'closed') this.#phase = 'ending';
    this.#playback.end();
  }

  /** No frame has come for long. */
  hang(): void {
    this.#deliver({ type: 'hung' });
  }

  /** From now on nothing arrives on either side, nothing is heard, and nobody is told until `drop()`. */
  swallow(): void {
    if (this.#phase !== 'open') return;
    this.#phase = 'swallowing';
    this.#playback.end();
  }

  /** The socket is gone. */
  drop(code = 1006, reason = ''): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#playback.end();
    this.#give({ type: 'closed', code, reason });
  }

  // ——— What the caller heard.

  /** How much was played to the caller until now; what a clear forgot does not count. */
  get heardMs(): number {
    return this.#playback.heardMs;
  }

  /** The very bytes, without the pauses between. */
  get heard(): Uint8Array {
    return this.#playback.heard;
  }

  /** The same, with when each piece of it began. */
  get heardPieces(): CarrierPlayback['heardPieces'] {
    return this.#playback.heardPieces;
  }

  /** Marks that have not come back yet, oldest first. */
  get pendingMarks(): readonly string[] {
    return this.#playback.pendingMarks;
  }

  /** How much sound the carrier has that was not heard. */
  get queuedMs(): number {
    return this.#playback.queuedMs;
  }

  /** Whether the socket is gone. */
  get closed(): boolean {
    return this.#phase === 'closed';
  }

  get #takes(): boolean {
    return this.#phase === 'open' || this.#phase === 'swallowing';
  }

  #deliver(what: Uint8Array | LineEvent): void {
    if (this.#phase === 'open') this.#give(what);
  }

  #give(what: Uint8Array | LineEvent): void {
    if (this.#listener === undefined) this.#kept.push(what);
    else if (what instanceof Uint8Array) this.#listener.onAudio(what);
    else this.#listener.onEvent(what);
  }
}
