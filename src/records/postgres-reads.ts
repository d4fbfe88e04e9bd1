// Reads of records in PostgreSQL: the search, and one record whole. Changes nothing.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { CallId } from '../base/ids.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Tables } from '../store/tables.ts';
import { readCursor, writeCursor } from './page-cursor.ts';
import type {
  CallPage,
  CallQuery,
  CallRecord,
  CallSummary,
  CrmLogState,
  RecordedEvent,
  RecordedToolCall,
  RecordedTurn,
  Usage,
} from './record.ts';
import { NO_USAGE, usageSum } from './usage.ts';

interface SummaryRow {
  id: string;
  profile: string;
  profile_version: string;
  model: string;
  direction: 'inbound' | 'outbound';
  from_number: string;
  to_number: string;
  rehearsal: boolean;
  started_at: Date;
  ended_at: Date | null;
  duration_ms: number | null;
  outcome: string | null;
  /** As text: bigint. */
  cost: string | null;
  lost_writes: number;
  recording: CallSummary['recording'];
}

/** A call without an end of its own (in progress, or its process died) costs what its turns cost, if all are known. */
const SUMMARY = sql`
  c.id, c.profile, c.profile_version, c.model, c.direction, c.from_number, c.to_number, c.rehearsal, c.started_at,
  c.ended_at, c.duration_ms, c.outcome, c.lost_writes,
  case when c.usage is not null then c.cost_micro_usd else (
    select case when count(*) = count(u.cost_micro_usd) then coalesce(sum(u.cost_micro_usd), 0) end
    from liveline.turn_usage u where u.call_id = c.id
  ) end as cost,
  (select json_build_object('fromMs', r.from_ms, 'durationMs', r.duration_ms, 'lostMs', r.lost_ms)
    from liveline.recordings r where r.call_id = c.id and r.sound = 'kept') as recording`;

const toSummary = (row: SummaryRow): CallSummary => ({
  id: row.id,
  profile: row.profile,
  profileVersion: row.profile_version,
  model: row.model,
  direction: row.direction,
  from: row.from_number,
  to: row.to_number,
  rehearsal: row.rehearsal,
  startedAt: row.started_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  durationMs: row.duration_ms,
  outcome: row.outcome,
  costUsd: row.cost === null ? null : Number(row.cost) / 1e6,
  lostWrites: row.lost_writes,
  recording: row.recording,
});

export async function findCalls(db: Kysely<Tables>, query: CallQuery): Promise<CallPage> {
  // PostgreSQL takes no U+0000, so nothing that it holds has one.
  const { number, profile, outcome, tool, watchdog } = query;
  if ([number, profile, outcome, tool, watchdog].some((text) => text?.includes('\0')))
    return { calls: [], next: null };
  const { limit } = query;
  const { rows } = await sql<SummaryRow>`
    select ${SUMMARY} from (${newest(query)}) c order by c.started_at desc, c.id desc limit ${limit + 1}`.execute(
    db,
  );
  const calls = rows.slice(0, limit).map(toSummary);
  const last = calls.at(-1);
  return { calls, next: rows.length > limit && last ? writeCursor(last.startedAt, last.id) : null };
}

/** A number's calls come from two indexes, each already in order; `or` would sort all of them first. */
function newest(query: CallQuery): RawBuilder<unknown> {
  const select = (...also: RawBuilder<unknown>[]): RawBuilder<unknown> => sql`
    (select * from liveline.calls
    where ${sql.join([sql`true`, ...conditions(query), ...also], sql` and `)}
    order by started_at desc, id desc limit ${query.limit + 1})`;
  if (query.number === undefined) return select();
  const number = parsePhoneNumber(query.number) ?? query.number;
  return sql`${select(sql`from_number = ${number}`)}
    union all ${select(sql`to_number = ${number}`, sql`from_number <> ${number}`)}`;
}

function* conditions(query: CallQuery): Generator<RawBuilder<unknown>> {
  const { profile, outcome, tool, watchdog, after, before, cursor } = query;
  if (profile !== undefined) yield sql`profile = ${profile}`;
  if (outcome === 'in-progress') yield sql`ended_at is null`;
  else if (outcome !== undefined) yield sql`outcome = ${outcome}`;
  if (tool !== undefined)
    yield sql`exists (select from liveline.tool_calls t where t.call_id = calls.id and t.tool = ${tool})`;
  if (watchdog !== undefined)
    yield sql`exists (select from liveline.call_events e
      where e.call_id = calls.id and e.type = 'watchdog' and e.facts ->> 'saw' = ${watchdog})`;
  if (after !== undefined) yield sql`started_at >= ${new Date(after)}`;
  if (before !== undefined) yield sql`started_at < ${new Date(before)}`;
  if (cursor !== undefined) {
    const [startedAt, id] = readCursor(cursor);
    yield sql`(started_at, id) < (${new Date(startedAt)}, ${id})`;
  }
}

interface RecordRow extends SummaryRow {
  turns: RecordedTurn[];
  tools: RecordedToolCall[];
  events: RecordedEvent[];
  usage: Usage | null;
  turn_usage: Usage[];
  watchdog: CallRecord['watchdog'] | null;
  delete_after: Date | null;
  crm_log: CrmLogState;
}

export async function readCall(db: Kysely<Tables>, id: CallId): Promise<CallRecord | undefined> {
  return id.includes('\0') ? undefined : await readOne(db, sql`where c.id = ${id}`);
}

export const readLastCall = (db: Kysely<Tables>): Promise<CallRecord | undefined> =>
  readOne(db, sql`order by c.started_at desc, c.id desc limit 1`);

/** One statement, so that all of it is of one moment. */
async function readOne(db: Kysely<Tables>, which: RawBuilder<unknown>): Promise<CallRecord | undefined> {
  const { rows } = await sql<RecordRow>`
    select ${SUMMARY}, c.usage, c.watchdog, c.delete_after, c.crm_log,
      (select coalesce(json_agg(json_build_object('n', n, 'who', who, 'atMs', at_ms, 'text', text, 'heard', heard,
          'state', state) order by n), '[]')
        from liveline.turns where call_id = c.id) as turns,
      (select coalesce(json_agg(json_build_object('id', t.id, 'tool', tool, 'args', args, 'response', response,
          'calledMs', called_ms, 'doneMs', done_ms, 'state', state, 'cause', cause, 'repeated', repeated) order by called_ms, t.id), '[]')
        from liveline.tool_calls t where call_id = c.id) as tools,
      (select coalesce(json_agg(json_build_object('atMs', at_ms, 'type', type, 'facts', facts) order by n), '[]')
        from liveline.call_events where call_id = c.id) as events,
      (select coalesce(json_agg(u.usage), '[]')
        from liveline.turn_usage u where call_id = c.id and c.usage is null) as turn_usage
    from liveline.calls c ${which}`.execute(db);
  const row = rows[0];
  return (
    row && {
      ...toSummary(row),
      turns: row.turns,
      tools: row.tools,
      events: row.events,
      usage: row.usage ?? row.turn_usage.reduce(usageSum, NO_USAGE),
      watchdog: row.watchdog ?? {},
      crmLog: row.crm_log,
      keptUntil: row.delete_after?.toISOString() ?? null,
    }
  );
}
