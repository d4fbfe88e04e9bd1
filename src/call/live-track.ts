// What somebody who listens in hears of the agent with each frame of the caller's: what was sent, one frame after the other, as
// the carrier plays it. It does not wait for marks, so it is early by the way to the carrier and back.
import { silenceByte, type AudioFormat } from '../audio/format.ts';
import type { TapeListener, TapeTaker } from './tape-taker.ts';

export class LiveTrack implements TapeTaker {
  readonly #listener: TapeListener;
  readonly #silence: number;
  /** Sent, and not given on. */
  #waiting: Uint8Array[] = [];
  #isHushed = false;

  constructor(listener: TapeListener, format: AudioFormat) {
    this.#listener = listener;
    this.#silence = silenceByte(format);
  }

  heard(frame: Uint8Array): void {
    const agent = this.#take(frame.length);
    this.#listener.heard(frame, this.#isHushed ? agent.fill(this.#silence) : agent);
  }

  played(frames: Uint8Array): void {
    this.#waiting.push(Uint8Array.from(frames));
  }

  cleared(): void {
    this.#waiting = [];
  }

  lost(): void {
    this.#waiting = [];
  }

  hushed(isHushed: boolean): void {
    this.#isHushed = isHushed;
  }

  closed(): void {
    this.#listener.closed();
  }

  opened(): void {}
  marked(): void {}
  markBack(): void {}

  #take(bytes: number): Uint8Array {
    const taken = new Uint8Array(bytes).fill(this.#silence);
    for (let at = 0; at < bytes && this.#waiting.length > 0;) {
      const first = this.#waiting[0]!;
      const part = first.subarray(0, bytes - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < first.length) this.#waiting[0] = first.subarray(part.length);
      else this.#waiting.shift();
    }
    return taken;
  }
}
