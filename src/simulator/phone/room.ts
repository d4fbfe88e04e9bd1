// Who is connected with whom: everybody in a room hears what the others say. Knows nothing of why they are there.
import type { Clock } from '../../base/clock.ts';
import type { PhoneEventBody } from './events.ts';
import type { Ticker } from './ticker.ts';
import { SAMPLES_PER_MS, type Track } from './track.ts';

/** One leg as those see it whom it is connected with. */
export interface Party {
  readonly callSid: string;
  readonly from: string;
  readonly to: string;
  readonly mouth: Track;
  readonly heard: Track;
  emit(event: PhoneEventBody): void;
  /** Sound begins in this ear. */
  sounded(atClockMs: number): void;
}

export class Room {
  readonly #clock: Clock;
  readonly #ticker: Ticker;
  readonly #parties = new Set<Party>();
  #carriedMs = 0;
  #stop: (() => void) | undefined;

  constructor(clock: Clock, ticker: Ticker) {
    this.#clock = clock;
    this.#ticker = ticker;
  }

  join(party: Party): void {
    if (this.#parties.has(party)) return;
    this.#carry(this.#clock.nowMs());
    const others = [...this.#parties];
    this.#parties.add(party);
    if (others.length === 1) this.#stop = this.#ticker.add((nowMs) => this.#carry(nowMs));
    for (const other of others) {
      party.emit({ type: 'connected', with: other.callSid });
      other.emit({ type: 'connected', with: party.callSid });
    }
  }

  leave(party: Party): void {
    this.#carry(this.#clock.nowMs());
    if (!this.#parties.delete(party)) return;
    for (const other of this.#parties) {
      party.emit({ type: 'disconnected', with: other.callSid });
      other.emit({ type: 'disconnected', with: party.callSid });
    }
    if (this.#parties.size < 2) this.#stop?.();
  }

  /** All who are in hear it. */
  play(sound: Uint8Array): void {
    for (const party of this.#parties) hear(party, this.#clock.nowMs(), sound);
  }

  /** Each hears the first of the others who speaks: enough for two, and of three nobody talks at once. */
  #carry(nowMs: number): void {
    const fromMs = this.#carriedMs;
    this.#carriedMs = nowMs;
    if (this.#parties.size < 2) return;
    for (const listener of this.#parties)
      for (const speaker of this.#parties) {
        if (speaker === listener) continue;
        const { mouth } = speaker;
        const said = mouth.stretches(mouth.positionAt(fromMs), mouth.positionAt(nowMs));
        for (const { fromMs: atMs, sound } of said) hear(listener, atMs, sound);
        if (said.length > 0) break;
      }
  }
}

function hear(listener: Party, atMs: number, sound: Uint8Array): void {
  const { heard } = listener;
  const position = heard.positionAt(atMs);
  // Two calls count from different times, so what follows without a break may seem a sample late.
  heard.append(position - heard.end <= SAMPLES_PER_MS ? heard.end : position, sound);
  listener.sounded(atMs);
}
