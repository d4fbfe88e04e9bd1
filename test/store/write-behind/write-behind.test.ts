// Write-behind: what is pushed arrives, in order, whatever the database and the disk do; what does not is counted.
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { openSpool } from '../../../src/store/spool/spool.ts';
import { createRig, firsts, numbers, type Item, type Rig, type RigOptions } from './write-behind-rig.ts';

async function rigged(options?: RigOptions): Promise<Rig> {
  const rig = await createRig(options);
  onTestFinished(() => rig.dispose());
  return rig;
}

const range = (from: number, to: number): number[] => numbers(from, to).map(({ n }) => n);
const push = (rig: Rig, items: readonly Item[]): void => items.forEach((item) => rig.behind.push(item));

test('what is pushed together is written together, in order', async () => {
  const rig = await rigged({ limits: { batchItems: 10 } });
  push(rig, numbers(0, 25));
  expect(rig.database.batches).toEqual([]);
  await rig.until(() => rig.behind.backlog.written === 25);
  expect(rig.database.rows).toEqual(range(0, 25));
  expect(rig.database.batches).toEqual([10, 10, 5]);
  expect(rig.safe).toEqual(range(0, 25));
});

test('nothing is applied before the database says that it is ready', async () => {
  const rig = await rigged();
  rig.database.isReady = false;
  push(rig, numbers(0, 3));
  await rig.until(() => rig.database.asked > 3);
  expect(rig.database.batches).toEqual([]);
  rig.database.isReady = true;
  await rig.until(() => rig.behind.backlog.written === 3);
  expect(rig.database.rows).toEqual([0, 1, 2]);
});

test('while the database is away items go to disk, and come first when it is back', async () => {
  const rig = await rigged();
  push(rig, numbers(0, 3));
  await rig.until(() => rig.behind.backlog.written === 3);
  rig.database.mode = 'away';
  push(rig, numbers(3, 40));
  await rig.until(() => rig.behind.backlog.spooledItems === 37);
  expect(rig.behind.backlog).toMatchObject({ queued: 0, isAway: true, lost: 0 });
  push(rig, numbers(40, 50));
  rig.database.mode = 'up';
  await rig.until(() => rig.behind.backlog.written === 50);
  expect(firsts(rig.database.rows)).toEqual(range(0, 50));
  expect(rig.behind.backlog).toMatchObject({ spooledItems: 0, spooledBytes: 0, isAway: false });
  expect(rig.lines.filter(({ msg }) => msg.startsWith('the database is away'))).toHaveLength(1);
  expect(rig.lines.filter(({ msg }) => msg.startsWith('the database is back'))).toHaveLength(1);
});

test('the database is asked again after a quarter second, then after longer and longer, at most five', async () => {
  const rig = await rigged();
  rig.database.isReady = false;
  push(rig, numbers(0, 1));
  const times: number[] = [];
  for (let asked = 1; asked <= 8; asked += 1) {
    await rig.until(() => rig.database.asked >= asked, 1);
    times.push(rig.clock.nowMs());
  }
  const pauses = times.slice(1).map((time, at) => time - times[at]!);
  [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000].forEach((pause, at) => {
    expect(pauses[at]).toBeGreaterThanOrEqual(pause);
    expect(pauses[at]).toBeLessThan(pause + 100);
  });
});

test('one item at fault is given up alone, and its content is not logged', async () => {
  const rig = await rigged();
  push(rig, [...numbers(0, 37), { n: 37, bad: true, text: 'what the caller said' }, ...numbers(38, 80)]);
  await rig.until(() => rig.behind.backlog.written === 79);
  expect(rig.database.rows).toEqual(range(0, 80).filter((n) => n !== 37));
  expect(rig.lost).toEqual([37]);
  expect(rig.behind.backlog).toMatchObject({ lost: 1, queued: 0 });
  expect(rig.database.batches.length).toBeLessThan(20);
  expect(JSON.stringify(rig.lines)).not.toContain('caller said');
});

test('an item that JSON cannot hold is refused on its way to disk, and holds up nobody', async () => {
  const rig = await rigged();
  rig.database.isReady = false;
  const ring: { n: number; self?: unknown } = { n: 1 };
  ring.self = ring;
  push(rig, [{ n: 0 }, ring, { n: 2 }]);
  await rig.until(() => rig.behind.backlog.spooledItems === 2);
  expect(rig.lost).toEqual([1]);
});

test('a write that hangs counts as away; nothing follows it until it is known what became of it', async () => {
  const rig = await rigged();
  push(rig, numbers(0, 1));
  await rig.until(() => rig.behind.backlog.written === 1);
  rig.database.mode = 'hangs';
  push(rig, numbers(1, 4));
  await rig.until(() => rig.behind.backlog.spooledItems === 3);
  rig.database.mode = 'up';
  push(rig, numbers(4, 6));
  await rig.until(() => rig.clock.nowMs() > 30_000);
  expect(rig.database.rows).toEqual([0]);
  rig.database.hanging.forEach((go) => go());
  await rig.until(() => rig.behind.backlog.written === 6);
  expect(rig.database.rows).toEqual([0, 1, 2, 3, 1, 2, 3, 4, 5]);
});

