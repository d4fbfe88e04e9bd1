// What the carrier does wrong in a crash test, by chance and a seed, and how often it did. Knows no process.
import { chance } from '../../src/simulator/phone/chance.ts';
import type { CallFaults, Told } from '../../src/simulator/phone/faults.ts';
import { dialFaults, type RestFault } from '../../src/simulator/phone/rest-faults.ts';
import type { FaultOf } from '../../src/simulator/phone/rest-server.ts';

/** Of requests that place a call. */
const DIALLING = {
  '429': 0.02,
  '500': 0.02,
  drop: 0.01,
  silent: 0.005,
  '500-after': 0.02,
  'drop-after': 0.02,
  'silent-after': 0.03,
} as const satisfies Partial<Record<Extract<RestFault, string>, number>>;
const NAMES: Readonly<Record<keyof typeof DIALLING, string>> = {
  '429': '429',
  '500': '500 without a call',
  drop: 'connection lost without a call',
  silent: 'no answer, and no call',
  '500-after': 'call taken, and 500',
  'drop-after': 'call taken, and connection lost',
  'silent-after': 'call taken, and never answered',
};
/** Of all other requests, each. */
const OTHER = ['429', '500', 'drop'] as const;
const OTHER_SHARE = 0.02;

const TOLD: readonly Told[] = ['initiated', 'ringing', 'answered', 'completed', 'amd'];
const LOST_SHARE = 0.05;
const LATE_SHARE = 0.1;
const LATEST_MS = 2_000;
const CALLS_SHARE = 0.1;

export class Faults {
  /** So often each happened, or was to happen to a call. */
  readonly counts: Record<string, number> = {};
  readonly #seed: number;
  readonly #dialling: FaultOf;
  #others = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#dialling = dialFaults({ seed, of: DIALLING });
  }

  readonly rest: FaultOf = (request) => {
    if (request.method === 'POST' && request.path.endsWith('/Calls.json')) {
      const fault = this.#dialling(request);
      if (typeof fault === 'string') this.#count(NAMES[fault as keyof typeof DIALLING]);
      return fault;
    }
    const share = chance(this.#seed, 'other', this.#others++);
    const fault = OTHER[Math.floor(share / OTHER_SHARE)];
    if (fault !== undefined) this.#count(`question about calls: ${fault}`);
    return fault;
  };

  /** Of the n-th call to a number. */
  readonly legs = (number: string, nth: number): CallFaults => {
    const share = (what: string): number => chance(this.#seed, number, nth, what);
    const happens = (what: string, below: number): boolean => {
      if (share(what) >= below) return false;
      this.#count(what);
      return true;
    };
    const losesCallbacks = TOLD.filter((told) => share(`lost ${told}`) < LOST_SHARE);
    const late = TOLD.filter((told) => !losesCallbacks.includes(told) && share(`late ${told}`) < LATE_SHARE);
    this.#count('callback lost', losesCallbacks.length);
    this.#count('callback late', late.length);
    return {
      losesCallbacks,
      lateCallbacks: Object.fromEntries(late.map((told) => [told, share(`by ${told}`) * LATEST_MS])),
      duplicateCallbacks: happens('all callbacks of a call twice', CALLS_SHARE),
      duplicateActions: happens('asked twice what a call is to do', CALLS_SHARE),
      swapStatuses: happens('callbacks of a call in the wrong order', CALLS_SHARE),
      ...(happens('answer told after the end', CALLS_SHARE / 2) ? { answeredComes: 'after-completed' } : {}),
    };
  };

  #count(what: string, times = 1): void {
    if (times > 0) this.counts[what] = (this.counts[what] ?? 0) + times;
  }
}
