// The caller's ear on one stream: what the server sends is queued and played in real time (Twilio docs, Media Streams:
// WebSocket messages). Its position is computed from arrival times, so it is exact however late a tick comes; ticks only
// send marks back.
import type { Clock } from '../../base/clock.ts';
import { SAMPLES_PER_MS, type Stretch, type Track } from './track.ts';

/** Twilio buffers ten minutes; what comes on top is discarded as 31931. */
export const MAX_QUEUED_MS = 600_000;

export interface EarListener {
  /** Sound begins after nothing was playing. */
  onSound(atClockMs: number): void;
  /** All that came before the mark was played, or forgotten by `clear`. */
  onMark(name: string): void;
  /** More than ten minutes are queued; once per stream. */
  onOverflow(): void;
}

export interface Cut {
  readonly forgottenMs: number;
  readonly heardMs: number;
  readonly marks: number;
}

interface PendingMark {
  name: string;
  duePosition: number;
}

export class Ear {
  readonly #clock: Clock;
  readonly #track: Track;
  readonly #listener: EarListener;
  readonly #start: number;
  /** Samples taken from the server, those it sent in vain, and those forgotten by `clear` or by the end. */
  #received = 0;
  #dropped = 0;
  #forgotten = 0;
  #marks: PendingMark[] = [];
  #ended: { at: number } | undefined;

  constructor(clock: Clock, track: Track, listener: EarListener) {
    this.#clock = clock;
    this.#track = track;
    this.#listener = listener;
    this.#start = Math.max(track.positionAt(clock.nowMs()), track.end);
  }

  get receivedMs(): number {
    return this.#received / SAMPLES_PER_MS;
  }

  /** Discarded on arrival because ten minutes were queued. */
  get droppedMs(): number {
    return this.#dropped / SAMPLES_PER_MS;
  }

  /** Queued, and then forgotten by a `clear` or by the end of the stream. */
  get forgottenMs(): number {
    return this.#forgotten / SAMPLES_PER_MS;
  }

  get queuedMs(): number {
    return this.#queued(this.#clock.nowMs()) / SAMPLES_PER_MS;
  }

  /** Sound that was played until now; silence between is not counted. */
  get heardMs(): number {
    return this.heardAt(this.#clock.nowMs());
  }

  /** Sound that had been played at a clock time that is not in the future. */
  heardAt(clockMs: number): number {
    const from = this.#track.soundBefore(this.#start);
    const to = this.#track.soundBefore(Math.max(this.#start, this.#playhead(clockMs)));
    return (to - from) / SAMPLES_PER_MS;
  }

  /** Exactly what was played and when, oldest first. */
  heard(): Stretch[] {
    return this.#track.stretches(this.#start, this.#playhead(this.#clock.nowMs()));
  }

  play(sound: Uint8Array): void {
    if (this.#ended) return;
    const nowMs = this.#clock.nowMs();
    this.tick(nowMs);
    const queued = this.#queued(nowMs);
    const taken = sound.subarray(0, MAX_QUEUED_MS * SAMPLES_PER_MS - queued);
    this.#received += sound.length;
    if (taken.length < sound.length) {
      if (this.#dropped === 0) this.#listener.onOverflow();
      this.#dropped += sound.length - taken.length;
    }
    const start = this.#track.append(this.#playhead(nowMs), taken);
    if (queued === 0 && taken.length > 0) this.#listener.onSound(this.#track.clockMsAt(start));
  }

  mark(name: string): void {
    if (this.#ended) return;
    this.#marks.push({ name, duePosition: this.#track.end });
    this.tick(this.#clock.nowMs());
  }

  clear(): Cut {
    const nowMs = this.#clock.nowMs();
    this.tick(nowMs);
    const forgotten = this.#forget(nowMs);
    const returned = this.#marks;
    this.#marks = [];
    for (const { name } of returned) this.#listener.onMark(name);
    return { forgottenMs: forgotten / SAMPLES_PER_MS, heardMs: this.heardMs, marks: returned.length };
  }

  /** Sends back the marks that are due. */
  tick(nowMs: number): void {
    const playhead = this.#playhead(nowMs);
    while (this.#marks.length > 0 && this.#marks[0]!.duePosition <= playhead)
      this.#listener.onMark(this.#marks.shift()!.name);
  }

  /** The stream is over: what is queued is not played, and no mark returns. Only the first call does anything. */
  end(): Cut {
    const nowMs = this.#clock.nowMs();
    const forgotten = this.#forget(nowMs);
    const marks = this.#marks.length;
    this.#marks = [];
    this.#ended ??= { at: this.#playhead(nowMs) };
    return { forgottenMs: forgotten / SAMPLES_PER_MS, heardMs: this.heardMs, marks };
  }

  #playhead(clockMs: number): number {
    const position = this.#track.positionAt(clockMs);
    return this.#ended ? Math.min(position, this.#ended.at) : position;
  }

  #queued(nowMs: number): number {
    return this.#ended ? 0 : Math.max(0, this.#track.end - this.#playhead(nowMs));
  }

  #forget(nowMs: number): number {
    const forgotten = this.#ended ? 0 : this.#track.truncate(this.#playhead(nowMs));
    this.#forgotten += forgotten;
    return forgotten;
  }
}
