// A process of its own that uses the embedded database in DATA_DIR, and says how far it is; it waits to be killed.
import { silentLog } from '../../../src/base/log.ts';
import { openDatabase } from '../../../src/store/database.ts';

const database = openDatabase({ url: undefined, dataDir: process.argv[2] ?? '', log: silentLog });
process.stdout.write('begins\n');
const startedMs = performance.now();
await database.ready();
process.stdout.write(`ready ${Math.round(performance.now() - startedMs)}\n`);
process.stdin.resume();
