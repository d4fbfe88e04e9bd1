// The spool on a real disk: what was acknowledged is read again, in order, by whoever comes next.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { decode, encode } from '../../../src/store/spool/spool-lines.ts';
import { processOwner, type Owner } from '../../../src/store/process-owner.ts';
import { openSpool, type Spool, type SpoolOptions } from '../../../src/store/spool/spool.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { recordingLog } from '../../live/gemini/recording-log.ts';

interface Item {
  readonly n: number;
}

const { log, lines } = recordingLog();
const deadBut = (id: string): Owner => ({ id, isAlive: (other) => Promise.resolve(other === id) });
const items = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, at) => ({ n: from + at }));

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'liveline-spool-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function openAs(dir: string, id: string, options: Partial<SpoolOptions> = {}): Promise<Spool<Item>> {
  const clock = new ManualClock();
  const spool = await openSpool<Item>({ dir, name: 'test', clock, log, owner: deadBut(id), ...options });
  onTestFinished(() => spool.close());
  return spool;
}

async function drain(spool: Spool<Item>): Promise<number[]> {
  const all: number[] = [];
  for (;;) {
    const next = await spool.next(7, 1_000_000);
    if (next.length === 0) return all;
    all.push(...next.map(({ n }) => n));
    await spool.retire(next.length);
  }
}

const range = (from: number, to: number): number[] => items(from, to).map(({ n }) => n);

test('what went in comes out in order, and a file goes when all of it is retired', async () => {
  const dir = await folder();
  const spool = await openAs(dir, '1-1', { segmentBytes: 100 });
  for (let n = 0; n < 100; n += 10) expect(await spool.append(items(n, n + 10))).toEqual({ taken: 10 });
  expect(spool.items).toBe(100);
  expect((await readdir(spool.folder)).length).toBe(5);
  expect(await spool.next(3, 1_000)).toEqual(items(0, 3));
  expect(await spool.next(3, 1_000)).toEqual(items(0, 3));
  await spool.retire(2);
  expect(await drain(spool)).toEqual(range(2, 100));
  expect(spool).toMatchObject({ items: 0, bytes: 0 });
  await spool.close();
  expect(await readdir(dir)).toEqual([]);
});

test('it takes what fits in its bytes, and more once there is room', async () => {
  const spool = await openAs(await folder(), '1-1', { maxBytes: 100, segmentBytes: 40 });
  expect(await spool.append(items(10, 30))).toEqual({ taken: 11, why: 'full' });
  expect(spool.bytes).toBeLessThanOrEqual(100);
  expect(spool.trouble).toContain('100 bytes');
  expect(await drain(spool)).toEqual(range(10, 21));
  expect(await spool.append(items(21, 24))).toEqual({ taken: 3 });
  expect(spool.trouble).toBeUndefined();
});

test('a live process keeps its folder, a dead one’s is adopted, oldest first', async () => {
  const dir = await folder();
  await (await openAs(dir, '1-1')).append(items(0, 5));
  await (
    await openAs(dir, '2-1', { owner: { id: '2-1', isAlive: () => Promise.resolve(true) } })
  ).append(items(90, 95));
  const alive: Owner = { id: '3-1', isAlive: (id) => Promise.resolve(id !== '1-1') };
  const third = await openAs(dir, '3-1', { owner: alive });
  expect(third.items).toBe(5);
  await third.append(items(5, 8));
  expect(await drain(third)).toEqual(range(0, 8));
  expect((await readdir(dir)).sort()).toEqual(['test-2-1', 'test-3-1']);
});

test('two that adopt at once share nothing and lose nothing', async () => {
  const dir = await folder();
  for (let n = 0; n < 6; n += 1)
    await (
      await openAs(dir, `${n + 1}-1`, { owner: { id: `${n + 1}-1`, isAlive: () => Promise.resolve(true) } })
    ).append(items(n * 10, n * 10 + 10));
  const alive = (id: string): Owner => ({
    id,
    isAlive: (other) => Promise.resolve(Number(other.split('-')[0]) > 6),
  });
  const both = await Promise.all(['7-1', '8-1'].map((id) => openAs(dir, id, { owner: alive(id) })));
  const read = (await Promise.all(both.map(drain))).flat();
  expect(read.sort((a, b) => a - b)).toEqual(range(0, 60));
});

