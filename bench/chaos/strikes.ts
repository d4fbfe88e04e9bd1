// What is done to the servers and their database, one after the other. Knows no caller.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './server.ts';
import type { Town } from './town.ts';

export interface Strike {
  readonly name: string;
  /** Answers with what is to be told of it beside the figures. */
  strike(town: Town): Promise<string>;
}

const since = (fromMs: number): string => `${((performance.now() - fromMs) / 1_000).toFixed(1)} s`;

/** Whoever has the most calls. */
async function victim({ servers, database }: Town): Promise<{ server: Server; which: string }> {
  const { rows } = await database.query<{ name: string; calls: number }>(
    "select name, calls from liveline.nodes where seen_at > clock_timestamp() - interval '5 s' order by calls desc",
  );
  const found = rows.flatMap(({ name, calls }) => {
    const server = servers.find(({ port }) => name.endsWith(`:${port}`));
    return server ? [{ server, which: `${server.name} with ${calls} calls` }] : [];
  });
  return found[0]!;
}

/** Long enough for calls to be elsewhere before their server is back. */
const DEAD_FOR_MS = 4_000;
const PAUSED_FOR_MS = 10_000;

const nothing: Strike = {
  name: 'none',
  async strike() {
    await sleep(DEAD_FOR_MS);
    return '';
  },
};

const kill: Strike = {
  name: 'kill -9',
  async strike(town) {
    const { server, which } = await victim(town);
    await server.end('SIGKILL');
    await sleep(DEAD_FOR_MS);
    const startedMs = performance.now();
    await server.start();
    return `${which}, back in ${since(startedMs)}`;
  },
};

const drain: Strike = {
  name: 'drain',
  async strike(town) {
    const { server, which } = await victim(town);
    const drainedMs = performance.now();
    await server.end('SIGTERM');
    const drained = since(drainedMs);
    await server.start();
    return `${which}, drained in ${drained}`;
  },
};

const cut: Strike = {
  name: 'connections cut',
  async strike({ database }) {
    const { rows } = await database.query<{ cut: boolean }>(
      `select pg_terminate_backend(pid) as cut from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await sleep(DEAD_FOR_MS);
    return `${rows.filter((row) => row.cut).length} connections`;
  },
};

const pause: Strike = {
  name: 'SIGSTOP 10 s',
  async strike(town) {
    const { server, which } = await victim(town);
    server.signal('SIGSTOP');
    await sleep(PAUSED_FOR_MS);
    server.signal('SIGCONT');
    return which;
  },
};

const rolling: Strike = {
  name: 'rolling restart',
  async strike({ servers }) {
    const times: string[] = [];
    for (const server of servers) {
      const drainedMs = performance.now();
      await server.end('SIGTERM');
      times.push(since(drainedMs));
      await server.start();
    }
    return `drained in ${times.join(', ')}`;
  },
};

/** Some call meanwhile, and are not lost either. */
const databaseAway = (seconds: number): Strike => ({
  name: `database away ${seconds} s`,
  async strike({ wayToDatabase, database, callers, clock }) {
    wayToDatabase.close('cut');
    await sleep((seconds * 1_000) / 3);
    await callers.placeWithin(3, (seconds * 1_000) / 3, clock);
    await sleep((seconds * 1_000) / 3);
    const { rows: before } = await database.query<{ at: Date }>('select clock_timestamp() as at');
    wayToDatabase.open();
    const backMs = performance.now();
    const stale = async (): Promise<number> => {
      const { rows } = await database.query<{ stale: number }>(
        'select count(*)::integer as stale from liveline.call_journals where not over and updated_at < $1',
        [before[0]!.at],
      );
      return rows[0]?.stale ?? 0;
    };
    const untilMs = backMs + CAUGHT_UP_WITHIN_MS;
    while ((await stale()) > 0 && performance.now() < untilMs) await sleep(100);
    const left = await stale();
    return left === 0 ? `journals caught up in ${since(backMs)}` : `${left} journals NOT caught up`;
  },
});

/** A call writes of itself with every turn, and a database that is back is found within seconds. */
const CAUGHT_UP_WITHIN_MS = 30_000;

const ALL: readonly Strike[] = [nothing, kill, drain, cut, pause, rolling];

/** By its name, or the beginning of one; undefined: there is no such strike. */
export const strikeOf = (name: string): Strike | undefined => {
  const [, seconds] = /^database-away(?::(\d+))?$/.exec(name) ?? [];
  if (name.startsWith('database-away')) return databaseAway(Number(seconds ?? 30));
  return ALL.find((each) => each.name.toLowerCase().startsWith(name.toLowerCase()));
};
