// A line on which somebody watches: what comes from the other side, and when a sound of ours goes out. Changes nothing of it.
import type { AudioFormat } from '../audio/format.ts';
import type { Line, LineEvent, LineListener } from '../carrier/line.ts';

export interface LineWatcher {
  hears(frame: Uint8Array): void;
  pressed(): void;
  plays(): void;
}

export class WatchedLine implements Line {
  readonly format: AudioFormat;
  readonly streamId: string;
  readonly #line: Line;
  readonly #watcher: LineWatcher;

  constructor(line: Line, watcher: LineWatcher) {
    this.#line = line;
    this.#watcher = watcher;
    this.format = line.format;
    this.streamId = line.streamId;
  }

  /** The call is told first: it must not wait for what is made of it here. */
  listen(to: LineListener): void {
    this.#line.listen({
      onAudio: (frame) => {
        to.onAudio(frame);
        this.#watcher.hears(frame);
      },
      onEvent: (event: LineEvent) => {
        to.onEvent(event);
        if (event.type === 'digit') this.#watcher.pressed();
      },
    });
  }

  play(frames: Uint8Array): void {
    this.#line.play(frames);
    this.#watcher.plays();
  }

  mark(name: string): void {
    this.#line.mark(name);
  }

  clear(): void {
    this.#line.clear();
  }

  close(): void {
    this.#line.close();
  }
}
