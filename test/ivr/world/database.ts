// The database as our processes see it: well, slow, or away. What is not written yet is with its process, and lost with it.
import type { CallId } from '../../../src/base/ids.ts';
import { createMemoryRoutes } from '../../../src/ivr/route-store-memory.ts';
import type { RouteStore } from '../../../src/ivr/route-store.ts';
import type { Route } from '../../../src/ivr/route.ts';
import type { Dice } from './dice.ts';
import type { WorldClock } from './world-clock.ts';

export type Health = 'well' | 'slow' | 'away';

/** Longer than anybody waits for it at times (`LOADS_WITHIN_MS`), and shorter than the carrier does. */
const SLOW_MS = 1_500;

interface Process {
  readonly routes: Map<CallId, Route>;
  readonly holds: Map<string, number>;
}

export class Database {
  is: Health = 'well';
  wasAlwaysWell = true;
  readonly #clock: WorldClock;
  readonly #dice: () => Dice;
  readonly #kept: RouteStore;
  readonly #processes = new Set<Process>();

  constructor(clock: WorldClock, dice: () => Dice) {
    this.#clock = clock;
    this.#dice = dice;
    this.#kept = createMemoryRoutes(clock);
  }

  becomes(health: Health): void {
    this.is = health;
    this.wasAlwaysWell = false;
    if (health === 'well') for (const process of this.#processes) this.#write(process);
  }

  /** As it is written down. */
  load(id: CallId): Promise<Route | undefined> {
    return this.#kept.load(id, new AbortController().signal);
  }

  /** What a process has that begins now; with its end, which loses what is not written, and says whether that is something. */
  connect(): { store: RouteStore; dies: () => boolean } {
    const unsaved: Process = { routes: new Map(), holds: new Map() };
    this.#processes.add(unsaved);
    const kept = this.#kept;
    const store: RouteStore = {
      load: async (id, signal) => {
        const own = unsaved.routes.get(id);
        if (this.is === 'away' && own) return own;
        await this.#answers();
        const loaded = await kept.load(id, signal);
        return loaded && own && loaded.step > own.step ? loaded : (own ?? loaded);
      },
      save: (route) => {
        const own = unsaved.routes.get(route.callId);
        if (own && own.step > route.step) return;
        unsaved.routes.set(route.callId, route);
        this.#writeSoon(unsaved);
      },
      claim: async (name, forMs, signal) => {
        await this.#answers();
        return kept.claim(name, forMs, signal);
      },
      hold: (name, forMs) => {
        unsaved.holds.set(name, this.#clock.nowMs() + forMs);
        this.#writeSoon(unsaved);
      },
    };
    return {
      store,
      dies: () => {
        this.#processes.delete(unsaved);
        return unsaved.routes.size > 0;
      },
    };
  }

  async #answers(): Promise<void> {
    if (this.is === 'away') throw new Error('the database is away');
    if (this.is === 'slow') await this.#clock.sleep(this.#dice().from(0, SLOW_MS));
  }

  #writeSoon(process: Process): void {
    if (this.is === 'well') this.#write(process);
    else if (this.is === 'slow')
      this.#clock.after(this.#dice().from(0, SLOW_MS), () => {
        if (this.is !== 'away' && this.#processes.has(process)) this.#write(process);
      });
  }

  #write({ routes, holds }: Process): void {
    for (const route of routes.values()) this.#kept.save(route);
    for (const [name, untilMs] of holds) this.#kept.hold(name, untilMs - this.#clock.nowMs());
    routes.clear();
    holds.clear();
  }
}
