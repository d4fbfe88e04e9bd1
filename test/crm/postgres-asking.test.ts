// What was cut for taking too long is not asked a second time; what found the database away is.
import { sql } from 'kysely';
import pg from 'pg';
import { expect, test, type TestContext } from 'vitest';
import { askingOf } from '../../src/crm/postgres-asking.ts';
import { failing, go } from '../contracts/crm-rig.ts';
import { freshDatabase } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

async function rig(context: Pick<TestContext, 'onTestFinished'>) {
  const database = await freshDatabase(context);
  const clock = new ManualClock();
  return { ...askingOf(database, clock), clock };
}

function failed(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('as PostgreSQL says', 1, 'error');
  error.code = code;
  return error;
}

const KINDS = ['read', 'write'] as const;
const CUT = ['55P03', '57014'];
const PASSING = ['57P01', '53300'];
const cases = KINDS.flatMap((kind) => [
  ...CUT.map((code) => [kind, code, 1] as const),
  ...PASSING.map((code) => [kind, code, 2] as const),
]);

test.for(cases)('a %s that fails with %s is done %i times', async ([kind, code, times], context) => {
  const { clock, ...asking } = await rig(context);
  let done = 0;
  const asked = asking[kind](go(), () => {
    done += 1;
    return Promise.reject(failed(code));
  });
  await expect(asked).rejects.toEqual(failing('CRM_UNAVAILABLE'));
  expect(done).toBe(times);
  expect(clock.pending).toBe(0);
});

test('a read has a limit at the server, which ends with it, and writes nothing', async (context) => {
  const { read } = await rig(context);
  const limit = await read(go(), async (db) => {
    const { rows } = await sql<{ statement_timeout: string }>`show statement_timeout`.execute(db);
    return rows[0]?.statement_timeout;
  });
  expect(limit).toBe('2s');
  // 25006, read_only_sql_transaction.
  const written = read(go(), (db) => sql`delete from liveline.crm_calls`.execute(db));
  await expect(written).rejects.toEqual(failing('CRM_UNAVAILABLE'));
});
