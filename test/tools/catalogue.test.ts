import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { BUILT_INS } from '../../src/tools/built-in/all.ts';
import { Catalogue } from '../../src/tools/catalogue.ts';
import { readHttpTools } from '../../src/tools/http/http-tools-file.ts';
import { toolNames, type NamedTool, type ToolEntry } from '../../src/tools/entries.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { toolsOf } from '../doubles/tools-of.ts';

const named = (name: string, more: Partial<NamedTool> = {}): ToolEntry => ({ is: 'named', name, ...more });
const namesOf = (list: readonly ToolEntry[]): string[] =>
  toolsOf(list).map(({ declaration }) => declaration.name);

const open = (): Catalogue => new Catalogue({ secrets: new Map(), clock: new ManualClock(), log: silentLog });

/** A module with one tool of this name. */
function module(name: string): Extract<ToolEntry, { is: 'module' }> {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-catalogue-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'tools.ts');
  writeFileSync(
    file,
    `export default ({ defineTool, z }: any) => [
      defineTool({ name: '${name}', description: 'Mine.', args: z.object({}), timeoutMs: 700, run: () => ({ tell: {} }) }),
    ];`,
  );
  return { is: 'module', file, version: 'v1' };
}

test('the built-ins, in the order that was asked for', () => {
  expect(namesOf(['end_call', 'look_up_contact', 'take_message'].map((name) => named(name)))).toEqual([
    'end_call',
    'look_up_contact',
    'take_message',
  ]);
  expect(toolNames).toEqual(BUILT_INS.map(({ declaration }) => declaration.name));
  expect(toolsOf([])).toEqual([]);
});

test('an unknown one is named, with those that there are', () => {
  expect(() => toolsOf([named('end_call'), named('make_coffee')])).toThrow(
    expect.objectContaining({
      code: 'TOOL_UNKNOWN',
      message: `there is no tool "make_coffee"; there are ${toolNames.join(', ')}`,
    }),
  );
  expect(() => toolsOf([named('constructor')])).toThrow(/there is no tool "constructor"/);
});

test('how its calls are treated is this agent’s alone', () => {
  const [patient] = toolsOf([
    named('end_call', {
      ...{ behavior: 'non-blocking', scheduling: 'silent', timeoutMs: 123, lateResult: 'tell' },
      announce: 'Goodbye then',
    }),
  ]);
  expect(patient).toMatchObject({
    declaration: { behavior: 'non-blocking', scheduling: 'silent' },
    ...{ timeoutMs: 123, lateResult: 'tell' },
  });
  const [plain] = toolsOf([named('end_call')]);
  expect(patient?.declaration.description).toBe(
    `${plain!.declaration.description} Before you call it, say in your own words: "Goodbye then"`,
  );
  expect(plain).toMatchObject({ timeoutMs: 1_000, lateResult: undefined });
  expect(plain?.declaration.behavior).toBeUndefined();
});

test('whether it has an effect may be said of a tool of one’s own, and not of a built-in one', async () => {
  const catalogue = open();
  const list = [module('tell_weather'), named('tell_weather', { effect: true })];
  await catalogue.prepare(list);
  expect(catalogue.toolsOf(list)[0]).toMatchObject({ effect: {} });
  expect(() => toolsOf([named('take_message', { effect: false })])).toThrow(
    /"take_message" is built in, and knows itself whether it has an effect/,
  );
});

test('a module is made once, however many profiles name it', async () => {
  const made = 'liveline-made-once';
  const dir = mkdtempSync(join(tmpdir(), 'liveline-catalogue-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'tools.ts');
  writeFileSync(file, `export default () => { process.emit('${made}' as 'exit', 0); return []; };`);
  let times = 0;
  const count = (): void => void (times += 1);
  process.on(made as 'exit', count);
  onTestFinished(() => void process.off(made, count));
  const catalogue = open();
  const list: ToolEntry[] = [{ is: 'module', file, version: 'v1' }];
  await Promise.all([catalogue.prepare(list), catalogue.prepare(list), catalogue.prepare(list)]);
  await catalogue.prepare(list);
  expect(times).toBe(1);
});

test('an HTTP tool is made once for all calls: its breaker outlasts a call', () => {
  const file = resolve(import.meta.dirname, '../../fixtures/agents/tools/example.yaml');
  const specs = readHttpTools(file, readFileSync(file, 'utf8'));
  const names = [...readFileSync(file, 'utf8').matchAll(/\{\{\s*secret\.(\w+)/g)].map(([, name]) => name!);
  const catalogue = new Catalogue({
    secrets: new Map(names.map((name) => [name, 'a-secret'])),
    clock: new ManualClock(),
    log: silentLog,
  });
  const list: ToolEntry[] = [{ is: 'http', file, specs }];
  expect(catalogue.lend(list).tools[0]).toBe(catalogue.lend(list).tools[0]);
  expect(() => catalogue.toolsOf([...list, named(specs[0]!.name, { effect: true })])).toThrow(
    /is described in a file: say there, and not in the profile, whether it has an effect/,
  );
});

describe('servers', () => {
  const server = (name: string): Extract<ToolEntry, { is: 'mcp' }> => ({
    is: 'mcp',
    server: {
      ...{ name, tools: ['x'], allowPrivate: true, timeoutMs: 1_000 },
      by: { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env: {} },
    },
  });

  test('after the end none is reached any more', async () => {
    const catalogue = open();
    await catalogue.close();
    await expect(catalogue.prepare([server('late')])).rejects.toThrow(/let go of/);
  });
});

describe('a module', () => {
  test('gives its tools beside the built-in ones, and they take settings by name', async () => {
    const catalogue = open();
    const list = [named('end_call'), module('tell_weather'), named('tell_weather', { timeoutMs: 900 })];
    await catalogue.prepare(list);
    expect(
      catalogue.toolsOf(list).map(({ declaration, timeoutMs }) => [declaration.name, timeoutMs]),
    ).toEqual([
      ['tell_weather', 900],
      ['end_call', 1_000],
    ]);
  });

  test('that does not load is refused when it is prepared', async () => {
    const list: ToolEntry[] = [{ is: 'module', file: '/nowhere.ts', version: 'v1' }];
    await expect(open().prepare(list)).rejects.toMatchObject({ code: 'TOOL_SOURCE_INVALID' });
  });

  test('whose tool has the name of a built-in one is refused, and so are two of one name', async () => {
    await expect(open().prepare([module('end_call')])).rejects.toThrow(
      /has a tool "end_call", but a built-in tool has that name already$/,
    );
    await expect(open().prepare([module('mine'), module('mine')])).rejects.toThrow(
      /has a tool "mine", but another one has that name already$/,
    );
  });
});

describe.each(
  toolsOf(toolNames.map((name) => named(name))).map((tool) => [tool.declaration.name, tool] as const),
)('%s is fit for the Live API', (name, { declaration }) => {
  test('its name, its words, and a schema with described fields and no additionalProperties', () => {
    expect(name).toMatch(/^[a-z][a-z_]{0,63}$/);
    expect(declaration.description.length).toBeGreaterThan(20);
    expect(JSON.stringify(declaration)).not.toMatch(/additionalProperties|\$schema|anyOf/);
    const fields = Object.values(declaration.parameters['properties'] as Record<string, object>);
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields) expect(field).toHaveProperty('description');
  });
});
