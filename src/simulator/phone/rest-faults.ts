// What Twilio's REST server does wrong on purpose, and in which of the two moments: before it has done what it was asked for,
// or after. Knows nothing of what that is.
import { chance } from './chance.ts';
import { refusal, type Reply } from './reply.ts';

/**
 * `drop`: the connection breaks · `silent`: it is never answered. Alone they come before, and nothing is done; with `-after` it
 * is done, as with `500-after`. The others refuse: nothing is done. `refuse`: HTTP 400, by Twilio's code.
 */
export type RestFault =
  | 'refuse'
  | '429'
  | '500'
  | '500-after'
  | '503'
  | 'drop'
  | 'drop-after'
  | 'silent'
  | 'silent-after'
  | { readonly refuse: number };

const FAILING = refusal(500, 20500, 'Internal Server Error');

/** What it does to a request: `run` does what is asked for. */
export function faultyReply(fault: RestFault | undefined, run: () => Reply): Reply | 'drop' | 'silent' {
  if (typeof fault === 'object') return refusal(400, fault.refuse, 'refused by a fault of the test');
  switch (fault) {
    case undefined:
      return run();
    case 'refuse':
      return refusal(400, 20001, 'refused by a fault of the test');
    case '429':
      return refusal(429, 20429, 'Too Many Requests');
    case '500':
      return FAILING;
    case '500-after':
      run();
      return FAILING;
    case '503':
      return refusal(503, 20503, 'Service unavailable');
    case 'drop-after':
    case 'silent-after':
      run();
      return fault === 'drop-after' ? 'drop' : 'silent';
    default:
      return fault;
  }
}

export interface RestChances {
  readonly seed: number | string;
  /** Of all requests, between 0 and 1; the sum is at most 1. */
  readonly of: Readonly<Partial<Record<Extract<RestFault, string>, number>>>;
}

/** Faults of requests that place a call; the n-th such request has the same one in every run. */
export function dialFaults({ seed, of }: RestChances): (request: Asked) => RestFault | undefined {
  let count = 0;
  return ({ method, path }) => {
    if (method !== 'POST' || !path.endsWith('/Calls.json')) return undefined;
    let left = chance(seed, count++);
    for (const [fault, share] of Object.entries(of) as [Extract<RestFault, string>, number][]) {
      left -= share;
      if (left < 0) return fault;
    }
    return undefined;
  };
}

interface Asked {
  readonly method: string;
  readonly path: string;
}
