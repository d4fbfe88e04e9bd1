// The judge of a crash test: holds what the database has against the ledger. Starts nothing but the database, to read it.
import { sql, type Selectable } from 'kysely';
import { callId, toolCallId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Usage } from '../../src/records/record.ts';
import type { RecordWrite } from '../../src/records/write.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import type { CallsTable, ToolCallsTable } from '../../src/store/tables/calls.ts';
import { hashOf, keyOf, type Ledger } from './ledger.ts';

export interface Verdict {
  /** That somebody rang. */
  readonly calls: number;
  /** Of the ledger's keys: those that were acknowledged, and of these those that are there, as new or newer. */
  readonly acknowledged: number;
  readonly found: number;
  readonly missing: readonly string[];
  /** On their way when their process was killed, and nobody was told that they are safe. */
  readonly unacknowledged: number;
  /** In the database, and written by nobody, or more than once. */
  readonly strange: readonly string[];
  readonly died: number;
  /** Calls of processes that are gone, without an end. */
  readonly open: readonly string[];
}

export async function judge(dataDir: string, ledger: Ledger): Promise<Verdict> {
  const database = openDatabase({ url: undefined, dataDir, log: silentLog });
  try {
    await database.ready();
    return compare(await readAll(database), ledger);
  } finally {
    await database.close();
  }
}

/** What the database has, as the writes that it came from. */
export interface Held {
  readonly writes: readonly RecordWrite[];
  readonly died: number;
  readonly open: readonly string[];
}

export function compare({ writes, died, open }: Held, { entries }: Pick<Ledger, 'entries'>): Verdict {
  const held = new Map<string, string>();
  const strange: string[] = [];
  for (const write of writes) {
    const key = keyOf(write);
    if (held.has(key)) strange.push(`${key}: twice`);
    held.set(key, hashOf(write));
    if (!entries.get(key)?.made.includes(hashOf(write))) strange.push(`${key}: made by nobody`);
  }
  const missing: string[] = [];
  let acknowledged = 0;
  for (const [key, { made, safe }] of entries) {
    if (safe.size === 0) continue;
    acknowledged += 1;
    const hash = held.get(key);
    const newestSafe = Math.max(...[...safe].map((each) => made.indexOf(each)));
    if (hash === undefined) missing.push(`${key}: not there`);
    else if (newestSafe < 0) missing.push(`${key}: acknowledged, and made by nobody`);
    else if (made.lastIndexOf(hash) < newestSafe) missing.push(`${key}: older than what was acknowledged`);
  }
  const calls = [...entries.keys()].filter((key) => key.split(' ')[1] === 'call').length;
  const found = acknowledged - missing.length;
  const unacknowledged = entries.size - acknowledged;
  return { calls, acknowledged, found, missing, unacknowledged, strange, died, open };
}

type CallRow = Omit<Selectable<CallsTable>, 'watchdog' | 'usage'> & {
  watchdog: Record<string, Record<string, number>> | null;
  usage: Usage | null;
};

/** Every row as the write, or the writes, that it came from. */
async function readAll({ sql: db }: Database): Promise<Held> {
  const { rows } = await sql<CallRow>`select * from liveline.calls`.execute(db);
  const ended = rows.filter(({ outcome }) => outcome !== null && outcome !== 'process-died');
  const [turns, tools, events, usages] = await Promise.all([
    sql<{ w: RecordWrite }>`
      select json_build_object('callId', call_id, 'is', 'turn', 'n', n, 'who', who, 'atMs', at_ms, 'text', text,
        'heard', heard, 'state', state) as w from liveline.turns`.execute(db),
    sql<ToolRow>`
      select call_id, id, tool, args, called_ms, state, response, done_ms from liveline.tool_calls`.execute(
      db,
    ),
    sql<{ w: RecordWrite }>`
      select json_build_object('callId', call_id, 'is', 'event', 'n', n, 'atMs', at_ms, 'type', type, 'facts', facts)
        as w from liveline.call_events`.execute(db),
    sql<{ w: RecordWrite }>`
      select json_build_object('callId', call_id, 'is', 'usage', 'n', n, 'turn', turn, 'atMs', at_ms, 'usage', usage,
        'costMicroUsd', cost_micro_usd) as w from liveline.turn_usage`.execute(db),
  ]);
  return {
    writes: [
      ...rows.map(callOf),
      ...ended.map(endOf),
      ...[turns, events, usages].flatMap((found) => found.rows.map(({ w }) => w)),
      ...tools.rows.flatMap(toolOf),
      ...rows.filter(({ lost_writes }) => lost_writes > 0).map(lossOf),
    ],
    died: rows.filter(({ outcome }) => outcome === 'process-died').length,
    open: rows.filter(({ ended_at }) => ended_at === null).map(({ id }) => id),
  };
}

const callOf = (row: CallRow): RecordWrite => ({
  is: 'call',
  callId: callId(row.id),
  node: '',
  keptUntil: row.delete_after?.toISOString() ?? null,
  logged: row.crm_log !== 'off',
  profile: row.profile,
  profileVersion: row.profile_version,
  model: row.model,
  direction: row.direction,
  from: row.from_number,
  to: row.to_number,
  rehearsal: row.rehearsal,
  startedAt: row.started_at.toISOString(),
});

const endOf = (row: CallRow): RecordWrite => ({
  is: 'end',
  callId: callId(row.id),
  endedAt: row.ended_at?.toISOString() ?? '',
  durationMs: row.duration_ms ?? -1,
  outcome: row.outcome ?? '',
  watchdog: row.watchdog ?? {},
  usage: row.usage!,
  costMicroUsd: row.cost_micro_usd === null ? null : Number(row.cost_micro_usd),
});

/** The calls of this test have room for all of theirs: it was made by nobody. */
const lossOf = (row: CallRow): RecordWrite => ({
  is: 'lost',
  callId: callId(row.id),
  writes: row.lost_writes,
});

type ToolRow = Selectable<ToolCallsTable>;

function toolOf(row: ToolRow): RecordWrite[] {
  const { tool, args, state, response, cause, repeated } = row;
  const one = { callId: callId(row.call_id), id: toolCallId(row.id) };
  const called: RecordWrite = { ...one, is: 'tool', tool, args, calledMs: row.called_ms };
  if (state === 'running') return [called];
  return [called, { ...one, is: 'tool-over', state, response, cause, repeated, doneMs: row.done_ms ?? -1 }];
}
