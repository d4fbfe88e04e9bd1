// The CRM in PostgreSQL: the rules of the door in both sizes, and what only a database can get wrong.
import fc from 'fast-check';
import { sql, type Kysely } from 'kysely';
import { describe, expect, test, vi, type TestContext } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import type { Contact, Crm } from '../../src/crm/crm.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import { nameRank } from '../../src/crm/names.ts';
import { createPostgresCrm } from '../../src/crm/postgres.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import type { Tables } from '../../src/store/tables.ts';
import { crmContract, WORLD } from '../contracts/crm.contract.ts';
import { ABORTED, booking, failing, go } from '../contracts/crm-rig.ts';
import { fillCrm } from '../doubles/crm-rows.ts';
import { freshDatabase, freshDatabaseUrl, LARGEST, TEST_DATA_DIR } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';

type Context = Pick<TestContext, 'onTestFinished'>;

async function filled(context: Context, size: Database['size'] = 'embedded', world = WORLD) {
  const database = await freshDatabase(context, size);
  await fillCrm(database, world, false);
  return { database, crm: createPostgresCrm({ database, rehearsal: false }) };
}

const NOTE = { kind: 'message', title: 'Call back', text: 'Please.', from: '+15550100102' } as const;
const CALL = {
  callId: 'CA1',
  from: '+15550100102',
  to: '+15550100100',
  direction: 'inbound',
  startedAtMs: WORLD.appointments[0]!.startsAtMs,
  durationMs: 61_500.4,
  outcome: 'caller-hung-up',
  summary: 'About an order.',
} as const;

describe.each(LARGEST)('%s', (size) => {
  const traits = { keepsKeys: true };
  crmContract('PostgreSQL', async (world, context) => (await filled(context, size, world)).crm, traits);

  test('many book one time at once: one has it', async (context) => {
    const { crm } = await filled(context, size);
    const asked = Array.from({ length: 12 }, (_, i) =>
      crm.bookAppointment(booking(`c${(i % 5) + 1}`, i, 30), `k${i}`, go()),
    );
    const settled = await Promise.allSettled(asked);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of settled)
      if (one.status === 'rejected') expect(one.reason).toEqual(failing('CRM_CONFLICT'));
  });

  test('a rehearsal and the rest never meet, in one database', async (context) => {
    const { database, crm } = await filled(context, size);
    const rehearsal = createPostgresCrm({ database, rehearsal: true });
    const asked: ((of: Crm) => Promise<unknown>)[] = [
      (of) => of.findByPhone('+15550100102', go()),
      (of) => of.findByEmail('ana@example.com', go()),
      (of) => of.findById('c2', go()),
      (of) => of.findObject('order', 'HD-2042', go()),
    ];
    for (const ask of asked) {
      expect(await ask(crm)).toBeDefined();
      expect(await ask(rehearsal)).toBeUndefined();
    }
    expect(await rehearsal.findByName('ana', 5, go())).toEqual([]);
    expect(await rehearsal.appointmentsOf('c2', 0, go())).toEqual([]);
    expect(await rehearsal.objectsOf('c2', 'order', 5, go())).toEqual([]);
    await expect(rehearsal.updateContact('c2', { name: 'Eve' }, go())).rejects.toEqual(
      failing('CRM_UNKNOWN'),
    );
    await expect(rehearsal.cancelAppointment('a1', go())).rejects.toEqual(failing('CRM_UNKNOWN'));
    await expect(rehearsal.bookAppointment(booking('c2'), 'k', go())).rejects.toEqual(failing('CRM_UNKNOWN'));
    // The same ids, times and keys are free for both.
    await fillCrm(database, WORLD, true);
    for (const of of [crm, rehearsal]) {
      await of.bookAppointment(booking('c2'), 'k1', go());
      await of.createContact({ name: 'Zora' }, 'k1', go());
      await of.createObject(NOTE, 'k1', go());
      await of.logCall(CALL, go());
      expect(await of.findByName('zora', 5, go())).toHaveLength(1);
    }
  });
});

