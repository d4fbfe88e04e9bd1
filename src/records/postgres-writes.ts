// Writes of records in PostgreSQL: a batch is one transaction of at most ten statements, however many writes it holds.
// Knows nothing of queues or retries: what PostgreSQL says of a bad write is what the caller gets.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { endWithLastSign } from './postgres-endings.ts';
import type { RecordWrite } from './write.ts';

type Kind = RecordWrite['is'];
type Of<K extends Kind> = Extract<RecordWrite, { is: K }>;

export async function applyWrites(db: Kysely<Tables>, writes: readonly RecordWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await db.transaction().execute(async (tx) => {
    const calls = ofKind(writes, 'call');
    if (calls.length > 0) await insertCalls(tx, calls);
    const moves = ofKind(writes, 'moved');
    if (moves.length > 0) await moveCalls(tx, moves);
    const there = await lockCalls(tx, [...new Set(writes.map(({ callId }) => callId))]);
    const kept = writes.filter(({ callId }) => there.has(callId));
    for (const kind of ORDER) {
      const rows = ofKind(kept, kind);
      if (rows.length > 0)
        await STATEMENTS[kind](JSON.stringify(lastOfEach(rows).map(withPlainTimes))).execute(tx);
    }
    // They came late, from the spool of a dead process perhaps.
    const died = [...there].filter(([, outcome]) => outcome === 'process-died').map(([id]) => id);
    if (died.length > 0) await endWithLastSign(tx, sql`c.id = any(${died}::text[])`);
  });
}

const ofKind = <K extends Kind>(writes: readonly RecordWrite[], kind: K): Of<K>[] =>
  writes.filter((write): write is Of<K> => write.is === kind);

/** One statement may not change a row twice. */
function lastOfEach(writes: readonly RecordWrite[]): RecordWrite[] {
  const keyOf = (write: RecordWrite): string =>
    JSON.stringify([write.callId, 'n' in write ? write.n : 'id' in write ? write.id : null]);
  return [...new Map(writes.map((write) => [keyOf(write), write])).values()];
}

/** PostgreSQL also takes `yesterday` and `infinity` for times, and no reader would understand them. Throws RangeError. */
function withPlainTimes(write: RecordWrite): RecordWrite {
  const plain = (time: string): string => new Date(time).toISOString();
  if (write.is === 'end') return { ...write, endedAt: plain(write.endedAt) };
  if (write.is !== 'call') return write;
  const { startedAt, keptUntil } = write;
  return { ...write, startedAt: plain(startedAt), keptUntil: keptUntil === null ? null : plain(keptUntil) };
}

async function insertCalls(tx: Kysely<Tables>, calls: readonly Of<'call'>[]): Promise<void> {
  await sql`
    insert into liveline.calls (id, profile, profile_version, model, direction, from_number, to_number,
      rehearsal, node, started_at, delete_after, crm_log)
    select "callId", profile, "profileVersion", model, direction, "from", "to", rehearsal, node, "startedAt", "keptUntil",
      case when logged then 'due' else 'off' end
    from jsonb_to_recordset(${JSON.stringify(calls.map(withPlainTimes))}::jsonb) as w("callId" text, profile text, "profileVersion" text,
      model text, direction text, "from" text, "to" text, rehearsal boolean, node text, "startedAt" timestamptz,
      "keptUntil" timestamptz, logged boolean)
    on conflict do nothing`.execute(tx);
}

/** One that was ended goes on: its process had died, or has told of an end when the call was another's already. */
async function moveCalls(tx: Kysely<Tables>, moves: readonly Of<'moved'>[]): Promise<void> {
  const last = [...moves].sort((one, other) => one.fence - other.fence);
  await sql`
    update liveline.calls c set node = w.node, fence = w.fence,
      ended_at = null, duration_ms = null, outcome = null, watchdog = null, usage = null, cost_micro_usd = null
    from jsonb_to_recordset(${JSON.stringify(lastOfEach(last))}::jsonb) as w("callId" text, node text, fence bigint)
    where c.id = w."callId" and c.fence < w.fence`.execute(tx);
}

