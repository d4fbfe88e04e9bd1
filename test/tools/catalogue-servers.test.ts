// The life of MCP servers in the catalogue, with real processes: shared by profiles that say the same, kept while a profile
// lists them or a call uses them, and gone at the end.
import { expect, test, vi, type TestContext } from 'vitest';
import { createLog } from '../../src/base/log.ts';
import { Catalogue } from '../../src/tools/catalogue.ts';
import type { ToolEntry } from '../../src/tools/entries.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { LOOKS, offer, scripted } from './mcp/rig.ts';

type Server = Extract<ToolEntry, { is: 'mcp' }>;

const server = (name: string, ...tools: string[]): Server => ({
  is: 'mcp',
  server: {
    ...{ name, tools, allowPrivate: true, timeoutMs: 1_000 },
    by: scripted({ tools: tools.map((tool) => offer(tool, LOOKS)) }),
  },
});

function open({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const lines: string[] = [];
  const log = createLog({
    level: 'debug',
    secrets: [],
    destination: { write: (line) => void lines.push(line) },
  });
  const catalogue = new Catalogue({ secrets: new Map(), clock: new ManualClock(), log });
  onTestFinished(() => catalogue.close());
  /** Of every process that was connected to. */
  const pids = (): number[] =>
    lines
      .map((line) => JSON.parse(line) as { msg: string; pid: number })
      .flatMap(({ msg, pid }) => (msg === 'MCP server connected' ? pid : []));
  return { catalogue, pids };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const namesOf = (catalogue: Catalogue, list: readonly ToolEntry[]): string[] =>
  catalogue.toolsOf(list).map(({ declaration }) => declaration.name);

test('profiles that say the same share a server; settings by name go for its tools', async (context) => {
  const { catalogue, pids } = open(context);
  const list: ToolEntry[] = [server('one', 'see'), { is: 'named', name: 'see', timeoutMs: 777 }];
  await Promise.all([catalogue.prepare(list), catalogue.prepare([...list])]);
  expect(namesOf(catalogue, list)).toEqual(['see']);
  expect(catalogue.toolsOf(list)[0]).toMatchObject({ timeoutMs: 777 });
  expect(pids()).toHaveLength(1);
});

test('a name that two servers have is refused when it is prepared', async (context) => {
  const { catalogue } = open(context);
  await expect(catalogue.prepare([server('one', 'see'), server('two', 'see')])).rejects.toThrow(
    /the MCP server two has a tool "see", but another one has that name already/,
  );
});

test('one that no profile lists any more goes when the last call that uses it is over, and not before', async (context) => {
  const { catalogue, pids } = open(context);
  const list = [server('one', 'see')];
  await catalogue.prepare(list);
  const [first, second] = [catalogue.lend(list), catalogue.lend(list)];
  catalogue.keepOnly([]);
  first.giveBack();
  first.giveBack();
  expect(await first.tools[0]!.accept({ text: 'hi' })).toEqual({ text: 'hi' });
  const [pid] = pids();
  expect(isAlive(pid!)).toBe(true);
  second.giveBack();
  await vi.waitFor(() => expect(isAlive(pid!)).toBe(false));
  expect(namesOf(catalogue, [])).toEqual([]);
});

test('one that is listed again stays, also when a call that began before ends meanwhile', async (context) => {
  const { catalogue, pids } = open(context);
  const list = [server('one', 'see')];
  await catalogue.prepare(list);
  const lent = catalogue.lend(list);
  catalogue.keepOnly([]);
  await catalogue.prepare(list);
  lent.giveBack();
  catalogue.keepOnly([list]);
  expect(namesOf(catalogue, list)).toEqual(['see']);
  expect(pids().map(isAlive)).toEqual([true]);
});

test('one that is listed stays when no call uses it', async (context) => {
  const { catalogue, pids } = open(context);
  const list = [server('one', 'see')];
  await catalogue.prepare(list);
  catalogue.lend(list).giveBack();
  catalogue.keepOnly([list]);
  expect(namesOf(catalogue, list)).toEqual(['see']);
  expect(pids().map(isAlive)).toEqual([true]);
});

test('one that cannot be started is not waited for, and it is said why', async (context) => {
  const { catalogue } = open(context);
  const list: ToolEntry[] = [
    {
      is: 'mcp',
      server: {
        ...{ name: 'gone', tools: ['see'], allowPrivate: true, timeoutMs: 1_000 },
        by: { command: '/nowhere/server', args: [], env: {} },
      },
    },
  ];
  await catalogue.prepare(list);
  expect(catalogue.away(list)).toEqual([{ name: 'gone', why: expect.stringContaining('ENOENT') as string }]);
  expect(namesOf(catalogue, list)).toEqual([]);
});