/** Holds what `statement` locks until it is told to let go. */
async function held(db: Kysely<Tables>, statement: string) {
  const letGo = Promise.withResolvers<undefined>();
  const has = Promise.withResolvers<undefined>();
  const over = db.transaction().execute(async (transaction) => {
    await sql.raw(statement).execute(transaction);
    has.resolve(undefined);
    await letGo.promise;
  });
  await has.promise;
  return { letGo: () => (letGo.resolve(undefined), over) };
}
/** Fails unless so many wait for a lock. */
async function waiting(db: Kysely<Tables>, many: number): Promise<void> {
  const { rows } = await sql`
    select 1 from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()`.execute(
    db,
  );
  expect(rows).toHaveLength(many);
}
const isWaiting = (db: Kysely<Tables>): Promise<void> => vi.waitFor(() => waiting(db, 1));

describe('nobody waits for longer than they want to', () => {
  const LOCK_ALL = 'lock table liveline.crm_appointments, liveline.crm_contacts in access exclusive mode';

  test('a read that is given up is over at once', async (context) => {
    const { database, crm } = await filled(context);
    const { letGo } = await held(database.sql, LOCK_ALL);
    const hangUp = new AbortController();
    const found = expect(crm.findById('c2', hangUp.signal)).rejects.toEqual(ABORTED);
    await isWaiting(database.sql);
    hangUp.abort();
    await found;
    await letGo();
    expect(await crm.findById('c2', go())).toMatchObject({ name: 'Ana Moreno' });
  });

  test('a booking that is given up is over at once, and was not made', async (context) => {
    const { database, crm } = await filled(context);
    const { letGo } = await held(database.sql, LOCK_ALL);
    const hangUp = new AbortController();
    const booked = expect(crm.bookAppointment(booking('c2'), 'k1', hangUp.signal)).rejects.toEqual(ABORTED);
    await isWaiting(database.sql);
    hangUp.abort();
    await booked;
    await letGo();
    // It gets in line behind what was given up.
    const other = await crm.bookAppointment(booking('c1'), 'k2', go());
    expect(other.contactId).toBe('c1');
    const { rows } = await sql`select key from liveline.crm_appointments where key is not null`.execute(
      database.sql,
    );
    expect(rows).toEqual([{ key: 'k2' }]);
  });
});

describe('a table that somebody holds locked', () => {
  const LOCK = 'lock table liveline.crm_contacts in access exclusive mode';

  test('keeps a few connections at most, and a look-up is answered in time', async (context) => {
    const { database } = await filled(context);
    const clock = new ManualClock();
    const crm = createPostgresCrm({ database, rehearsal: false, clock });
    const { letGo } = await held(database.sql, LOCK);
    const asked = Array.from({ length: 30 }, () =>
      expect(crm.findByPhone('+15550100102', go())).rejects.toEqual(failing('CRM_UNAVAILABLE')),
    );
    await vi.waitFor(() => waiting(database.sql, 3));
    // Records and effects go on.
    await sql`select from liveline.calls`.execute(database.sql);
    await waiting(database.sql, 3);
    clock.advance(2_000);
    await Promise.all(asked);
    await letGo();
    await vi.waitFor(async () =>
      expect(await crm.findByPhone('+15550100102', go())).toMatchObject({ name: 'Ana Moreno' }),
    );
    expect(clock.pending).toBe(0);
  });

  test('those who read it leave in time, also at the server, and give their turns back', async (context) => {
    const { database } = await filled(context);
    // Nobody’s time passes here: only the server’s own limit ends what waits.
    const crm = createPostgresCrm({ database, rehearsal: false, clock: new ManualClock() });
    const { letGo } = await held(database.sql, LOCK);
    const hangUp = new AbortController();
    const gone = [1, 2].map(() => expect(crm.findById('c2', hangUp.signal)).rejects.toEqual(ABORTED));
    const stays = expect(crm.findById('c2', go())).rejects.toEqual(failing('CRM_UNAVAILABLE'));
    await vi.waitFor(() => waiting(database.sql, 3));
    hangUp.abort();
    await Promise.all(gone);
    expect(await crm.findObject('order', 'HD-2042', go())).toBeDefined();
    await stays;
    await vi.waitFor(() => waiting(database.sql, 0));
    await letGo();
  });

  test('is not written to, and that is known', async (context) => {
    const { database, crm } = await filled(context);
    const { letGo } = await held(database.sql, LOCK);
    await expect(crm.updateContact('c2', { name: 'Eve' }, go())).rejects.toEqual(failing('CRM_UNAVAILABLE'));
    await letGo();
    expect(await crm.findById('c2', go())).toMatchObject({ name: 'Ana Moreno' });
  });
});

