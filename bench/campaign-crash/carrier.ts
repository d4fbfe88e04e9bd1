// The simulated telephone network as the crash test has it: a town by plan, its faults, an ambush at a moment of a call, and its
// own ledger of what it was asked for, which is what is judged.
import type { Clock } from '../../src/base/clock.ts';
import type { PhoneEvent } from '../../src/simulator/phone/events.ts';
import { startNetwork, type PhoneNetwork } from '../../src/simulator/phone/network.ts';
import { Faults } from './faults.ts';
import { ACCOUNT, AUTH_TOKEN, LINE, personOf } from './plan.ts';

/** A call that the network took. */
export interface Taken {
  readonly id: string;
  /** As the URL names it that the call asks. */
  readonly attempt: string;
  readonly to: string;
  /** In Twilio's words. */
  readonly status: string;
  /** They have heard words of ours, or begun to. */
  readonly isSpokenOn: boolean;
}

/** What of the calls came to a process, and what not. */
export interface Traffic {
  /** Answered calls that a process told what to do. */
  answered: number;
  /** Calls on which words of ours were heard. */
  readonly spokenOn: Set<string>;
  /** Questions and callbacks that found nobody. */
  unheard: number;
  /** Those that a process refused, or answered with what is none. */
  readonly refused: string[];
}

export type Moment = 'accepted' | 'answered';

/** Fewer than the dialler asks for at once, so that calls wait in the account's queue. */
const CALLS_PER_SECOND = 10;
/** What the network itself says when nobody took its request. */
const NOBODY = 11205;

export class Carrier {
  readonly faults: Faults;
  readonly traffic: Traffic = { answered: 0, spokenOn: new Set(), unheard: 0, refused: [] };
  /** Called once, at that moment of the next call that is taken. */
  ambush: { readonly at: Moment; readonly then: () => void } | undefined;
  readonly #clock: Clock;
  readonly #seed: number;
  #network: PhoneNetwork | undefined;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.#seed = seed;
    this.faults = new Faults(seed);
  }

  async open(): Promise<string> {
    this.#network = await startNetwork({
      ...{ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock: this.#clock },
      ...{ callsPerSecond: CALLS_PER_SECOND, numbers: { own: [LINE], verified: [] } },
      population: (number, nth) => personOf(number, nth, this.#seed),
      faults: { rest: this.faults.rest, legs: this.faults.legs },
      watch: {
        onTaken: () => this.#spring('accepted'),
        onAnswered: () => this.#spring('answered'),
        onEvent: (callSid, event) => this.#saw(callSid, event),
      },
    });
    return this.#network.url;
  }

  async close(): Promise<void> {
    await this.#network?.close();
  }

  get isQuiet(): boolean {
    return [...(this.#network?.calls.values() ?? [])].every(({ ended }) => ended);
  }

  get taken(): readonly Taken[] {
    const network = this.#network;
    return (network?.dialled ?? []).map(({ callSid, to, url }) => ({
      ...{ id: callSid, to },
      attempt: new URL(url ?? '').searchParams.get('attempt') ?? '',
      status: network?.resource(callSid)?.status ?? 'unknown',
      isSpokenOn: this.traffic.spokenOn.has(callSid),
    }));
  }

  #saw(callSid: string, event: PhoneEvent): void {
    const { traffic } = this;
    switch (event.type) {
      case 'answered':
        traffic.answered += 1;
        break;
      case 'said-by-carrier':
        traffic.spokenOn.add(callSid);
        break;
      case 'posted':
        if (event.status === 0) traffic.unheard += 1;
        else if (event.status >= 300)
          traffic.refused.push(`${event.to} ${event.event}: HTTP ${event.status}`);
        break;
      case 'error':
        if (event.error.code === NOBODY) traffic.unheard += 1;
        else traffic.refused.push(event.error.message);
        break;
      default:
    }
  }

  #spring(at: Moment): void {
    if (this.ambush?.at !== at) return;
    const { then } = this.ambush;
    this.ambush = undefined;
    then();
  }
}
