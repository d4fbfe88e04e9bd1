// Routes in memory: for one process that needs no database. Also how long a route is kept, which other stores keep to.
import type { Clock } from '../base/clock.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import type { CallId } from '../base/ids.ts';
import type { RouteStore } from './route-store.ts';
import type { Route } from './route.ts';

/** Twilio lets the two sides of a `dial` talk for 4 hours (twilio.com/docs/voice/twiml/dial, `timeLimit`); and one more. */
export const KEEP_ROUTES_HOURS = 5;
const KEEP_ROUTES_MS = KEEP_ROUTES_HOURS * 3_600_000;

export function createMemoryRoutes(clock: Clock): RouteStore {
  const routes = new ExpiringMap<CallId, Route>(clock, KEEP_ROUTES_MS);
  const claims = new Map<string, number>();

  function forgetOldClaims(): void {
    for (const [name, untilMs] of claims) if (untilMs <= clock.nowMs()) claims.delete(name);
  }

  return {
    load: (id, signal) => (signal.aborted ? rejected(signal) : Promise.resolve(routes.get(id))),
    save(route) {
      const kept = routes.get(route.callId);
      if (kept === undefined || kept.step <= route.step) routes.set(route.callId, route);
    },
    claim(name, forMs, signal) {
      if (signal.aborted) return rejected(signal);
      forgetOldClaims();
      if (claims.has(name)) return Promise.resolve(false);
      claims.set(name, clock.nowMs() + forMs);
      return Promise.resolve(true);
    },
    hold(name, forMs) {
      claims.set(name, clock.nowMs() + forMs);
    },
  };
}

const rejected = (signal: AbortSignal): Promise<never> => Promise.reject(signal.reason as Error);
