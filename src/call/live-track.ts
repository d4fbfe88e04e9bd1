// What somebody who listens in hears of the agent with each frame of the caller's: what was sent, one frame after the other, as
// the carrier plays it. It does not wait for marks, so it is early by the way to the carrier and back.
import { silenceByte, type AudioFormat } from '../audio/format.ts';
import { Played } from './played.ts';
import type { TapeListener, TapeTaker } from './tape-taker.ts';

export class LiveTrack implements TapeTaker {
  readonly marksClears = false;
  readonly #listener: TapeListener;
  readonly #silence: number;
  readonly #sent: Played;
  #isHushed = false;

  constructor(listener: TapeListener, format: AudioFormat) {
    this.#listener = listener;
    this.#silence = silenceByte(format);
    this.#sent = new Played(format);
  }

  heard(frame: Uint8Array): void {
    const agent = this.#sent.take(frame.length);
    this.#listener.heard(frame, this.#isHushed ? agent.fill(this.#silence) : agent);
  }

  played(frames: Uint8Array): void {
    this.#sent.sent(Uint8Array.from(frames));
  }

  cleared(): void {
    this.#sent.cleared();
  }

  lost(): void {
    this.#sent.cleared();
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
}
