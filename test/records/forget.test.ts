// Forgetting a number: seeded everywhere, and afterwards looked for everywhere.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { describe, expect, test, type TestContext } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { callId } from '../../src/base/ids.ts';
import { createPostgresConsents } from '../../src/campaign/consents-postgres.ts';
import { forget } from '../../src/records/forget.ts';
import { createPostgresOptOuts } from '../../src/records/opt-outs.ts';
import { createPostgresRecords } from '../../src/records/postgres.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { processOwner } from '../../src/store/process-owner.ts';
import { CALLER, callOf, endOf, LINE, WHOLE } from '../contracts/records.contract.ts';
import { freshDatabase, LARGEST } from '../doubles/databases.ts';

const NATIONAL = '5550100123';
/** Beyond the greatest process number that Linux gives (proc_sys_kernel(5), pid_max). */
const DEAD = '999999999-1';
const WAYS = [
  ...[CALLER, '15550100123', NATIONAL, '+1 (555) 010-0123', '5 5 5, 0 1 0, 0 1 2 3'],
  ...['(555)    010-0123', '555<br>010<br>0123', '５５５０１００１２３'],
];

async function dataFolder({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'liveline-forget-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function put(dir: string, name: string, content: string | Uint8Array): Promise<string> {
  const path = join(dir, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** Of parties, of what rows are known by, and of columns that only take words of their own. */
const NOT_SEEDED = [
  ...['from_number', 'to_number', 'phone', 'id', 'call_id', 'contact_id', 'key', 'bare_number'],
  ...['direction', 'who', 'state', 'status', 'kind', 'crm_log', 'stage', 'sound', 'voicemail_id'],
  ...['campaign_id', 'import_id', 'cloned_from', 'role', 'by'],
];
/** Rows of these are known by the id of the call. */
const OF_CALLS = [
  'turns',
  'tool_calls',
  'call_events',
  'turn_usage',
  'crm_calls',
  'tool_effects',
  'notes',
  'routes',
  'opt_outs',
  'recordings',
  'call_journals',
];

const OF_CAMPAIGNS = {
  contact_faults: 'import_id',
  imported_rows: 'import_id',
  campaign_contacts: 'campaign_id',
  dial_audit: 'campaign_id',
  consents: 'kind',
} as const;

const keyOf = (table: string): string =>
  OF_CALLS.includes(table)
    ? 'call_id'
    : ({ claims: 'name', operator_sessions: 'name', voicemail_deliveries: 'voicemail_id', ...OF_CAMPAIGNS }[
        table
      ] ?? 'id');

/** Every column of text or JSON of every table. */
async function columnsOf({ sql: db }: Database) {
  const { rows } = await sql<{ table: string; column: string; isJson: boolean }>`
    select table_name as table, column_name as column, data_type like 'json%' as "isJson"
    from information_schema.columns
    where table_schema = 'liveline' and table_name not like 'kysely%' and data_type in ('text', 'json', 'jsonb')
      and column_name <> all(${NOT_SEEDED}) and (table_name, column_name) not in (('voicemails', 'words'), ('opt_outs', 'number'), ('consents', 'number'), ('operator_audit', 'outcome'), ('call_journals', 'node'))
      and table_name not in ('nodes', 'secrets', 'suppression_lists', 'suppressed_numbers', 'dial_pace')`.execute(
    db,
  );
  return rows;
}

/** What the CRM of our own and the tools have under this id, of nobody that is to be forgotten. */
async function putAround({ sql: db }: Database, id: string, n: number): Promise<void> {
  const statements = [
    sql`insert into liveline.tool_effects (call_id, tool, args_hash, state, runs_until)
      values (${id}, 't', 'h', 'done', now())`,
    sql`insert into liveline.crm_contacts (rehearsal, id, name, folded_name, phone, email, facts)
      values (false, ${id}, 'Bo', 'bo', '+15550100777', '', '{}')`,
    sql`insert into liveline.crm_appointments (rehearsal, id, contact_id, starts_at, ends_at, about, status)
      values (false, ${id}, ${id}, '2026-01-01'::date + ${n}::int, '2026-01-02'::date + ${n}::int, '', 'booked')`,
    sql`insert into liveline.crm_objects (rehearsal, id, kind, number, bare_number, contact_id, title, status, facts)
      values (false, ${id}, 'message', ${`M-${n}`}, ${`m${n}`}, ${id}, '', 'open', '{"from": "+15550100777"}')`,
    sql`insert into liveline.crm_calls (rehearsal, call_id, contact_id, from_number, to_number, direction, started_at,
        duration_ms, outcome, summary, recording_url)
      values (false, ${id}, ${id}, '+15550100777', ${LINE}, 'inbound', now(), 1, '', '', '')`,
    sql`insert into liveline.routes (call_id, from_number, to_number, step, route)
      values (${id}, '+15550100777', ${LINE}, 1, '{}')`,
    sql`insert into liveline.callbacks (id, key, rehearsal, call_id, profile, to_number, from_number, destination,
        reason, due_at, next_at, leg_id, cause)
      values (${id}, ${id}, false, ${id}, '', '+15550100777', ${LINE}, '', '', now(), now(), '', '')`,
    sql`insert into liveline.opt_outs (number, call_id) values (${`+1555010077${n}`}, ${id})`,
    sql`insert into liveline.claims (name, until) values (${id}, now())`,
    sql`insert into liveline.voicemails (id, call_id, profile, from_number, to_number, language, time_zone, model,
        rehearsal, recorded_at, duration_ms, after, held_by, words, transcript, keeps)
      values (${id}, ${id}, '', '+15550100777', ${LINE}, '', '', '', false, now(), 1, now(), null, 'off', '', true)`,
    sql`insert into liveline.campaigns (id, name, rehearsal, profile, settings, state)
      values (${id}, ${id}, true, '', '{}', 'draft')`,
    sql`insert into liveline.contact_imports (id, campaign_id, file, state) values (${id}, ${id}, '', 'done')`,
    sql`insert into liveline.contact_faults (import_id, line, field, words) values (${id}, 1, '', '')`,
    sql`insert into liveline.imported_rows (import_id, line, to_number, variables)
      values (${id}, 1, '+15550100777', '{}')`,
    sql`insert into liveline.campaign_contacts (campaign_id, to_number, state) values (${id}, '+15550100777', 'done')`,
    sql`insert into liveline.attempts (id, campaign_id, number, rehearsal, profile, to_number, from_number, state, node,
        look_at, claimed_at)
      values (${id}, ${id}, 1, true, '', '+15550100777', ${LINE}, 'over', '', now(), now())`,
    sql`insert into liveline.dial_audit (at, campaign_id, decision, rule) values (now(), ${id}, 'dial', '')`,
    sql`insert into liveline.consents (number, kind, given_at, source, rehearsal)
      values ('+15550100777', ${id}, now(), '', false)`,
    sql`insert into liveline.operator_sessions (key, role, name, opened_at, used_at)
      values (convert_to(${id}, 'UTF8'), 'viewer', ${id}, now(), now())`,
    sql`insert into liveline.operator_audit (id, at, who, action, outcome, address)
      values (${id}, now(), '', '', 'done', '')`,
    sql`insert into liveline.call_journals (call_id, node, fence, seq, entry)
      values (${id}, 'one', 1, 1, '{"call": {"from": "+15550100777"}}')`,
    sql`insert into liveline.recordings (call_id, rehearsal, started_at, from_ms, duration_ms, lost_ms, place)
      values (${id}, false, now(), 0, 1, 0, 's3:sounds')`,
    sql`insert into liveline.voicemail_deliveries (voicemail_id, n, target, after, cause)
      values (${id}, 1, '', now(), '')`,
  ];
  for (const statement of statements) await statement.execute(db);
}

/** Rows in whose digits the number is, whatever stands between them. */
async function rowsWith({ sql: db }: Database, digits: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'liveline'`.execute(db);
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(`liveline.${name}`)} t
      where regexp_replace(t::text, '[^0-9]', '', 'g') like ${`%${digits}%`}`.execute(db);
    if (rows[0]!.count > 0) found[name] = rows[0]!.count;
  }
  return found;
}

describe.each(LARGEST)('%s', (size) => {
  test('in every column of every table, in every way of writing: nothing is left of it, all else is', async (context) => {
    const database = await freshDatabase(context, size);
    const dataDir = await dataFolder(context);
    const store = createPostgresRecords(database);
    const others = WAYS.map((_, n) => callId(`CA-other-${n}`));
    for (const other of others)
      await store.apply(
        WHOLE.map((write) => ({
          ...write,
          callId: other,
          ...(write.is === 'call' && { from: '+15550100777' }),
        })),
      );
    await store.apply([
      ...WHOLE,
      callOf('called', { from: LINE, to: '+1 555 010 0123' }),
      callOf('sip', { from: `sip:${CALLER}@pbx.example.com` }),
      endOf('sip'),
      callOf(`named-${CALLER}`, { from: 'anonymous' }),
      callOf('german', { from: `+49${NATIONAL}`, to: LINE }),
    ]);
    for (const [n, other] of others.entries()) await putAround(database, other, n);
    // Of a version to come.
    await sql`create table liveline.notes (call_id text, words text, facts json)`.execute(database.sql);
    for (const other of others)
      await sql`insert into liveline.notes values (${other}, '', '{}')`.execute(database.sql);
    const columns = await columnsOf(database);
    await sql`alter table liveline.dial_audit disable trigger append_only`.execute(database.sql);
    await sql`alter table liveline.operator_audit disable trigger only_added_to`.execute(database.sql);
    for (const { table, column, isJson } of columns)
      for (const [n, way] of WAYS.entries()) {
        const json = { deep: [{ [way]: [`say ${way}\n${way}\t`, 15550100123] }], kept: 'kept' };
        const of = sql.table(`liveline.${table}`);
        const words = `say ${way}, kept`;
        // Names are searched by words with one space between them.
        const text = column === 'folded_name' ? words.replaceAll(/ +/g, ' ') : words;
        await sql`
          update ${of} set ${sql.ref(column)} = ${isJson ? JSON.stringify(json) : text}
          where ctid = (select max(ctid) from ${of} where ${sql.ref(keyOf(table))} = ${others[n]})
        `.execute(database.sql);
      }
    await sql`alter table liveline.dial_audit enable trigger append_only`.execute(database.sql);
    await sql`alter table liveline.operator_audit enable trigger only_added_to`.execute(database.sql);
    const seededTables = [
      ...[
        'attempts',
        'call_events',
        'call_journals',
        'callbacks',
        'calls',
        'campaign_contacts',
        'campaigns',
        'claims',
        'consents',
        'contact_faults',
        'contact_imports',
        'crm_appointments',
        'crm_calls',
        'crm_contacts',
        'crm_objects',
        'dial_audit',
        'imported_rows',
        'notes',
        'operator_audit',
        'operator_sessions',
        'opt_outs',
      ],
      ...[
        'recordings',
        'routes',
        'tool_calls',
        'tool_effects',
        'turn_usage',
        'turns',
        'voicemail_deliveries',
        'voicemails',
      ],
    ];
    expect(Object.keys(await rowsWith(database, NATIONAL)).sort()).toEqual(seededTables);

    const forgotten = await forget(database, dataDir, '+1 (555) 010-0123');
    // Besides what was seeded: the arguments of both tool calls, of which one was written over.
    const mentions = (columns.length + 1) * WAYS.length;
    expect(forgotten).toEqual({
      calls: 4,
      inProgress: 2,
      inCrm: 0,
      inCampaigns: 0,
      voicemails: 0,
      recordings: 0,
      mentions,
      spooled: 0,
      optedOut: false,
      leftIn: [],
    });
    // That of the German number, which has the same digits behind another country.
    expect(await rowsWith(database, NATIONAL)).toEqual({ calls: 1 });
    const { rows } = await sql<{ id: string }>`select id from liveline.calls order by id`.execute(
      database.sql,
    );
    expect(rows.map(({ id }) => id)).toEqual(['CA-german', ...others]);
    const args = await sql<{
      args: unknown;
    }>`select args from liveline.tool_calls where args ? 'kept'`.execute(database.sql);
    expect(args.rows[0]?.args).toEqual({
      deep: [{ '[forgotten]': ['say [forgotten]\n[forgotten]\t', '[forgotten]'] }],
      kept: 'kept',
    });
    const nothing = {
      calls: 0,
      inProgress: 0,
      inCrm: 0,
      inCampaigns: 0,
      voicemails: 0,
      recordings: 0,
      mentions: 0,
      spooled: 0,
      optedOut: false,
      leftIn: [],
    };
    expect(await forget(database, dataDir, CALLER)).toEqual(nothing);
  });

  test('where calls of that number are, and the callbacks that it was promised, are forgotten; others are not', async (context) => {
    const database = await freshDatabase(context, size);
    const { sql: db } = database;
    for (const [n, id] of ['CA-from', 'CA-to', 'CA-else'].entries()) await putAround(database, id, n);
    await sql`update liveline.routes set from_number = ${CALLER} where call_id = 'CA-from'`.execute(db);
    await sql`update liveline.routes set to_number = ${`sip:${CALLER}@example.com`} where call_id = 'CA-to'`.execute(
      db,
    );
    await sql`update liveline.callbacks set to_number = ${CALLER} where id <> 'CA-else'`.execute(db);
    await forget(database, await dataFolder(context), CALLER);
    expect(await rowsWith(database, NATIONAL)).toEqual({});
    const { rows } =
      await sql`select call_id from liveline.routes union all select id from liveline.callbacks`.execute(db);
    expect(rows).toEqual([{ call_id: 'CA-else' }, { call_id: 'CA-else' }]);
  });

  test('journals of its calls are deleted, also of one that no record is of yet; of others it is blanked', async (context) => {
    const database = await freshDatabase(context, size);
    const { sql: db } = database;
    const seed = async (id: string, from: string, to: string, said: string): Promise<void> => {
      const entry = JSON.stringify({ call: { id, from, to }, said: [{ who: 'caller', text: said }] });
      await sql`insert into liveline.call_journals (call_id, node, fence, seq, entry)
        values (${id}, ${`node of ${CALLER}`}, 1, 1, ${entry}::jsonb)`.execute(db);
    };
    await seed('CA-from', CALLER, LINE, 'Hello.');
    await seed('CA-to', LINE, `sip:${CALLER}@example.com`, 'Hello.');
    await seed('CA-else', '+15550100777', LINE, `Call ${CALLER}, please.`);
    await forget(database, await dataFolder(context), CALLER);
    const { rows } = await sql<{ call_id: string; node: string; text: string }>`
      select call_id, node, entry->'said'->0->>'text' as text from liveline.call_journals`.execute(db);
    // The node is known by its name: what stands in that is no caller's.
    expect(rows).toEqual([
      { call_id: 'CA-else', node: `node of ${CALLER}`, text: 'Call [forgotten], please.' },
    ]);
  });

  test('who is not to be called stays on that list, and nothing else of them: not the call, not their words', async (context) => {
    const database = await freshDatabase(context, size);
    const optOuts = createPostgresOptOuts(database);
    await optOuts.add({ number: CALLER, callId: 'CA1', reason: `Ada, ${CALLER}, is angry` });
    await optOuts.add({ number: '+15550100777', callId: 'CA2', reason: `as ${CALLER} said` });
    const dataDir = await dataFolder(context);
    expect(await forget(database, dataDir, CALLER)).toMatchObject({ optedOut: true, mentions: 1 });
    expect(await optOuts.has(CALLER)).toBe(true);
    expect((await optOuts.find({ limit: 9 })).optOuts).toMatchObject([
      { number: '+15550100777', callId: 'CA2', reason: 'as [forgotten] said' },
      { number: CALLER, callId: null, reason: '' },
    ]);
    expect(await forget(database, dataDir, CALLER), 'again').toMatchObject({ optedOut: true, mentions: 0 });
  });

  test('campaigns: no contact, no attempt, no consent; the audit keeps its lines, and lists of who is not called the number', async (context) => {
    const database = await freshDatabase(context, size);
    const { sql: db } = database;
    await sql`
      insert into liveline.campaigns (id, name, rehearsal, profile, settings, state)
      values ('c', 'spring', true, 'p', '{}', 'running')`.execute(db);
    for (const number of [CALLER, '+15550100777']) {
      await sql`
        with made as (
          insert into liveline.campaign_contacts (campaign_id, to_number, state) values ('c', ${number}, 'done') returning id
        ) insert into liveline.attempts
          (id, campaign_id, contact_id, number, rehearsal, profile, to_number, from_number, state, node, look_at, claimed_at)
        select ${`a${number}`}, 'c', id, 1, true, 'p', ${number}, '+15550100100', 'over', 'n', now(), now() from made`.execute(
        db,
      );
      await sql`
        insert into liveline.consents (number, kind, given_at, source, rehearsal)
        values (${number}, 'written', now(), 'web', false)`.execute(db);
      await sql`
        insert into liveline.dial_audit (at, campaign_id, to_number, decision, rule)
        values (now(), 'c', ${number}, 'dial', 'all')`.execute(db);
    }
    await sql`
      insert into liveline.suppression_lists (name, rehearsal, as_of, numbers) values ('national', false, now(), 1)`.execute(
      db,
    );
    await sql`
      insert into liveline.suppressed_numbers (list, rehearsal, version, number)
      values ('national', false, 1, ${CALLER})`.execute(db);
    expect(await forget(database, await dataFolder(context), CALLER)).toMatchObject({ inCampaigns: 3 });
    expect(await rowsWith(database, NATIONAL)).toEqual({ suppressed_numbers: 1 });
    const { rows } = await sql`select to_number from liveline.dial_audit order by id`.execute(db);
    expect(rows).toEqual([{ to_number: '[forgotten]' }, { to_number: '+15550100777' }]);
    await expect(sql`update liveline.dial_audit set rule = 'none'`.execute(db)).rejects.toThrow(
      'only ever added to',
    );
    await expect(sql`delete from liveline.dial_audit`.execute(db)).rejects.toThrow('only ever added to');
  });

  test('a number with the zero of a trunk is that without it, in campaigns and on the list of who opted out', async (context) => {
    const database = await freshDatabase(context, size);
    const written = '+44 (0)20 7946 0958';
    await createPostgresOptOuts(database).add({ number: written, callId: 'CA1', reason: 'angry' });
    const consents = createPostgresConsents(database, false, systemClock);
    await consents.add([{ number: written, kind: 'written', givenAtMs: Date.UTC(2026, 0), source: 'web' }]);
    expect(await forget(database, await dataFolder(context), written)).toMatchObject({
      ...{ inCampaigns: 1, optedOut: true, leftIn: [] },
    });
    expect(await consents.of(written)).toEqual([]);
    const { optOuts } = await createPostgresOptOuts(database).find({ limit: 9 });
    expect(optOuts).toMatchObject([{ number: '+442079460958', callId: null, reason: '' }]);
  });

  test('the CRM of our own: who has that number, with all that hangs on them, what they left, and their calls', async (context) => {
    const database = await freshDatabase(context, size);
    const { sql: db } = database;
    const dataDir = await dataFolder(context);
    const store = createPostgresRecords(database);
    await store.apply([callOf('theirs'), endOf('theirs'), callOf('else', { from: '+15550100777' })]);
    for (const [n, id] of ['CA-theirs', 'CA-else', 'CA-message', 'CA-ticket', 'CA-order', 'CA-out'].entries())
      await putAround(database, id, n);
    const free = (table: string) => sql`update ${sql.table(`liveline.${table}`)} set contact_id = null`;
    await sql`${free('crm_objects')} where id <> 'CA-else'`.execute(db);
    await sql`${free('crm_calls')} where call_id <> 'CA-else'`.execute(db);
    // The same id in the other world is somebody else.
    await sql`
      insert into liveline.crm_contacts (rehearsal, id, name, folded_name, phone, facts)
      values (true, 'CA-theirs', 'Cy', 'cy', '+15550100888', '{}')`.execute(db);
    await sql`update liveline.crm_contacts set phone = '+1 (555) 010-0123' where id = 'CA-theirs' and not rehearsal`.execute(
      db,
    );
    const from = async (id: string, text: string, kind: string) =>
      sql`update liveline.crm_objects set facts = ${JSON.stringify({ from: text, text: 'hi' })}, kind = ${kind}
        where id = ${`CA-${id}`}`.execute(db);
    await from('message', CALLER, 'message');
    await from('ticket', `Zoë, ${CALLER}`, 'ticket');
    await from('order', CALLER, 'order');
    await sql`update liveline.crm_calls set to_number = ${CALLER} where call_id = 'CA-out'`.execute(db);

    const forgotten = await forget(database, dataDir, CALLER);
    // The contact, the message, the ticket, the call that went out, and the one whose record went; the order says it no more.
    expect(forgotten).toEqual({
      calls: 1,
      inProgress: 0,
      inCrm: 5,
      inCampaigns: 0,
      voicemails: 1,
      recordings: 1,
      mentions: 1,
      spooled: 0,
      optedOut: false,
      leftIn: [
        'the recording of 1 voicemail, at the carrier: a server that runs deletes it there within seconds',
        'the recording of a call, in s3:sounds: a server that keeps its recordings there deletes it within an hour',
      ],
    });
    expect(await rowsWith(database, NATIONAL)).toEqual({});
    const left = async (table: string, id: string): Promise<string> => {
      const { rows } = await sql<{ id: string }>`
        select ${sql.ref(id)} as id from ${sql.table(`liveline.${table}`)} order by 1`.execute(db);
      return rows.map((row) => row.id.slice(3)).join(' ');
    };
    expect(await left('crm_contacts', 'id')).toBe('else message order out theirs ticket');
    expect(await left('crm_appointments', 'id')).toBe('else message order out ticket');
    expect(await left('crm_objects', 'id')).toBe('else order out theirs');
    expect(await left('crm_calls', 'call_id')).toBe('else message order ticket');
    expect(await left('tool_effects', 'call_id')).toBe('else message order out ticket');
  });

  test('what rows are known by: blanked too, what refers to it follows, and two never become one', async (context) => {
    const database = await freshDatabase(context, size);
    const { sql: db } = database;
    const ids = [CALLER, `1-${NATIONAL}`, `(555) 010-0123`, 'bo'];
    for (const [n, id] of ids.entries()) await putAround(database, id, n);
    await sql`
      update liveline.crm_contacts set key = id || ' booked it';
      update liveline.crm_objects set bare_number = '1555010012' || case when id like '+%' then '3' else '3-' || id end`.execute(
      db,
    );
    const dataDir = await dataFolder(context);
    await forget(database, dataDir, CALLER);
    expect(await rowsWith(database, NATIONAL)).toEqual({});
    const { rows } = await sql<{ id: string }>`
      select c.id from liveline.crm_contacts c join liveline.crm_appointments a on a.contact_id = c.id
        join liveline.crm_objects o on o.contact_id = c.id order by c.id`.execute(db);
    expect(rows).toHaveLength(4);
    expect(rows.at(-1)?.id).toBe('bo');
    expect(rows[0]?.id).toMatch(/^[(]?(1-)?\[forgotten]-[0-9a-f]{12}$/);
    expect(await forget(database, dataDir, CALLER)).toMatchObject({ mentions: 0, leftIn: [] });
  });

  test('files: the spool of a dead process is cleaned, and every other file that holds it is named', async (context) => {
    const database = await freshDatabase(context, size);
    const dataDir = await dataFolder(context);
    const store = createPostgresRecords(database);
    await store.apply([callOf('stored')]);
    const owner = await processOwner();
    const line = (item: unknown): string => `${JSON.stringify(item)}\n`;
    const turn = (name: string, text: string) => ({ is: 'turn', callId: `CA-${name}`, n: 0, text });
    const segment = await put(
      dataDir,
      `spool/records-${DEAD}/000000000000001-ab.ndjson`,
      [
        line(turn('stored', 'of a call that is in the database')),
        line(callOf('spooled')),
        line(turn('spooled', 'of a call that is not')),
        line(turn('else', 'nothing of it')),
        line(turn('else', `ring ${CALLER}`)),
        `{"is":"turn","callId":"CA-else","text":"torn ${CALLER}`,
      ].join(''),
    );
    const emptied = await put(
      dataDir,
      `spool/records-${DEAD}.2/000000000000002-ab.ndjson`,
      line(callOf('b')),
    );
    const clean = await put(
      dataDir,
      `spool/records-${DEAD}/000000000000003-ab.ndjson`,
      line(turn('else', 'x')),
    );
    const left = [
      await put(dataDir, `spool/records-${owner.id}/000000000000001-cd.ndjson`, line(callOf('living'))),
      await put(dataDir, 'exports/calls.ndjson', `${'x'.repeat(65_530)}${CALLER}`),
      await put(dataDir, 'exports/backup', gzipSync(`${'y'.repeat(200_000)} 555 010 0123`)),
      await put(dataDir, `exports/${NATIONAL}.wav`, ''),
      await put(dataDir, 'exports/broken.gz', Buffer.from([0x1f, 0x8b, 1, 2, 3])),
    ];
    if (size === 'server') left.push(join(dataDir, 'postgres'));
    await put(dataDir, 'postgres/base/1', CALLER);
    await put(dataDir, 'exports/other', '+15550100999');

    const { spooled, leftIn, calls } = await forget({ ...database, size }, dataDir, CALLER);
    expect(calls).toBe(1);
    expect(spooled).toBe(6);
    expect(leftIn.map((each) => each.slice(0, each.indexOf(': '))).sort()).toEqual(left.sort());
    expect(await readFile(segment, 'utf8')).toBe(
      line(turn('else', 'nothing of it')) + line(turn('else', 'ring [forgotten]')),
    );
    expect(await readdir(dirname(emptied))).toEqual([]);
    expect(await readFile(clean, 'utf8')).toBe(line(turn('else', 'x')));
  });

  test('the spool of a process elsewhere: cleaned once it was silent for ten minutes, named until then', async (context) => {
    const database = await freshDatabase(context, size);
    const dataDir = await dataFolder(context);
    const line = `${JSON.stringify(callOf('elsewhere'))}\n`;
    const segment = await put(dataDir, 'spool/records-1-1-abc/000000000000001-ab.ndjson', line);
    const taken = await put(dataDir, 'spool/records-1-1-abc.1/000000000000002-ab.ndjson', line);
    await utimes(dirname(taken), 1, 1);
    const touchedMs = (await stat(dirname(segment))).mtimeMs;
    const after = async (ms: number) => {
      const clock = { ...systemClock, epochMs: () => touchedMs + ms };
      const { spooled, leftIn } = await forget({ ...database, size: 'embedded' }, dataDir, CALLER, clock);
      return { spooled, leftIn };
    };
    const early = await after(10 * 60_000 - 1);
    expect(early.spooled).toBe(0);
    expect(early.leftIn.map((each) => each.slice(0, each.indexOf(': '))).sort()).toEqual(
      [segment, taken].sort(),
    );
    for (const each of early.leftIn) expect(each).toContain('run forget again');
    expect(await after(10 * 60_000)).toEqual({ spooled: 2, leftIn: [] });
  });

  test('calls of that number that are written at the same time do no harm', async (context) => {
    const database = await freshDatabase(context, size);
    const dataDir = await dataFolder(context);
    const store = createPostgresRecords(database);
    await store.apply(WHOLE);
    const children = WHOLE.slice(1);
    await Promise.all([
      forget(database, dataDir, CALLER),
      ...Array.from({ length: 10 }, () => store.apply(children)),
    ]);
    expect(await store.get(callId('CA-whole'))).toBeUndefined();
    expect(await rowsWith(database, NATIONAL)).toEqual({});
  });

  test.each(['', 'anonymous', '5550100123', '+0123'])('what is no number is told so: "%s"', async (text) => {
    const nowhere = openDatabase({ url: 'postgres://127.0.0.1:1/none', dataDir: tmpdir(), log: silentLog });
    await expect(forget(nowhere, tmpdir(), text)).rejects.toMatchObject({ code: 'API_REQUEST_INVALID' });
    await nowhere.close();
  });
});

test('the files of an embedded database hold it no more, nor do its statistics', async (context) => {
  const dataDir = await dataFolder(context);
  const database = openDatabase({ url: undefined, dataDir, log: silentLog });
  context.onTestFinished(() => database.close());
  await database.ready();
  const store = createPostgresRecords(database);
  for (let n = 0; n < 40; n++)
    await store.apply(
      WHOLE.map((write) => ({
        ...write,
        callId: callId(`CA-${n}`),
        ...(write.is === 'call' && n % 4 === 0 && { from: '+15550100777' }),
        ...(write.is === 'turn' && { text: `ring ${CALLER}, ${n}` }),
      })),
    );
  await sql`analyze`.execute(database.sql);
  await sql`checkpoint`.execute(database.sql);
  const base = join(database.where, 'base');
  expect(await filesWith(base, NATIONAL)).not.toEqual([]);
  expect(await forget(database, dataDir, CALLER)).toMatchObject({ calls: 30, leftIn: [] });
  expect(await filesWith(base, NATIONAL)).toEqual([]);
  expect(await filesWith(base, '15550100777')).not.toEqual([]);
});

async function filesWith(dir: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}
