// A line behind a network: what goes either way takes as long as it is told each time, and never overtakes what went before, as
// on a socket. The carrier at its end is any line.
import type { AudioFormat } from '../../src/audio/format.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Line, LineEvent, LineListener } from '../../src/carrier/line.ts';

/** In milliseconds, asked anew whenever something is sent; what is sent at once travels together. */
export interface Way {
  readonly downMs: () => number;
  readonly upMs: () => number;
}

export class FarLine implements Line {
  readonly format: AudioFormat;
  readonly streamId: string;
  readonly #line: Line;
  readonly #down: (then: () => void) => void;
  readonly #up: (then: () => void) => void;

  constructor(line: Line, clock: Clock, { downMs, upMs }: Way) {
    this.#line = line;
    this.format = line.format;
    this.streamId = line.streamId;
    this.#down = inOrder(clock, downMs);
    this.#up = inOrder(clock, upMs);
  }

  listen(to: LineListener): void {
    this.#line.listen({
      onAudio: (frame) => this.#up(() => to.onAudio(frame)),
      onEvent: (event: LineEvent) => this.#up(() => to.onEvent(event)),
    });
  }

  play(frames: Uint8Array): void {
    const copy = Uint8Array.from(frames);
    this.#down(() => this.#line.play(copy));
  }

  mark(name: string): void {
    this.#down(() => this.#line.mark(name));
  }

  clear(): void {
    this.#down(() => this.#line.clear());
  }

  close(): void {
    this.#down(() => this.#line.close());
  }
}

function inOrder(clock: Clock, delayMs: () => number): (then: () => void) => void {
  let sentMs = -1;
  let lastMs = 0;
  return (then) => {
    if (clock.nowMs() !== sentMs) lastMs = Math.max(lastMs, clock.nowMs() + delayMs());
    sentMs = clock.nowMs();
    clock.after(lastMs - clock.nowMs(), then);
  };
}
