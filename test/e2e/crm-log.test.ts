// A call that has ended is in the history of its contact: through the phone, the server, the database and the CRM.
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { scriptOf } from '../../src/simulator/model/script.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migratedDatabaseUrl, TEST_DATA_DIR } from '../doubles/databases.ts';
import { audioDir, wav, world } from './rig.ts';

const script = scriptOf(
  {
    name: 'who-am-i',
    greeting: { say: 'Hello.' },
    turns: [
      {
        hears: 'Who am I?',
        steps: [{ call: { name: 'look_up_contact' } }, { call: { name: 'end_call', args: {} } }],
      },
    ],
  },
  audioDir,
);

test('a call of somebody the CRM knows, and one of a stranger', async (context) => {
  const DATABASE_URL = await migratedDatabaseUrl(context);
  const { app, place } = await world(context, { script }, { DATABASE_URL });
  const calls = [place({ script: [{ say: wav('caller/yes') }] }), place({ from: '+15550199999' })];
  await calls[0]!.done;
  calls[1]!.hangUp();
  await calls[1]!.done;
  for (const { callSid } of calls)
    await vi.waitFor(
      async () => expect(await app.records.get(callId(callSid))).toMatchObject({ crmLog: 'done' }),
      { timeout: 15_000, interval: 100 },
    );

  const database = openDatabase({ url: DATABASE_URL, dataDir: TEST_DATA_DIR, log: silentLog });
  context.onTestFinished(() => database.close());
  await database.ready();
  const { rows } = await sql<{ id: string; name: string | null; summary: string }>`
    select l.call_id as id, c.name, l.summary from liveline.crm_calls l
    left join liveline.crm_contacts c on c.id = l.contact_id and c.rehearsal = l.rehearsal`.execute(
    database.sql,
  );
  const logOf = (n: number) => rows.find(({ id }) => id === calls[n]!.callSid);
  expect(rows).toHaveLength(2);
  expect(logOf(0)).toMatchObject({ name: 'Ada Moreno' });
  expect(logOf(0)?.summary).toMatch(/^The agent ended the call, after \d+ s\./);
  expect(logOf(0)?.summary).toContain('- look_up_contact: ');
  expect(logOf(0)?.summary).toContain('\nAgent: Hello.');
  expect(logOf(1)).toMatchObject({ name: null });
  expect(logOf(1)?.summary).toMatch(/^The caller hung up/);
});
