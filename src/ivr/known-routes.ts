// The routes that this process knows: in memory, and read again from where they are kept. What is decided of them is not known here.
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { RouteStore } from './route-store.ts';
import type { Route } from './route.ts';

export interface KnownRoutesOptions {
  readonly store: RouteStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** A question that comes twice comes within seconds; whoever asks later than this asks about another call. */
const KEPT_AFTER_MS = 60_000;
/** After four hours Twilio ends a call by itself (Twilio docs, Calls resource, TimeLimit). */
const KEPT_MS = 5 * 3_600_000;
/** The carrier waits 15 s for an answer (Twilio docs, Webhooks), and the caller in silence. */
const LOADS_WITHIN_MS = 1_000;

export class KnownRoutes {
  readonly #options: KnownRoutesOptions;
  readonly #routes: ExpiringMap<CallId, Route>;
  readonly #over: ExpiringMap<CallId, Route>;

  constructor(options: KnownRoutesOptions) {
    this.#options = options;
    this.#routes = new ExpiringMap(options.clock, KEPT_MS);
    this.#over = new ExpiringMap(options.clock, KEPT_AFTER_MS);
  }

  /** What another process has decided of it meanwhile is read, for a second at most. Never rejects. */
  async recall(id: CallId): Promise<void> {
    const { store, clock, log } = this.#options;
    const giveUp = new AbortController();
    const late = Promise.withResolvers<undefined>();
    const stop = clock.after(LOADS_WITHIN_MS, () => {
      giveUp.abort();
      late.resolve(undefined);
    });
    try {
      const loaded = await Promise.race([store.load(id, giveUp.signal), late.promise]);
      if (loaded && isLater(loaded, this.get(id))) this.keep(loaded);
    } catch (thrown) {
      log.warn({ callId: id, reason: messageOf(thrown) }, 'the route of a call could not be looked up');
    } finally {
      stop();
    }
  }

  get(id: CallId): Route | undefined {
    return this.#routes.get(id) ?? this.#over.get(id);
  }

  keep(route: Route): void {
    const { callId, where } = route;
    if (where.at !== 'over') return this.#routes.set(callId, route);
    this.#routes.take(callId);
    return this.#over.set(callId, route);
  }
}

/** Two processes may have decided of one call at once: the caller has been given the verb of the later step. */
const isLater = (one: Route, other: Route | undefined): boolean =>
  other === undefined || one.step > other.step || (one.step === other.step && one.revision > other.revision);
