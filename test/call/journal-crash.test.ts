// Killed with -9 between two writes: what was known to be written is there, and of each call one whole entry.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createPostgresJournals } from '../../src/call/journal-postgres.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migratedDatabaseUrl, TEST_DATA_DIR } from '../doubles/databases.ts';

const CALLS = 20;
const KILLS_AFTER = [2, 8, 15];

test('a node that is killed has written what it said, and others go on with no more than that', async (context) => {
  for (const writes of KILLS_AFTER) {
    const url = await migratedDatabaseUrl(context);
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'journal-crash-child.ts'), url, TEST_DATA_DIR, String(CALLS)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    context.onTestFinished(() => void child.kill('SIGKILL'));
    const said = { kept: 0, written: 0 };
    let isKilled = false;
    let count = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const [word = '', n = ''] = line.split(' ');
      said[word as keyof typeof said] = Number(n);
      if (word === 'written') count += 1;
      if (count >= writes && !isKilled) isKilled = child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');

    const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
    context.onTestFinished(() => database.close());
    await database.ready();
    const heir = createPostgresJournals({ database, node: 'heir', clock: systemClock, log: silentLog });
    expect(await heir.callsOf('killed')).toHaveLength(CALLS);
    for (let n = 0; n < CALLS; n += 1) {
      const id = callId(`CA-${n}`);
      const taken = await heir.take(id, { planned: false, withinMs: 10_000 }, () => undefined);
      expect(taken).toMatchObject({ rejoins: 1, from: 'killed' });
      expect(taken!.entry.handOvers).toBeGreaterThanOrEqual(said.written);
      // What it did not live to say is what it kept within one more turn of its clock.
      expect(taken!.entry.handOvers).toBeLessThanOrEqual(said.kept + 1);
    }
    await heir.close(10_000);
  }
}, 120_000);