test('a write that never ends is not waited for longer than a minute', async () => {
  const rig = await rigged();
  push(rig, numbers(0, 1));
  await rig.until(() => rig.behind.backlog.written === 1);
  rig.database.mode = 'hangs';
  push(rig, numbers(1, 4));
  await rig.until(() => rig.behind.backlog.spooledItems === 3);
  rig.database.mode = 'up';
  await rig.until(() => rig.behind.backlog.written === 4);
  expect(rig.clock.nowMs()).toBeLessThan(80_000);
});

test('without room in memory and on disk the newest are given up, counted and said once in ten seconds', async () => {
  const rig = await rigged({ limits: { queueItems: 20 }, spoolBytes: 300 });
  rig.database.isReady = false;
  push(rig, numbers(0, 15));
  await rig.until(() => rig.behind.backlog.spooledItems === 15);
  for (let n = 15; n < 100; n += 1) {
    push(rig, [{ n }]);
    await rig.until(() => true);
    rig.clock.advance(100);
    await rig.until(() => true);
  }
  await rig.until(() => rig.clock.nowMs() > 30_000);
  const { queued, spooledItems, spooledBytes, lost } = rig.behind.backlog;
  expect(queued).toBeLessThanOrEqual(20);
  expect(spooledBytes).toBeLessThanOrEqual(300);
  expect(queued + spooledItems + lost).toBe(100);
  expect(rig.lost).toHaveLength(lost);
  const said = rig.lines.filter(({ msg }) => msg.startsWith('writes were given up'));
  expect(said.length).toBeLessThanOrEqual(3);
  expect(said.reduce((sum, { writes }) => sum + Number(writes), 0)).toBe(lost);
  rig.database.isReady = true;
  await rig.until(() => rig.behind.backlog.written === 100 - lost);
  await rig.until(() => rig.lines.some(({ msg }) => msg.startsWith('all that waited')));
  expect(rig.database.rows).toEqual(range(0, 100).filter((n) => !rig.lost.includes(n)));
});

test('who is told of a loss may push, and may throw', async () => {
  const rig = await rigged({ limits: { queueItems: 2 } });
  rig.lost.push = () => {
    rig.behind.push({ n: 99 });
    throw new Error('the listener is broken');
  };
  expect(() => push(rig, numbers(0, 4))).not.toThrow();
  expect(rig.behind.backlog).toMatchObject({ queued: 2, lost: 4 });
});

test('a full disk takes nothing and loses nothing: items wait in memory, and go to disk when there is room', async () => {
  const rig = await rigged();
  rig.database.isReady = false;
  rig.disk.isFull = true;
  push(rig, numbers(0, 10));
  await rig.until(() => rig.clock.nowMs() > 5_000);
  expect(rig.behind.backlog).toMatchObject({ queued: 10, spooledItems: 0, spooledBytes: 0, lost: 0 });
  expect(rig.lines.filter(({ msg }) => msg.startsWith('the spool takes no more'))).toHaveLength(1);
  rig.disk.isFull = false;
  await rig.until(() => rig.behind.backlog.spooledItems === 10);
  await rig.restart();
  rig.database.isReady = true;
  await rig.until(() => rig.behind.backlog.written === 10);
  expect(rig.database.rows).toEqual(range(0, 10));
});

test('settle resolves once all that was pushed is safe, on disk if need be, without waiting for the age', async () => {
  const rig = await rigged();
  rig.database.isReady = false;
  push(rig, numbers(0, 5));
  let settled = false;
  void rig.behind.settle().then(() => (settled = true));
  await rig.until(() => settled, 1);
  expect(rig.clock.nowMs()).toBeLessThan(500);
  expect(rig.safe).toEqual(range(0, 5));
});

test('close leaves all in the database', async () => {
  const rig = await rigged();
  push(rig, numbers(0, 1_200));
  let closed = false;
  void rig.behind.close(5_000).then(() => (closed = true));
  await rig.until(() => closed);
  expect(firsts(rig.database.rows)).toEqual(range(0, 1_200));
  expect(rig.behind.backlog).toMatchObject({ queued: 0, spooledItems: 0, lost: 0 });
  rig.behind.push({ n: 1_200 });
  expect(rig.lost).toEqual([1_200]);
});

test.each(['away', 'hangs'] as const)(
  'closed while the database %s, the rest is on disk for the next',
  async (mode) => {
    const rig = await rigged();
    push(rig, numbers(0, 1));
    await rig.until(() => rig.behind.backlog.written === 1);
    rig.database.mode = mode;
    push(rig, numbers(1, 700));
    let closed = false;
    void rig.behind.close(2_000).then(() => (closed = true));
    await rig.until(() => closed);
    expect(rig.clock.nowMs()).toBeLessThan(3_000);
    expect(rig.behind.backlog).toMatchObject({ queued: 0, spooledItems: 699, lost: 0 });
    await rig.restart();
    rig.database.mode = 'up';
    await rig.until(() => rig.behind.backlog.written === 699);
    expect(rig.database.rows).toEqual(range(0, 700));
  },
);

test('what another process left in the spool, and died since, is written without a push of ours', async () => {
  const rig = await rigged();
  await rig.until(() => rig.clock.nowMs() > 1_000);
  const other = await openSpool<Item>({
    ...{ dir: rig.dir, name: 'test', clock: rig.clock, log: silentLog },
    owner: { id: '77-1', isAlive: () => Promise.resolve(true) },
  });
  await other.append(numbers(0, 3));
  await other.close();
  await rig.behind.adopt();
  await rig.until(() => rig.behind.backlog.written === 3);
  expect(rig.database.rows).toEqual(range(0, 3));
});
