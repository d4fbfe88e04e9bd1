// How soon records are found again among many calls.
import { sql } from 'kysely';
import { callId } from '../../src/base/ids.ts';
import { createPostgresRecords } from '../../src/records/postgres.ts';
import type { CallQuery } from '../../src/records/record.ts';
import type { Database } from '../../src/store/database.ts';
import { percentile } from '../rehearsal/percentile.ts';

const ROUNDS = 200;
const TURNS = 12;

/** In an empty database: a call a minute, most of them from numbers that call again. */
export async function fill({ sql: db }: Database, calls: number): Promise<void> {
  await sql`
    insert into liveline.calls (id, profile, profile_version, model, direction, from_number, to_number, rehearsal,
      node, started_at, ended_at, duration_ms, outcome, watchdog, usage, cost_micro_usd, delete_after)
    select 'CA' || lpad(to_hex(n), 32, '0'), 'Desk ' || n % 5, 'v' || n % 3, 'gemini-3.8-live', 'inbound',
      '+1555' || lpad((n % (${calls}::int / 5 + 1))::text, 7, '0'), '+15550100100', false, 'bench', t, t + interval '2 minutes', 120000,
      case when n % 50 = 0 then 'model-failed' else 'caller-hung-up' end, '{}',
      '{"promptTokens":1,"responseTokens":1,"totalTokens":2,"cachedTokens":0,"thoughtTokens":0,"toolUseTokens":0,"prompt":{},"response":{}}',
      12345, t + interval '90 days'
    from (select n, timestamptz '2026-01-01' + n * interval '1 minute' as t from generate_series(1, ${calls}::int) n) g`.execute(
    db,
  );
  await sql`
    insert into liveline.turns (call_id, n, who, at_ms, text, heard, state)
    select c.id, n, case n % 2 when 0 then 'agent' else 'caller' end, n * 5000, repeat('and so it was, ', 10),
      repeat('and so it was, ', 10), 'done'
    from liveline.calls c, generate_series(0, ${TURNS - 1}::int) n`.execute(db);
  await sql`vacuum analyze liveline.calls`.execute(db);
  await sql`vacuum analyze liveline.turns`.execute(db);
}

export interface Read {
  readonly what: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many calls came, to see that something was found. */
  readonly found: number;
}

export async function readings(database: Database, calls: number): Promise<Read[]> {
  const store = createPostgresRecords(database);
  const find = (query: Omit<CallQuery, 'limit'>) => () =>
    store.find({ limit: 50, ...query }).then((page) => page.calls.length);
  const old = await cursorAt(store, Math.floor(calls / 50 / 2));
  const middle = callId(
    `CA${Math.floor(calls / 2)
      .toString(16)
      .padStart(32, '0')}`,
  );
  const asked: [string, () => Promise<number>][] = [
    ['the 50 newest', find({})],
    ['50 in the middle, by cursor', find({ cursor: old })],
    ['by number', find({ number: '+15550000777' })],
    ['a number that never called', find({ number: '+15559999999' })],
    ['by profile and outcome', find({ profile: 'Desk 0', outcome: 'model-failed' })],
    ['by day', find({ after: '2026-01-08T00:00:00Z', before: '2026-01-09T00:00:00Z' })],
    ['in progress', find({ outcome: 'in-progress' })],
    ['one call whole', () => store.get(middle).then((record) => record?.turns.length ?? 0)],
    ['the last call whole', () => store.last().then((record) => record?.turns.length ?? 0)],
  ];
  const reads: Read[] = [];
  for (const [what, ask] of asked) {
    const tookMs: number[] = [];
    let found = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const startMs = performance.now();
      found = await ask();
      tookMs.push(performance.now() - startMs);
    }
    reads.push({ what, found, p50Ms: percentile(tookMs, 0.5)!, p99Ms: percentile(tookMs, 0.99)! });
  }
  return reads;
}

async function cursorAt(store: ReturnType<typeof createPostgresRecords>, pages: number): Promise<string> {
  let cursor: string | null = null;
  for (let page = 0; page < Math.max(1, pages); page += 4) {
    const found = await store.find({ limit: 200, ...(cursor !== null && { cursor }) });
    cursor = found.next ?? cursor;
  }
  return cursor!;
}