describe('a database that goes away', () => {
  test('is said to be away, and asked again when it is back', async (context) => {
    const url = new URL(await freshDatabaseUrl(context));
    const proxy = await tcpProxy(url.hostname, Number(url.port));
    url.port = String(proxy.port);
    const database = openDatabase({ url: url.href, dataDir: TEST_DATA_DIR, log: silentLog });
    context.onTestFinished(async () => {
      await database.close();
      await proxy.end();
    });
    const crm = createPostgresCrm({ database, rehearsal: false });
    // Nobody has called ready() so far.
    const ada = await crm.createContact({ name: 'Ada' }, 'k1', go());
    proxy.close();
    for (const ask of [
      () => crm.check(go()),
      () => crm.findById(ada.id, go()),
      () => crm.createContact({ name: 'Eve' }, 'k2', go()),
      () => crm.logCall(CALL, go()),
    ])
      await expect(ask()).rejects.toEqual(failing('CRM_UNAVAILABLE'));
    proxy.open();
    expect(await crm.findByName('eve', 5, go())).toEqual([]);
    expect(await crm.findById(ada.id, go())).toEqual(ada);
  });

  test('and one that was closed', async (context) => {
    const { database, crm } = await filled(context);
    await database.close();
    await expect(crm.findById('c2', go())).rejects.toEqual(failing('CRM_UNAVAILABLE'));
    await expect(crm.createObject(NOTE, 'k1', go())).rejects.toEqual(failing('CRM_UNAVAILABLE'));
  });

  /** The answers to its first commits are lost on their way. */
  function losing(database: Database, answers: number): Pick<Database, 'sql' | 'ready'> {
    let lost = 0;
    const db = new Proxy(database.sql, {
      get(target, name) {
        if (name !== 'transaction') return Reflect.get(target, name, target) as unknown;
        return () => ({
          async execute<T>(work: (transaction: Kysely<Tables>) => Promise<T>): Promise<T> {
            const result = await target.transaction().execute(work);
            if (lost++ < answers) throw new Error('Connection terminated unexpectedly');
            return result;
          },
        });
      },
    });
    return { sql: db, ready: () => database.ready() };
  }

  test('while it says that it wrote: it is asked again, and wrote once', async (context) => {
    const { database, crm } = await filled(context);
    const shaken = createPostgresCrm({ database: losing(database, 1), rehearsal: false });
    const booked = await shaken.bookAppointment(booking('c1'), 'k1', go());
    expect((await crm.appointmentsOf('c1', 0, go())).filter(({ id }) => id === booked.id)).toEqual([booked]);
    expect(await crm.bookAppointment(booking('c1'), 'k1', go())).toEqual(booked);
  });

  test('and stays away: nobody can say whether it wrote', async (context) => {
    const { database } = await filled(context);
    for (const write of [
      (crm: Crm) => crm.bookAppointment(booking('c1'), 'k1', go()),
      (crm: Crm) => crm.createContact({ name: 'Zora' }, 'k1', go()),
      (crm: Crm) => crm.updateContact('c1', { name: 'Zora' }, go()),
    ]) {
      const shaken = createPostgresCrm({ database: losing(database, 2), rehearsal: false });
      await expect(write(shaken)).rejects.toEqual(failing('CRM_IN_DOUBT'));
    }
  });
});

