// Look-ups through the whole server, over the simulated phone network: its CRM is PostgreSQL. Measures at the phone how long
// the answer to its webhook took.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { startApp } from '../../src/app.ts';
import { systemClock as clock } from '../../src/base/clock.ts';
import { createLog, silentLog } from '../../src/base/log.ts';
import type { Notice } from '../../src/call/notices.ts';
import { readConfig } from '../../src/config.ts';
import { startModel } from '../../src/simulator/model/server.ts';
import { startNetwork } from '../../src/simulator/phone/network.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { embedded } from '../../src/store/embedded/embedded.ts';
import { scripted } from '../rehearsal/rehearsal.ts';
import type { Caller, LookUp } from './call.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'bench' };
const NOBODY: Caller = { number: 'anonymous', isKnown: false };

export interface Server {
  /** With the sample customers in it, as every rehearsal. */
  readonly database: Database;
  lookUp(caller: Caller): Promise<LookUp>;
  /** A call without a number: nobody is looked up. */
  callWithout(): Promise<LookUp>;
  close(): Promise<void>;
}

type LookedUp = Extract<Notice, { type: 'caller-looked-up' }>;

/** On an embedded database of its own. */
export async function startServer(): Promise<Server> {
  await using held = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), 'liveline-bench-look-up-'));
  held.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const profile = ['name: bench', "numbers: '*'", 'instructions: Wait.', 'greeting: Hello.'];
  writeFileSync(join(dataDir, 'bench.yaml'), profile.join('\n'));
  const database = openDatabase({ url: undefined, dataDir, log: silentLog });
  held.defer(() => database.close());
  await database.ready();
  const at = await embedded(dataDir, silentLog).ensure();
  const model = await startModel({ script: scripted({ name: 'silent' }), clock });
  held.defer(() => model.close());
  const network = await startNetwork({ ...ACCOUNT, clock });
  held.defer(() => network.close());
  const config = readConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: `postgres://${at.user}:${at.password}@${at.host}:${at.port}/${at.database}`,
    AGENTS_DIR: dataDir,
    GEMINI_BASE_URL: model.url,
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_API_BASE_URL: network.url,
  });
  const app = await startApp(config, createLog({ level: 'error', secrets: [] }), { clock });
  held.defer(() => app.stop());
  const lookedUp = new Map<string, PromiseWithResolvers<LookedUp>>();
  app.notices.subscribe((notice) => {
    if (notice.type === 'caller-looked-up') lookedUp.get(notice.callId)?.resolve(notice);
  });

  const call = async ({ number }: Caller): Promise<{ heldMs: number; lookedUp?: LookedUp }> => {
    const placed = network.placeCall({ baseUrl: app.publicBaseUrl, from: number, keepSound: false });
    const told = Promise.withResolvers<LookedUp>();
    lookedUp.set(placed.callSid, told);
    const [ringing, answered] = await Promise.all([placed.until('ringing'), placed.until('answered')]);
    const heldMs = answered.atMs - ringing.atMs;
    const found = number === NOBODY.number ? undefined : await told.promise;
    placed.hangUp();
    await placed.done;
    lookedUp.delete(placed.callSid);
    return { heldMs, ...(found && { lookedUp: found }) };
  };
  const letGo = held.move();
  return {
    database,
    async lookUp(caller) {
      const { heldMs, lookedUp: told } = await call(caller);
      const { tookMs, inTime, found, cause } = told!;
      return { tookMs, heldMs, isLate: !inTime, isFound: found, cause };
    },
    async callWithout() {
      const { heldMs } = await call(NOBODY);
      return { tookMs: undefined, heldMs, isLate: false, isFound: false };
    },
    close: () => letGo.disposeAsync(),
  };
}

/** Until there are `contacts`, of which a few dozen are the samples. */
export async function fill({ sql: db }: Database, contacts: number): Promise<void> {
  await sql`
    insert into liveline.crm_contacts (rehearsal, id, name, folded_name, phone, email, facts)
    select true, 'bench-' || n, 'Caller Number' || n, 'caller number' || n, '+1556' || lpad(n::text, 7, '0'),
      'caller' || n || '@example.com', '{"last order": "a night guard"}'
    from generate_series(1, ${contacts}::int - (select count(*)::int from liveline.crm_contacts where rehearsal)) n`.execute(
    db,
  );
  await sql`vacuum analyze liveline.crm_contacts`.execute(db);
}

/** Numbers in the CRM, from anywhere in it. */
export async function someNumbers({ sql: db }: Database, most: number): Promise<string[]> {
  const { rows } = await sql<{ phone: string }>`
    select phone from liveline.crm_contacts where rehearsal and phone is not null order by random() limit ${most}`.execute(
    db,
  );
  return rows.map(({ phone }) => phone);
}