test('a folder that is taken from the living loses nothing: what comes after goes to another file', async () => {
  const dir = await folder();
  const robbed = await openAs(dir, '1-1');
  await robbed.append(items(0, 5));
  const thief = await openAs(dir, '2-1');
  expect(await robbed.append(items(5, 8))).toMatchObject({ taken: 0, why: 'unwritable' });
  expect(await robbed.append(items(5, 8))).toEqual({ taken: 3 });
  const both = [...(await drain(thief)), ...(await drain(robbed))];
  expect(new Set(both)).toEqual(new Set(range(0, 8)));
  expect(robbed.items).toBe(0);
});

test('a torn last line was never acknowledged; a corrupt one in the middle is set aside, and the rest is used', async () => {
  const dir = await folder();
  const first = await openAs(dir, '1-1');
  await first.append(items(0, 4));
  const [name = ''] = await readdir(first.folder);
  const file = join(first.folder, name);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('{"n":1}', '{"n\u0000:!'));
  await appendFile(file, '{"n":4');
  const second = await openAs(dir, '2-1');
  expect(second.items).toBe(4);
  expect(await drain(second)).toEqual([0, 2, 3]);
  expect(second).toMatchObject({ items: 0, bytes: 0, corrupt: 1 });
  expect(await readFile(join(dir, 'test.corrupt'), 'utf8')).toBe('{"n\u0000:!\n');
  expect(lines.some(({ msg }) => msg.includes('never acknowledged'))).toBe(true);
});

test('a file that is cut short under us is used as far as it goes, and counted', async () => {
  const spool = await openAs(await folder(), '1-1');
  await spool.append(items(0, 10));
  const [name = ''] = await readdir(spool.folder);
  await truncate(join(spool.folder, name), 20);
  expect(await drain(spool)).toEqual([0, 1]);
  expect(spool).toMatchObject({ items: 0, bytes: 0, corrupt: 8 });
});

test('a place that cannot be a folder is said, takes nothing, and takes again once it can', async () => {
  const dir = join(await folder(), 'spool');
  await writeFile(dir, 'a file');
  const spool = await openAs(dir, '1-1');
  expect(await spool.append(items(0, 3))).toEqual({ taken: 0, why: 'unwritable' });
  expect(spool.trouble).toContain('cannot be written');
  await rm(dir);
  expect(await spool.append(items(0, 3))).toEqual({ taken: 3 });
  expect(await drain(spool)).toEqual([0, 1, 2]);
});

test('this process is alive, one of the same number that started at another time is not', async () => {
  const owner = await processOwner();
  expect(await owner.isAlive(owner.id)).toBe(true);
  expect(await owner.isAlive(`${process.pid}-1`)).toBe(false);
});

test('what a process leaves that dies while we run is adopted then, also while we read and write', async () => {
  const dir = await folder();
  const dead = new Set<string>();
  const as = (id: string): Promise<Spool<Item>> =>
    openAs(dir, id, { owner: { id, isAlive: (other) => Promise.resolve(!dead.has(other)) } });
  const ours = await as('2-1');
  await ours.append(items(10, 15));
  expect(await ours.next(2, 1_000)).toEqual(items(10, 12));
  const other = await as('1-1');
  await other.append(items(0, 5));
  await ours.adopt();
  expect(ours.items).toBe(5);
  dead.add('1-1');
  const [, appended] = await Promise.all([ours.adopt(), ours.append(items(15, 20))]);
  expect(appended).toEqual({ taken: 5 });
  expect(ours).toMatchObject({ items: 15 });
  expect(ours.foundDead('1-1')).toBe(true);
  await ours.adopt();
  expect((await drain(ours)).sort((a, b) => a - b)).toEqual([...range(0, 5), ...range(10, 20)]);
  expect(ours).toMatchObject({ items: 0, bytes: 0, corrupt: 0 });
  expect((await readdir(dir)).sort()).toEqual(['test-2-1']);
});

