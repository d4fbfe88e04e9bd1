// `npm run bench -- dial-decisions`: how many decisions a second one dialler makes, each with its facts read and its line in the
// audit, on an embedded PostgreSQL, and on a server where TEST_DATABASE_URL names one.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import pg from 'pg';
import { silentLog } from '../src/base/log.ts';
import { campaignRules } from '../src/campaign/campaign-rules.ts';
import type { DialRules } from '../src/campaign/dial-rules.ts';
import { createCampaignStore } from '../src/campaign/postgres.ts';
import { loadRules } from '../src/campaign/rules/load.ts';
import { openDatabase, type Database } from '../src/store/database.ts';

const USAGE = `npm run bench -- dial-decisions [--contacts 5000]
  --contacts  so many are decided about: a third are called, a third have no consent, a third are on a list`;

/** Monday, 2026-11-30, noon in New York: inside of every window of the United States but Hawaii's. */
const NOON_MS = Date.UTC(2026, 10, 30, 17);
const AT_ONCE = 256;
const SETTINGS = {
  profile: 'Reminder',
  purpose: 'informational',
  caller_ids: [{ number: '+12125550100', calls_per_day: 100_000 }],
  country: 'US',
  consent: { kind: 'express' },
  suppression_lists: [{ name: 'national', not_older_than_days: 31 }],
  pace: { calls_per_second: 100, concurrency: 10_000, ramp_minutes: 0 },
};

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { contacts: { type: 'string', default: '5000' } },
  });
  const contacts = Number(values.contacts);
  if (!(Number.isInteger(contacts) && contacts >= 3 && contacts <= 9_999)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const law = await loadRules(join(import.meta.dirname, '../fixtures/calling-rules'));
  const rules = campaignRules({ law, guard: () => undefined })(SETTINGS);
  await onEmbedded(contacts, rules);
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined) console.log('server     not measured: TEST_DATABASE_URL names none');
  else await onServer(server, contacts, rules);
  console.log(`load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`);
}

async function onEmbedded(contacts: number, rules: DialRules): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-bench-decisions-'));
  const database = openDatabase({ url: undefined, dataDir: dir, log: silentLog });
  try {
    await measure(database, contacts, rules);
  } finally {
    await database.close();
    rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** In a database of its own, which is gone afterwards. */
async function onServer(url: string, contacts: number, rules: DialRules): Promise<void> {
  const name = `liveline_bench_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  await client.query(`create database ${name}`);
  const database = openDatabase({ url: fresh.href, dataDir: '', log: silentLog });
  try {
    await measure(database, contacts, rules);
  } finally {
    await database.close();
    await client.query(`drop database if exists ${name} with (force)`);
    await client.end();
  }
}

async function measure(database: Database, contacts: number, rules: DialRules): Promise<void> {
  await database.ready();
  const store = createCampaignStore(database, { account: 'AC', node: 'bench', rehearsal: true });
  const campaignId = await fill(database, store, contacts);
  const [decided, dialled] = [{ n: 0 }, { n: 0 }];
  const startedMs = performance.now();
  // By its own clock no call is too early: the pace of the account is not what is measured.
  for (let nowMs = NOON_MS; decided.n < contacts; nowMs += 2_000) {
    const claim = await store.claim({
      ...{
        campaignId,
        rules: { ...rules, howMany: ({ slots }) => ({ calls: slots, because: '' }) },
        contacts: AT_ONCE,
        nowMs,
      },
      capacity: { callsAtOnce: undefined, live: 0, model: { most: undefined, live: 0 } },
      accountCallsPerSecond: 1_000,
    });
    if (claim.is !== 'claimed') throw new Error(`nobody was decided about: ${claim.is}`);
    decided.n += claim.looked;
    dialled.n += claim.dials.length;
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const perSecond = (n: number): string => `${Math.round(n / seconds)} a second`;
  console.log(
    `${database.size.padEnd(9)}  ${decided.n} decisions in ${seconds.toFixed(2)} s: ${perSecond(decided.n)}; ${dialled.n} of them to call: ${perSecond(dialled.n)}`,
  );
}

async function fill(
  { sql: db }: Database,
  store: ReturnType<typeof createCampaignStore>,
  contacts: number,
): Promise<string> {
  const nowMs = NOON_MS;
  const at = new Date(NOON_MS - 86_400_000);
  const made = await store.create({
    name: 'Bench',
    profile: 'Reminder',
    settings: SETTINGS,
    startsAtMs: undefined,
    nowMs,
  });
  const numbers = Array.from({ length: contacts }, (_, n) => `+1212555${String(n).padStart(4, '0')}`);
  await sql`
    insert into liveline.campaign_contacts (campaign_id, to_number, state, next_at)
    select ${made.id}, number, 'waiting', ${at} from unnest(${numbers}::text[]) as number`.execute(db);
  await sql`
    insert into liveline.consents (number, kind, given_at, source, rehearsal)
    select number, 'express', ${at}, 'bench', true
    from unnest(${numbers.filter((_, n) => n % 3 !== 1)}::text[]) as number`.execute(db);
  await sql`
    insert into liveline.suppression_lists (name, rehearsal, as_of, numbers) values ('national', true, ${at}, 1)`.execute(
    db,
  );
  await sql`
    insert into liveline.suppressed_numbers (list, rehearsal, version, number)
    select 'national', true, 1, number from unnest(${numbers.filter((_, n) => n % 3 === 2)}::text[]) as number`.execute(
    db,
  );
  await sql`analyze liveline.campaign_contacts`.execute(db);
  await store.move(made.id, { from: ['draft'], to: 'running', rule: 'campaign.started', nowMs });
  return made.id;
}
