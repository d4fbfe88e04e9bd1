// The import law: imports go down, never sideways or up, and never into another room's vendor folder.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['audio', 'store', 'web'],
  ['carrier', 'live', 'crm'],
  ['tools'],
  ['agents'],
  ['ivr'],
  ['call'],
  ['records', 'campaign'],
  ['console'],
  ['http'],
  ['config.ts'],
  ['vendors.ts', 'rehearsal.ts'],
  ['app.ts'],
  ['cli'],
  ['main.ts', 'cli.ts'],
];
const VENDOR_FOLDERS = new Set([
  'carrier/twilio',
  'live/gemini',
  'crm/http',
  'crm/hubspot',
  'crm/salesforce',
]);
const ENTERS_VENDORS = new Set(['app.ts', 'vendors.ts', 'cli.ts']);
/** The simulator stands beside the floors: these it may import, and these alone may import it. */
const SIMULATOR_SEES = ['base/', 'audio/', 'carrier/twilio/messages.ts', 'live/gemini/messages.ts'];
const SEES_SIMULATOR = ['rehearsal.ts', 'app.ts', 'cli.ts', 'cli/'];

interface Import {
  from: string;
  to: string;
}

const room = (file: string): string => file.split('/')[0]!;
const floor = (file: string): number => FLOORS.findIndex((rooms) => rooms.includes(room(file)));
const vendor = (file: string): string | undefined =>
  [...VENDOR_FOLDERS].find((folder) => file.startsWith(`${folder}/`));

function breaks({ from, to }: Import): string | undefined {
  if (room(from) === 'simulator' || room(to) === 'simulator') {
    if (room(from) === room(to)) return undefined;
    if (room(from) === 'simulator')
      return SIMULATOR_SEES.some((seen) => to.startsWith(seen))
        ? undefined
        : 'the simulator may not know this';
    return SEES_SIMULATOR.some((seer) => from.startsWith(seer))
      ? undefined
      : 'production code knows the simulator';
  }
  if (floor(from) < 0 || floor(to) < 0) return 'a room the law does not name';
  const entered = vendor(to);
  if (entered !== undefined && vendor(from) !== entered && !ENTERS_VENDORS.has(from))
    return `enters ${entered}`;
  if (room(from) !== room(to) && floor(to) >= floor(from)) return 'goes sideways or up';
  return undefined;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => file.endsWith('.ts') && !file.startsWith('console/web/'));

const imports: Import[] = files.flatMap((from) =>
  ts
    .preProcessFile(readFileSync(join(SRC, from), 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => ({
      from,
      to: relative(SRC, resolve(SRC, dirname(from), name))
        .split(sep)
        .join('/'),
    })),
);

test('imports only point down, and only app.ts and cli.ts enter a vendor folder', () => {
  const bad = imports.flatMap((found) => {
    const why = breaks(found);
    return why === undefined ? [] : [`${found.from} → ${found.to}: ${why}`];
  });
  expect(bad).toEqual([]);
});

test('the law saw the modules it judges', () => {
  expect(files.length).toBeGreaterThan(10);
  expect(imports.length).toBeGreaterThan(10);
});

test.each([
  { from: 'base/clock.ts', to: 'audio/g711.ts' },
  { from: 'carrier/line.ts', to: 'live/session.ts' },
  { from: 'call/media.ts', to: 'carrier/twilio/line.ts' },
  { from: 'live/gemini/session.ts', to: 'carrier/twilio/messages.ts' },
  { from: 'call/call.ts', to: 'simulator/phone/ear.ts' },
  { from: 'simulator/model/server.ts', to: 'live/gemini/models.ts' },
  { from: 'elsewhere/file.ts', to: 'base/ids.ts' },
])('the law refuses $from → $to', (found) => {
  expect(breaks(found)).toBeDefined();
});

test('no import cycle between files', () => {
  const graph = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const { to } of graph.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});
