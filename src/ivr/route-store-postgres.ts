// Routes in PostgreSQL, for all processes together: written behind, so that no caller waits for it. Time is the database's
// own: machines' clocks differ.
import { sql, type RawBuilder } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Database } from '../store/database.ts';
import { storable, storableJsonText } from '../store/storable.ts';
import { unlessAborted } from '../tools/run/aborted.ts';
import { LatestWriter } from './latest-writer.ts';
import { KEEP_ROUTES_HOURS } from './route-store-memory.ts';
import type { RouteStore } from './route-store.ts';
import type { Route } from './route.ts';

export interface PostgresRoutesOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface PostgresRoutes extends RouteStore {
  /** What the database does not have yet. */
  readonly unsaved: number;
  /** Resolves once all that was saved is written, or after so long. Never rejects. */
  close(withinMs: number): Promise<void>;
}

/** `untilMs`: by the clock of this process. */
type Saved =
  | { readonly is: 'route'; readonly route: Route }
  | { readonly is: 'hold'; readonly name: string; readonly untilMs: number };

const SWEEP_EVERY_MS = 600_000;
const DELETED_AT_ONCE = 1_000;

export function createPostgresRoutes({ database, clock, log }: PostgresRoutesOptions): PostgresRoutes {
  const { sql: db } = database;
  const leftMs = ({ untilMs }: { untilMs: number }): number => Math.max(0, untilMs - clock.nowMs());
  const writer = new LatestWriter<Saved>({
    write: (saved) => (saved.is === 'route' ? upsert(saved.route) : hold(saved.name, leftMs(saved))),
    ready: () => database.ready(),
    onLost: tellLost,
    ...{ clock, log },
  });
  const stopSweeps = clock.every(SWEEP_EVERY_MS, () => {
    sweepRoutes(database).catch((thrown: unknown) =>
      log.debug({ reason: messageOf(thrown) }, 'old routes could not be deleted; it is tried again'),
    );
  });

  async function upsert(route: Route): Promise<void> {
    const { callId, from, to, step } = route;
    await sql`
      insert into liveline.routes as r (call_id, from_number, to_number, step, route, updated_at)
      values (${storable(callId)}, ${storable(from)}, ${storable(to)}, ${step}, ${storableJsonText(route)}::jsonb, now())
      on conflict (call_id) do update
        set from_number = excluded.from_number, to_number = excluded.to_number, step = excluded.step,
          route = excluded.route, updated_at = excluded.updated_at
        where r.step <= excluded.step or r.updated_at <= ${oldest}`.execute(db);
  }

  async function hold(name: string, forMs: number): Promise<void> {
    await sql`
      insert into liveline.claims (name, until) values (${storable(name)}, ${inMs(forMs)})
      on conflict (name) do update set until = excluded.until`.execute(db);
  }

  function tellLost(saved: Saved, reason: string): void {
    if (saved.is === 'route')
      log.error(
        { callId: saved.route.callId, step: saved.route.step, reason },
        'where a caller is could not be written down: if this process dies, they hear the fallback of the profile',
      );
    else
      log.error(
        { name: saved.name, reason },
        'a claim could not be written down: a person may be rung while they talk',
      );
  }

  const ownRoute = (id: CallId): Route | undefined => {
    const own = writer.get(`route ${id}`);
    return own?.is === 'route' ? own.route : undefined;
  };

  return {
    get unsaved() {
      return writer.size;
    },

    async load(id, signal) {
      const own = ownRoute(id);
      if (own && writer.isAway) return own;
      try {
        const { rows } = await unlessAborted(
          signal,
          sql<{ route: Route }>`
            select route from liveline.routes where call_id = ${id} and updated_at > ${oldest}`.execute(db),
        );
        return later(rows[0]?.route, ownRoute(id) ?? own);
      } catch (thrown) {
        const known = ownRoute(id) ?? own;
        if (known) return known;
        throw thrown;
      }
    },

    save(route) {
      const own = ownRoute(route.callId);
      if (!own || own.step <= route.step) writer.put(`route ${route.callId}`, { is: 'route', route });
    },

    async claim(name, forMs, signal) {
      const held = writer.get(`claim ${name}`);
      if (held?.is === 'hold' && leftMs(held) > 0) return false;
      const { rows } = await unlessAborted(
        signal,
        sql`
          insert into liveline.claims as c (name, until) values (${storable(name)}, ${inMs(forMs)})
          on conflict (name) do update set until = excluded.until where c.until <= clock_timestamp()
          returning name`.execute(db),
      );
      return rows.length > 0;
    },

    hold(name, forMs) {
      writer.put(`claim ${name}`, { is: 'hold', name, untilMs: clock.nowMs() + forMs });
    },

    async close(withinMs) {
      stopSweeps();
      await writer.close(withinMs);
    },
  };
}

/** Deletes what no call can ask for any more. How many routes and claims. */
export async function sweepRoutes({ sql: db }: Pick<Database, 'sql'>): Promise<number> {
  let deleted = 0;
  for (;;) {
    // What another process deletes at this moment is skipped, not waited for.
    const { numAffectedRows: routes } = await sql`
      delete from liveline.routes where call_id in (
        select call_id from liveline.routes where updated_at <= ${oldest}
        order by updated_at limit ${DELETED_AT_ONCE} for update skip locked
      )`.execute(db);
    const { numAffectedRows: claims } = await sql`
      delete from liveline.claims where name in (
        select name from liveline.claims where until <= now() order by until limit ${DELETED_AT_ONCE}
        for update skip locked
      )`.execute(db);
    const counts = [Number(routes ?? 0), Number(claims ?? 0)];
    deleted += counts.reduce((sum, count) => sum + count, 0);
    if (counts.every((count) => count < DELETED_AT_ONCE)) return deleted;
  }
}

const oldest = sql<Date>`now() - make_interval(hours => ${KEEP_ROUTES_HOURS})`;

const inMs = (ms: number): RawBuilder<Date> =>
  sql`clock_timestamp() + make_interval(secs => ${ms / 1_000}::float8)`;

/** Of two with the same step the second. */
const later = (kept: Route | undefined, own: Route | undefined): Route | undefined =>
  kept && own && kept.step > own.step ? kept : (own ?? kept);