/** Those that are there, with their outcomes, and stay until the batch is in: somebody may be deleting them. */
async function lockCalls(
  tx: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await sql<{ id: string; outcome: string | null }>`
    select id, outcome from liveline.calls where id = any(${ids}::text[]) order by id for key share`.execute(
    tx,
  );
  return new Map(rows.map(({ id, outcome }) => [id, outcome]));
}

/** A tool call is over only after it was made. */
const ORDER = ['turn', 'tool', 'tool-over', 'event', 'usage', 'end', 'lost'] as const;

/** What ended is not changed any more, should its id come again; what is missing of it may come late. */
const isOpen = (id: RawBuilder<unknown>): RawBuilder<unknown> => sql`exists (
  select from liveline.calls c where c.id = ${id} and (c.ended_at is null or c.outcome = 'process-died'))`;

/** JSON null arrives as SQL null, which a column of JSON that must hold something refuses: `coalesce`. */
const STATEMENTS = {
  turn: (json: string) => sql`
    insert into liveline.turns (call_id, n, who, at_ms, text, heard, state)
    select "callId", n, who, "atMs", text, heard, state
    from jsonb_to_recordset(${json}::jsonb) as w("callId" text, n integer, who text, "atMs" integer, text text,
      heard text, state text)
    on conflict (call_id, n) do update set who = excluded.who, at_ms = excluded.at_ms, text = excluded.text,
      heard = excluded.heard, state = excluded.state
      where ${isOpen(sql`excluded.call_id`)}`,
  tool: (json: string) => sql`
    insert into liveline.tool_calls (call_id, id, tool, args, called_ms, state)
    select "callId", id, tool, coalesce(args, 'null'), "calledMs", 'running'
    from jsonb_to_recordset(${json}::jsonb) as w("callId" text, id text, tool text, args jsonb, "calledMs" integer)
    on conflict do nothing`,
  'tool-over': (json: string) => sql`
    update liveline.tool_calls t set state = w.state, response = w.response, done_ms = w."doneMs",
      cause = w.cause, repeated = coalesce(w.repeated, false)
    from jsonb_to_recordset(${json}::jsonb) as w("callId" text, id text, state text, response jsonb, "doneMs" integer,
      cause text, repeated boolean)
    where t.call_id = w."callId" and t.id = w.id and t.state = 'running'`,
  event: (json: string) => sql`
    insert into liveline.call_events (call_id, n, at_ms, type, facts)
    select "callId", n, "atMs", type, coalesce(facts, '{}')
    from jsonb_to_recordset(${json}::jsonb) as w("callId" text, n integer, "atMs" integer, type text, facts jsonb)
    on conflict do nothing`,
  usage: (json: string) => sql`
    insert into liveline.turn_usage (call_id, n, turn, at_ms, usage, cost_micro_usd)
    select "callId", n, turn, "atMs", usage, "costMicroUsd"
    from jsonb_to_recordset(${json}::jsonb) as w("callId" text, n integer, turn integer, "atMs" integer, usage jsonb,
      "costMicroUsd" integer)
    on conflict do nothing`,
  // Of a call that several processes had, none knows what all of it was charged: its turns do (null).
  end: (json: string) => sql`
    update liveline.calls c set fence = greatest(c.fence, w.fence), ended_at = w."endedAt", duration_ms = w."durationMs", outcome = w.outcome,
      watchdog = w.watchdog, usage = case when c.fence = 0 then w.usage end,
      cost_micro_usd = case when c.fence = 0 then w."costMicroUsd" end
    from jsonb_to_recordset(${json}::jsonb) as w("callId" text, "endedAt" timestamptz, "durationMs" integer, outcome text,
      watchdog jsonb, usage jsonb, "costMicroUsd" bigint, fence bigint)
    where c.id = w."callId" and c.fence <= coalesce(w.fence, 0) and (c.ended_at is null or c.outcome = 'process-died')`,
  // The count so far, not one more: the same again must change nothing.
  lost: (json: string) => sql`
    update liveline.calls c set lost_writes = greatest(c.lost_writes, w.writes)
    from jsonb_to_recordset(${json}::jsonb) as w("callId" text, writes integer)
    where c.id = w."callId"`,
};
