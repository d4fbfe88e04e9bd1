// The callers: they ask, hear an answer out, and ask on, until they are told to hang up. Judges nothing.
import { readFileSync } from 'node:fs';
import type { Clock } from '../../src/base/clock.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import type { PhoneNetwork } from '../../src/simulator/phone/network.ts';
import { fixture } from '../rehearsal/rehearsal.ts';
import { MOST_LINES } from './tones.ts';

export interface Placed {
  readonly call: PhoneCall;
  /** In E.164; no other call has it. */
  readonly from: string;
}

/** Silence after which they ask on: longer than any break in a sentence that heals well. */
const QUIET_MS = 1_500;
/** Nobody waits for longer; the call is lost then. */
const PATIENCE_MS = 20_000;

export class Callers {
  readonly placed: Placed[] = [];
  readonly #network: PhoneNetwork;
  readonly #baseUrl: string;
  readonly #question = readFileSync(fixture('audio/caller/yes.wav'));

  constructor(network: PhoneNetwork, baseUrl: string) {
    this.#network = network;
    this.#baseUrl = baseUrl;
  }

  place(): PhoneCall {
    const from = `+1202555${String(1_000 + this.placed.length)}`;
    const question = { say: this.#question, when: 'agentQuiet' as const };
    const call = this.#network.placeCall({
      ...{ baseUrl: this.#baseUrl, from, to: '+12025550100' },
      script: Array.from({ length: MOST_LINES }, () => question),
      ...{ quietMs: QUIET_MS, patienceMs: PATIENCE_MS },
    });
    this.placed.push({ call, from });
    return call;
  }

  /** Evenly within that time, the first one at once. */
  async placeWithin(count: number, withinMs: number, clock: Clock): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      this.place();
      await new Promise<void>((resolve) => clock.after(withinMs / count, resolve));
    }
  }

  /** Those who still talk hang up. */
  async hangUp(): Promise<void> {
    for (const { call } of this.placed) call.hangUp();
    await Promise.all(this.placed.map(({ call }) => call.done));
  }
}
