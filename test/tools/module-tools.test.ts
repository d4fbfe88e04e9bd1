// Modules as an operator writes them, in TypeScript, in a folder where nothing can be imported from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as modules from '../../src/tools/module-tools.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { contextOf, use } from './rig.ts';

const moduleTools = (file: string, version: string, clock = new ManualClock()) =>
  modules.inTime(modules.moduleTools(file, version), file, clock);

let count = 0;
/** Each has a path of its own, as a module is loaded once. */
function module(text: string, name = 'my-tools.ts'): string {
  const dir = mkdtempSync(join(tmpdir(), `liveline-module-${count++}-`));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
}

const GOOD = `
interface Kit { defineTool: (definition: object) => unknown; z: any }
export default ({ defineTool, z }: Kit) => [
  defineTool({
    name: 'tell_weather',
    description: 'Tells the weather.',
    args: z.object({ city: z.string().describe('Where.') }),
    timeoutMs: 1_000,
    run: ({ city }: { city: string }, { caller }: { caller: string }) => ({ tell: { message: city + ' for ' + caller } }),
  }),
];
`;

test('a TypeScript module that imports nothing gives tools that work', async () => {
  const [weather, ...more] = await moduleTools(module(GOOD), 'v1');
  expect(more).toEqual([]);
  expect(weather!.declaration).toMatchObject({
    name: 'tell_weather',
    parameters: { type: 'object', required: ['city'] },
  });
  expect(await use(weather!, { city: 'Delft' }, contextOf())).toEqual({
    tell: { message: 'Delft for +15550100123' },
  });
  await expect(use(weather!, {}, contextOf())).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
});

test('another version of the same file is loaded anew', async () => {
  const file = module(GOOD);
  await moduleTools(file, 'v1');
  writeFileSync(file, GOOD.replace('tell_weather', 'tell_time'));
  const [same] = await moduleTools(file, 'v1');
  const [next] = await moduleTools(file, 'v2');
  expect([same!.declaration.name, next!.declaration.name]).toEqual(['tell_weather', 'tell_time']);
});

test.each([
  ['that does not parse', 'export default (((', /my-tools\.ts: cannot be loaded: /],
  ['that throws when it is loaded', 'throw new Error("no database")', /cannot be loaded: no database/],
  ['without a default export', 'export const tools = [];', /no default export that is a function/],
  ['whose default export is no function', 'export default [];', /no default export that is a function/],
  ['whose function throws', 'export default () => { throw new Error("no key"); };', /failed: no key/],
  ['whose function rejects', 'export default () => Promise.reject(new Error("late"));', /failed: late/],
  ['that gives no list', 'export default () => ({});', /gives no list of tools/],
  ['that gives something else', 'export default () => [{ name: "x" }];', /gives no list of tools/],
  ['that gives nothing', 'export default () => undefined;', /gives no list of tools/],
])('a module %s is refused by name', async (_what, text, words) => {
  await expect(moduleTools(module(text), 'v1')).rejects.toMatchObject({
    code: 'TOOL_SOURCE_INVALID',
    message: expect.stringMatching(words) as string,
  });
});

test('a file that is not there', async () => {
  await expect(moduleTools('/nowhere/tools.ts', 'v1')).rejects.toMatchObject({ code: 'TOOL_SOURCE_INVALID' });
});

test.each([0, 0.5, 120_001, Infinity, NaN])('a time limit of %d is none', async (timeoutMs) => {
  const text = GOOD.replace('timeoutMs: 1_000', `timeoutMs: ${timeoutMs}`);
  await expect(moduleTools(module(text), 'v1')).rejects.toThrow(
    /my-tools\.ts: its default export failed: tool "tell_weather": timeoutMs: /,
  );
});

test('a module that never finishes loading is given up, so that its author hears of it', async () => {
  const clock = new ManualClock();
  const loading = moduleTools(module('await new Promise(() => undefined);\n' + GOOD), 'v1', clock);
  clock.advance(10_000);
  await expect(loading).rejects.toThrow(/my-tools\.ts: did not load within 10 s/);
});
