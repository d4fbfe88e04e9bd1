import { sql } from 'kysely';
import { expect, test, type TestContext } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { openAudit } from '../../src/console/audit.ts';
import { operatorAuditQuery, type Act } from '../../src/console/audit-entry.ts';
import { freshDatabase, freshDataDir } from '../doubles/databases.ts';
import { systemClock } from '../../src/base/clock.ts';

const act = (action: string, more: Partial<Act> = {}): Act => ({
  ...{ who: 'Ada', role: 'operator', by: 'session', action, outcome: 'done', address: '127.0.0.1' },
  ...more,
});
const query = (asked: object = {}) => operatorAuditQuery.parse(asked);

async function opened(context: TestContext) {
  const database = await freshDatabase(context);
  const dataDir = freshDataDir(context);
  let atMs = Date.UTC(2026, 10, 1);
  const clock = { ...systemClock, epochMs: () => atMs };
  const audit = await openAudit({ database, dataDir, clock, log: silentLog });
  context.onTestFinished(() => audit.close(1_000));
  /** A second after the one before. */
  const add = (done: Act): void => {
    atMs += 1_000;
    audit.add(done);
  };
  return { audit, add, database, dataDir };
}

test('every act is found again, newest first, a page at a time, each once', async (context) => {
  const { audit, add } = await opened(context);
  for (let n = 0; n < 5; n += 1) add(act(`act-${n}`, { callId: 'CA1', detail: { n } }));
  await audit.settle();
  const seen: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await audit.find(query({ limit: 2, cursor }));
    seen.push(...page.acts.map(({ action, detail }) => [action, detail]));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual([4, 3, 2, 1, 0].map((n) => [`act-${n}`, { n }]));
});

test('each question narrows', async (context) => {
  const { audit, add } = await opened(context);
  add(act('hang-up', { callId: 'CA1' }));
  add(act('start-campaign', { campaignId: 'C1', who: 'Grace' }));
  add(act('sign-in', { who: 'nobody', role: null, by: null, outcome: 'refused' }));
  await audit.settle();
  const found = async (asked: object): Promise<string[]> =>
    (await audit.find(query(asked))).acts.map(({ action }) => action);
  expect(await found({ callId: 'CA1' })).toEqual(['hang-up']);
  expect(await found({ campaignId: 'C1' })).toEqual(['start-campaign']);
  expect(await found({ who: 'Grace' })).toEqual(['start-campaign']);
  expect(await found({ action: 'sign-in' })).toEqual(['sign-in']);
  expect(await found({ outcome: 'done' })).toEqual(['start-campaign', 'hang-up']);
  expect(await found({ after: '2026-11-01T00:00:02Z', before: '2026-11-01T00:00:03Z' })).toEqual([
    'start-campaign',
  ]);
});

test('what the audit says is not changed and not deleted, but a number can be forgotten in it', async (context) => {
  const { audit, database } = await opened(context);
  audit.add(act('hang-up', { callId: 'CA1' }));
  await audit.settle();
  for (const statement of [
    sql`update liveline.operator_audit set who = 'Grace'`,
    sql`delete from liveline.operator_audit`,
  ])
    await expect(statement.execute(database.sql)).rejects.toThrow('operator_audit is only ever added to');
  await database.sql.transaction().execute(async (tx) => {
    await sql`select set_config('liveline.forgetting', 'yes', true)`.execute(tx);
    await sql`update liveline.operator_audit set who = 'nobody any more'`.execute(tx);
  });
  expect((await audit.find(query())).acts).toMatchObject([{ who: 'nobody any more', action: 'hang-up' }]);
});

test('an act while the database is away waits on disk, and another process adds it once', async (context) => {
  const { database, dataDir } = await opened(context);
  const away = { sql: database.sql, ready: () => Promise.reject(new Error('away')) };
  const before = await openAudit({ database: away, dataDir, clock: systemClock, log: silentLog });
  before.add(act('hang-up', { callId: 'CA7' }));
  await before.close(0);
  const after = await openAudit({ database, dataDir, clock: systemClock, log: silentLog });
  context.onTestFinished(() => after.close(1_000));
  await expect
    .poll(async () => (await after.find(query())).acts.map(({ action, callId }) => [action, callId]))
    .toEqual([['hang-up', 'CA7']]);
});

test('a cursor that it did not give is refused', async (context) => {
  const { audit } = await opened(context);
  await expect(audit.find(query({ cursor: 'x' }))).rejects.toMatchObject({ code: 'API_REQUEST_INVALID' });
});

test('of what is asked for in pieces the first one within ten minutes stands for all', async (context) => {
  const { audit, add } = await opened(context);
  const piece = act('download-recording', { callId: 'CA1' });
  for (let n = 0; n < 3; n += 1) audit.add(piece, true);
  audit.add({ ...piece, callId: 'CA2' }, true);
  audit.add({ ...piece, who: 'Grace' }, true);
  add(piece);
  await audit.settle();
  const { acts } = await audit.find(query());
  expect(acts.map(({ who, callId }) => `${who} ${callId}`).toSorted()).toEqual([
    'Ada CA1',
    'Ada CA1',
    'Ada CA2',
    'Grace CA1',
  ]);
});

test('an id that the database cannot hold loses no line', async (context) => {
  const { audit } = await opened(context);
  audit.add(act('hang-up', { callId: 'CA\0\ud800' }));
  await audit.settle();
  expect((await audit.find(query())).acts).toMatchObject([{ action: 'hang-up', callId: 'CA\ufffd\ufffd' }]);
});
