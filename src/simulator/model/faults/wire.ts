// What goes out to one client, on its way through the faults of the wire: lost, held back, merged, said twice.
// Does as it is told; knows neither why nor until when.
import type { Clock, StopTimer } from '../../../base/clock.ts';
import type { ServerMessage } from '../../../live/gemini/messages.ts';
import { Echo, isSound, type Outgoing } from './echo.ts';
import { merge } from './merge.ts';

/** Messages that come within so much time share one, where their order allows it. */
const MERGE_MS = 100;

export class Wire {
  readonly #clock: Clock;
  readonly #out: (message: Outgoing) => void;
  readonly #echo = new Echo();
  /** Mutes overlap. */
  #mutes = 0;
  #held: { readonly queue: Outgoing[]; stalls: number } | undefined;
  #merging: { pending?: ServerMessage | undefined; stopTimer?: StopTimer | undefined } | undefined;

  constructor(clock: Clock, out: (message: Outgoing) => void) {
    this.#clock = clock;
    this.#out = out;
  }

  send(message: Outgoing): void {
    for (const each of this.#echo.take(message)) this.#pass(each);
  }

  mute(): void {
    this.#mutes += 1;
  }

  unmute(): void {
    this.#mutes -= 1;
  }

  stall(): void {
    this.#held ??= { queue: [], stalls: 0 };
    this.#held.stalls += 1;
  }

  unstall(): void {
    if (this.#held === undefined || --this.#held.stalls > 0) return;
    const { queue } = this.#held;
    this.#held = undefined;
    for (const message of queue) this.#out(message);
  }

  merge(): void {
    this.#merging ??= {};
  }

  lineBegins(twice: boolean): void {
    for (const message of this.#echo.end()) this.#pass(message);
    if (twice) this.#echo.start();
  }

  /** Nothing goes out any more. */
  stop(): void {
    this.#merging?.stopTimer?.();
    this.#mutes = Infinity;
  }

  #pass(message: Outgoing): void {
    if (this.#mutes > 0) return;
    if (this.#merging === undefined) return this.#put(message);
    const decoded = isSound(message)
      ? (JSON.parse(Buffer.from(message).toString()) as ServerMessage)
      : message;
    // Alone, to be sent with the turnComplete of its turn, however long that takes.
    if (decoded.serverContent?.generationComplete) {
      this.#flush();
      this.#merging.pending = decoded;
      return;
    }
    const merged = this.#merging.pending && merge(this.#merging.pending, decoded);
    if (merged === undefined) this.#flush();
    this.#merging.pending = merged ?? decoded;
    this.#merging.stopTimer ??= this.#clock.after(MERGE_MS, () => this.#flush());
  }

  #flush(): void {
    if (this.#merging === undefined) return;
    const { pending, stopTimer } = this.#merging;
    stopTimer?.();
    this.#merging = {};
    if (pending !== undefined) this.#put(pending);
  }

  #put(message: Outgoing): void {
    if (this.#held === undefined) this.#out(message);
    else this.#held.queue.push(message);
  }
}
