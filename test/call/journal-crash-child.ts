// A process that keeps the journals of calls until it is killed. It says what it has kept, and what it knows to be written.
import { silentLog } from '../../src/base/log.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createPostgresJournals } from '../../src/call/journal-postgres.ts';
import { openDatabase } from '../../src/store/database.ts';
import { journalEntryOf } from './journal-entries.ts';

const [url = '', dataDir = '', calls = '1'] = process.argv.slice(2);
const database = openDatabase({ url, dataDir, log: silentLog });
await database.ready();
const journals = createPostgresJournals({
  ...{ database, node: 'killed', clock: systemClock, log: silentLog },
});
const tenures = Array.from({ length: Number(calls) }, (_, n) =>
  journals.open(journalEntryOf(`${n}`), () => undefined),
);
let kept = 0;
const say = (word: string, n: number): void => void process.stdout.write(`${word} ${n}\n`);
systemClock.every(10, () => {
  kept += 1;
  for (const [n, tenure] of tenures.entries()) tenure.keep(journalEntryOf(`${n}`, { handOvers: kept }));
  say('kept', kept);
});
for (;;) {
  await new Promise((resolve) => void systemClock.after(20, () => resolve(undefined)));
  const known = kept;
  await Promise.all(tenures.map((tenure) => tenure.flush(60_000)));
  say('written', known);
}