test('whom we cannot ask is dead once its folder has been silent for ten minutes, and not before', async () => {
  const dir = await folder();
  const clock = new ManualClock();
  const elsewhere = await openAs(dir, '1-1-aa', { clock });
  await elsewhere.append(items(0, 5));
  await elsewhere.adopt();
  const ours = await openAs(dir, '1-1-bb', { clock });
  clock.advance(9 * 60_000);
  await ours.adopt();
  await elsewhere.adopt();
  clock.advance(9 * 60_000);
  await ours.adopt();
  expect(ours.foundDead('1-1-aa')).toBe(false);
  clock.advance(60_000);
  await ours.adopt();
  expect(ours.foundDead('1-1-aa')).toBe(true);
  expect(await drain(ours)).toEqual(range(0, 5));
});

test('who was silent and shows life again is not dead any more, and is dead again when silent again', async () => {
  const dir = await folder();
  const clock = new ManualClock();
  const elsewhere = await openAs(dir, '1-1-aa', { clock });
  const ours = await openAs(dir, '1-1-bb', { clock });
  for (let round = 0; round < 2; round += 1) {
    clock.advance(10 * 60_000);
    await ours.adopt();
    expect(ours.foundDead('1-1-aa')).toBe(true);
    await ours.adopt();
    expect(ours.foundDead('1-1-aa')).toBe(true);
    await elsewhere.adopt();
    await ours.adopt();
    expect(ours.foundDead('1-1-aa')).toBe(false);
  }
});

test('what one who lives has taken from a dead one is its own, however old', async () => {
  const dir = await folder();
  const clock = new ManualClock();
  await openAs(dir, '1-1-aa', { clock });
  const claim = join(dir, 'test-1-1-aa.1');
  await mkdir(claim);
  await utimes(claim, 1, 1);
  const ours = await openAs(dir, '1-1-bb', { clock });
  expect(ours.foundDead('1-1-aa')).toBe(false);
  expect(await readdir(dir)).toContain('test-1-1-aa.1');
  clock.advance(10 * 60_000);
  await ours.adopt();
  expect(ours.foundDead('1-1-aa')).toBe(true);
  expect(await readdir(dir)).toContain('test-1-1-bb');
});

test('who only shows life takes nothing, and is not taken for dead', async () => {
  const dir = await folder();
  const clock = new ManualClock();
  const ours = await openAs(dir, '2-1-aa', { clock });
  const other = await openAs(dir, '1-1-bb', { clock });
  await (await openAs(dir, '3-1-aa', { clock, owner: deadBut('3-1-aa') })).append(items(0, 5));
  clock.advance(10 * 60_000);
  await ours.adopt('nothing');
  expect(ours).toMatchObject({ items: 0, bytes: 0 });
  await other.adopt();
  expect(other.foundDead('2-1-aa')).toBe(false);
});

test('trouble with looking through the spool is said once', async () => {
  const root = join(await folder(), 'spool');
  const spool = await openAs(root, '1-1');
  await rm(root, { recursive: true });
  await writeFile(root, 'a file');
  lines.length = 0;
  await spool.adopt();
  await spool.adopt();
  expect(lines.map(({ msg }) => msg)).toEqual([expect.stringContaining('looked through')]);
});

test('any JSON goes to lines and back', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), async (values) => {
      const { content, count } = await encode(values, Infinity);
      expect(count).toBe(values.length);
      const plain = JSON.parse(JSON.stringify(values)) as unknown[];
      expect(decode(content, 0, Infinity, Infinity).items).toEqual(plain);
    }),
  ));

test(
  'killed twenty times in mid-write, everything it acknowledged is read by the next',
  { timeout: 60_000 },
  async () => {
    const dir = await folder();
    let acknowledged = -1;
    const writer = join(import.meta.dirname, 'spool-writer.ts');
    const ends: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const child = spawn(process.execPath, [writer, dir, String(acknowledged + 1)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.split('\n').length > 2 + (round % 7)) child.kill('SIGKILL');
      });
      await once(child, 'close');
      acknowledged = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
      ends.push(acknowledged);
    }
    const owner = await processOwner();
    const spool = await openAs(dir, owner.id, { owner });
    const read = await drain(spool);
    const firsts = [...new Set(read)];
    expect(firsts.filter((n) => n <= acknowledged)).toEqual(range(0, acknowledged + 1));
    expect(new Set(ends).size).toBe(20);
    expect(spool.corrupt).toBe(0);
  },
);
