// A process that spools numbers as fast as it can and says which are safe, until it is killed: `<dir>` `<first number>`.
import { silentLog } from '../../../src/base/log.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { openSpool } from '../../../src/store/spool/spool.ts';

const [dir = '', first = '0'] = process.argv.slice(2);
const spool = await openSpool<{ n: number; text: string }>({
  ...{ dir, name: 'test', clock: systemClock, log: silentLog, segmentBytes: 20_000 },
});
const text = 'x'.repeat(300);
for (let n = Number(first); ;) {
  const items = Array.from({ length: 1 + (n % 40) }, () => ({ n: n++, text }));
  const { taken } = await spool.append(items);
  if (taken === items.length) process.stdout.write(`${n - 1}\n`);
}