test('what does not fit is refused, in words that hold nothing of it', async (context) => {
  const { crm } = await filled(context);
  const far = { ...booking('c1'), startsAtMs: Number.NaN };
  for (const write of [
    () => crm.createContact({ name: 'n'.repeat(501) }, 'k', go()),
    () => crm.createContact({ name: 'Zora', email: 'secret'.repeat(100) }, 'k', go()),
    () => crm.updateContact('c1', { facts: { secret: 'x'.repeat(200_000) } }, go()),
    () => crm.bookAppointment({ ...booking('c1'), about: 'secret'.repeat(2_000) }, 'k', go()),
    () => crm.bookAppointment(booking('c1', 0, 0), 'k', go()),
    () => crm.bookAppointment(far, 'k', go()),
  ]) {
    const thrown = await write().catch((error: unknown) => error);
    expect(thrown, String(write)).toEqual(failing('CRM_REFUSED'));
    expect(String(thrown)).not.toMatch(/secret|nnn/);
    expect((thrown as Error).cause).toBeUndefined();
  }
});

test('a call is written down once, as it was first told, also when its contact is gone', async (context) => {
  const { database, crm } = await filled(context);
  await crm.logCall({ ...CALL, contactId: 'c2', recordingUrl: 'https://example.com/r' }, go());
  await crm.logCall({ ...CALL, summary: 'Something else.' }, go());
  await crm.logCall({ ...CALL, callId: 'CA2', contactId: 'gone' }, go());
  const { rows } = await sql`
    select call_id, contact_id, summary, duration_ms, recording_url from liveline.crm_calls order by call_id`.execute(
    database.sql,
  );
  expect(rows).toEqual([
    {
      call_id: 'CA1',
      contact_id: 'c2',
      summary: 'About an order.',
      duration_ms: '61500',
      recording_url: 'https://example.com/r',
    },
    {
      call_id: 'CA2',
      contact_id: null,
      summary: 'About an order.',
      duration_ms: '61500',
      recording_url: null,
    },
  ]);
});

test('a message for a contact that is gone is kept; with a contact goes all that is theirs', async (context) => {
  const { database, crm } = await filled(context);
  // Six objects are in the world.
  const kept = await crm.createObject({ ...NOTE, contactId: 'gone' }, 'k1', go());
  expect(kept).toMatchObject({
    number: 'M-1007',
    status: 'open',
    facts: { text: 'Please.', from: '+15550100102' },
  });
  expect(kept.contactId).toBeUndefined();
  await crm.createObject({ ...NOTE, kind: 'ticket', contactId: 'c2' }, 'k2', go());
  await crm.logCall({ ...CALL, contactId: 'c2' }, go());
  await sql`delete from liveline.crm_contacts where id = 'c2'`.execute(database.sql);
  const { rows } = await sql`
    select contact_id from liveline.crm_appointments union all select contact_id from liveline.crm_objects
    union all select contact_id from liveline.crm_calls`.execute(database.sql);
  expect(rows).not.toContainEqual({ contact_id: 'c2' });
  expect(await crm.findObject('message', 'm1007', go())).toEqual(kept);
});

test('a name finds those whom it finds in memory, and in the same ranks', async (context) => {
  const word = fc.constantFrom(
    'Ana',
    'ána',
    'Anna',
    'Mor',
    'Moreno',
    'MORENÓ',
    'Øst',
    'Ost',
    'Weiß',
    'weiss',
    "O'Na",
  );
  const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
  const contacts = fc
    .sample(name, { numRuns: 60, seed: 7 })
    .map((each, i): Contact => ({ id: `n${i}`, name: each, facts: {} }));
  const database = await freshDatabase(context);
  await fillCrm(database, { ...WORLD, contacts: [...WORLD.contacts, ...contacts] }, false);
  const crm = createPostgresCrm({ database, rehearsal: false });
  const memory = createMemoryCrm({ contacts: [...WORLD.contacts, ...contacts] });
  const query = fc.oneof(
    name,
    name.map((each) => each.slice(0, -1)),
  );
  await fc.assert(
    fc.asyncProperty(query, fc.integer({ min: 0, max: 80 }), async (asked, limit) => {
      const [here, there] = await Promise.all([
        crm.findByName(asked, limit, go()),
        memory.findByName(asked, limit, go()),
      ]);
      const ranks = (found: readonly Contact[]) => found.map((each) => nameRank(asked, each.name));
      expect(ranks(here)).toEqual(ranks(there));
      if (limit === 80) expect(here.map(({ id }) => id).sort()).toEqual(there.map(({ id }) => id).sort());
    }),
    { numRuns: 150 },
  );
});
