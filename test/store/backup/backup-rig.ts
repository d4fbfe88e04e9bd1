// Databases with something in them, and everything they hold, to compare.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { TestContext } from 'vitest';
import type { Database } from '../../../src/store/database.ts';

export const STAMP = { version: '9.8.7', atMs: Date.UTC(2026, 0, 2, 3, 4, 5) };

/** Line separators that are no line feeds among them: a reader that takes them for ends of lines tears the row. */
export const ODD = 'Ünïcode 😀 \u2028 \u2029 \u0085 "quoted" \\ back\nslash\ttab \r {"a":1}]';

export function folder({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): string {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-backup-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** So many calls, each with so many turns. */
export async function addCalls({ sql: db }: Database, calls: number, turnsEach: number): Promise<void> {
  await sql`
    insert into liveline.calls (id, profile, profile_version, model, direction, from_number, to_number, rehearsal, node, started_at,
      ended_at, usage, cost_micro_usd)
    select 'CA' || n, ${ODD}::text, 'v', 'm', 'inbound', '+1555', '+1556', n % 2 = 0, 'node',
      '2026-01-01T00:00:00.123456Z'::timestamptz + n * interval '1 second', case when n % 2 = 0 then 'infinity'::timestamptz end,
      case when n % 3 = 0 then 'null'::jsonb when n % 3 = 1 then ${'{"": 1, "a.b": [null, 1e400, 12345678901234567890.10], "usage": "\\\\"}'}::jsonb end,
      case when n % 2 = 0 then 9223372036854775807 end
    from generate_series(1, ${calls}::int) as n`.execute(db);
  await sql`
    insert into liveline.turns (call_id, n, who, at_ms, text, heard, state)
    select 'CA' || c, t, 'agent', t * 1000, ${ODD}::text || t, '', 'done'
    from generate_series(1, ${calls}::int) as c, generate_series(1, ${turnsEach}::int) as t`.execute(db);
  await sql`
    insert into liveline.tool_calls (call_id, id, tool, args, response, called_ms, state)
    select 'CA' || c, 't', 'look_up', 'null'::jsonb, case when c % 2 = 0 then 'null'::jsonb end, 1, 'done'
    from generate_series(1, ${calls}::int) as c`.execute(db);
}

/** A table with what no table has yet, in a database of its own. */
export async function addOddTable({ sql: db }: Database): Promise<void> {
  await sql`
    create table liveline."a Odd ""name" (
      id bigint generated always as identity primary key,
      call_id text references liveline.calls,
      parent bigint references liveline."a Odd ""name",
      "strange key" numeric,
      twice numeric generated always as ("strange key" * 2) stored,
      raw bytea, list text[], ratio float8, day date, span interval
    )`.execute(db);
}

export async function addOddRows({ sql: db }: Database): Promise<void> {
  await sql`
    insert into liveline."a Odd ""name" (call_id, "strange key", raw, list, ratio, day, span)
    values ('CA1', 123456789012345678901234567890.000100, '\\x00ff', array['a', null, 'b,"c'], 'NaN', '0044-03-15 BC', '1 mon 2 days 3.000001'),
      (null, 'NaN', '', '{}', 0.1::float8 + 0.2, 'infinity', '-1 sec'),
      (null, null, null, null, '-Infinity', null, null)`.execute(db);
  await sql`update liveline."a Odd ""name" set parent = 1 where id > 1`.execute(db);
}

/** Every row of every table, with SQL's nulls told from JSON's. */
export async function everything({ sql: db }: Database): Promise<Record<string, string[]>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'liveline' and table_name not like 'kysely%' order by 1`.execute(db);
  const held: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`
      select whole::text || to_jsonb(whole)::text as row from ${sql.id('liveline', name)} as whole order by 1`.execute(
      db,
    );
    held[name] = rows.map(({ row }) => row);
  }
  return held;
}
