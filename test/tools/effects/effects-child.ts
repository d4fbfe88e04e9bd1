// A process that claims an effect, says so, and then does it for ever: its test kills it.
import { callId } from '../../../src/base/ids.ts';
import { silentLog } from '../../../src/base/log.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { createPostgresEffects } from '../../../src/tools/effects/postgres.ts';

const database = openDatabase({
  url: process.env['EFFECTS_URL'],
  dataDir: process.env['EFFECTS_DATA_DIR'] ?? '',
  log: silentLog,
});
await database.ready();
const claim = await createPostgresEffects(database).claim(
  { callId: callId('CA1'), tool: 'book', argsHash: 'child' },
  60_000,
);
process.stdout.write(`${JSON.stringify(claim)}\n`);
setInterval(() => undefined, 60_000);
