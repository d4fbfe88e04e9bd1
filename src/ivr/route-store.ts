// Where routes are written down, so that any process can answer the carrier.
import type { CallId } from '../base/ids.ts';
import type { Route } from './route.ts';

export interface RouteStore {
  /** Undefined: unknown, or over for long. Rejects when nobody can say. */
  load(id: CallId, signal: AbortSignal): Promise<Route | undefined>;
  /** In the background; of two, the one with the higher step stays. Never throws. */
  save(route: Route): void;
  /** True for one asker, of all processes, until the time is over; then for one again. Rejects when nobody can say. */
  claim(name: string, forMs: number, signal: AbortSignal): Promise<boolean>;
  /** In the background: for so long from now, no claim succeeds; whoever has it. Never throws. */
  hold(name: string, forMs: number): void;
}
