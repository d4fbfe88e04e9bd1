import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { exportCalls } from '../../src/cli/calls-export.ts';
import { callsTable, lengthText } from '../../src/cli/calls-table.ts';
import { listCalls, showCall } from '../../src/cli/calls.ts';
import { widthOf } from '../../src/cli/plain-text.ts';
import { callPage, callRecord } from '../../src/records/record.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { record, rig } from './calls-rig.ts';

const NOW = Date.UTC(2026, 0, 1);
const numbered = (count: number) =>
  Array.from({ length: count }, (_, n) => record({ id: `CA${String(n).padStart(8, '0')}${'f'.repeat(24)}` }));

test('list: one line a call, newest first as the records have them', async () => {
  const { desk, out, err, state } = rig([
    record({ rehearsal: true, outcome: null, durationMs: null, endedAt: null, costUsd: null }),
    record({ direction: 'outbound', lostWrites: 2 }),
  ]);
  expect(await listCalls({ utc: true }, desk)).toBe(0);
  expect({ out, err }).toEqual({
    out: [
      'id          when              length  dir   from → to                    profile  outcome            cost',
      'CA01234567  2025-12-31 22:00       …  in*   +15550100123 → +15550100100  Desk     in-progress           ?',
      'CA01234567  2025-12-31 22:00    1:23  out!  +15550100123 → +15550100100  Desk     caller-hung-up  $0.0123',
      '* rehearsal: a call on the simulators',
      '! parts of its record are lost',
      '',
      'One of them whole: liveline calls show <id>',
    ],
    err: [],
  });
  expect(state).toEqual({ opened: 1, closed: 1 });
});

test('list: in 80 columns the other end alone, and the year where it is another one', async () => {
  const { desk, out } = rig(
    [record({ profile: 'Harbour Dental reception' }), record({ startedAt: '2026-01-01T00:00:00.000Z' })],
    { columns: 80 },
  );
  await listCalls({ utc: true }, desk);
  expect(out.slice(1, 3)).toEqual([
    'CA01234567  2025-12-31     1:23  in   +15550100123  Harbour…  caller-h…  $0.0123',
    'CA01234567  01-01 00:00    1:23  in   +15550100123  Desk      caller-h…  $0.0123',
  ]);
});

test('list: whatever callers are called, lines fit and nothing acts', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ from: text, to: text, profile: text, outcome: text, id: text }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 80, max: 160 }),
      (changes, columns) => {
        const options = { columns, nowMs: NOW, timeZone: 'UTC' };
        for (const line of callsTable(changes.map(record), options).slice(1))
          expect([widthOf(line) <= columns, stripVTControlCharacters(line)]).toEqual([
            true,
            expect.not.stringMatching(/\p{Cc}/u),
          ]);
      },
    ),
  );
});

test('list: no calls is said kindly, and is no failure', async () => {
  const { desk, out } = rig([]);
  expect(await listCalls({}, desk)).toBe(0);
  expect(await listCalls({ profile: 'X' }, desk)).toBe(0);
  expect(out).toEqual(['No calls yet.', 'No calls match this.']);
});

test('list: how to see older ones, and not one of them is skipped', async () => {
  const { desk, out, queries } = rig(numbered(30));
  await listCalls({ limit: '25' }, desk);
  expect(queries[0]).toMatchObject({ limit: 25 });
  const cursor = /^There are older ones; the same again with: --cursor (\S+)$/.exec(out.at(-1)!)?.[1];
  expect(cursor).toBe('25');
  out.length = 0;
  await listCalls({ limit: '25', cursor }, desk);
  expect(out.filter((line) => line.startsWith('CA'))).toHaveLength(5);
  expect(out.at(-1)).not.toContain('--cursor');
});

test('list --json: one document, the page of the API; the next one by its cursor', async () => {
  const { desk, out } = rig(numbered(30));
  await listCalls({ json: true }, desk);
  const page = callPage.parse(JSON.parse(out.join('\n')));
  expect(page.calls).toHaveLength(20);
  out.length = 0;
  await listCalls({ json: true, cursor: page.next! }, desk);
  const rest = callPage.parse(JSON.parse(out.join('\n')));
  expect(rest).toMatchObject({ next: null, calls: { length: 10 } });
});

test('wrong options: said before the records are opened, exit 2', async () => {
  const { desk, out, err, state } = rig([]);
  expect(await listCalls({ limit: 'all', outcome: '\u001b[2J' }, desk)).toBe(2);
  expect(await exportCalls({ after: 'x' }, desk)).toBe(2);
  expect({ out, opened: state.opened, faults: err.length }).toEqual({ out: [], opened: 0, faults: 3 });
  expect(err.join('')).not.toContain('\u001b');
});

test('the records are closed when they fail, and their fault is passed on', async () => {
  const { desk, state } = rig([]);
  const open = async () => {
    const records = await desk.open();
    return { ...records, store: { ...records.store, find: () => Promise.reject(new Error('away')) } };
  };
  await expect(listCalls({}, { ...desk, open })).rejects.toThrow('away');
  expect(state.closed).toBe(1);
});

test('show: by id, by its beginning as the list has it, or the last', async () => {
  const calls = numbered(450);
  for (const which of [calls[420]!.id, calls[420]!.id.slice(0, 10)]) {
    const { desk, out } = rig(calls);
    expect(await showCall(which, {}, desk)).toBe(0);
    expect(out[0]).toContain(calls[420]!.id);
  }
  const { desk, out } = rig(calls);
  expect(await showCall('last', { json: true }, desk)).toBe(0);
  expect(callRecord.parse(JSON.parse(out.join('\n')))).toEqual(calls[0]);
});

test('show: a beginning of two ids names both; one too short is not looked for', async () => {
  const { desk, err, out, queries } = rig([record({ id: 'CA01234567aa' }), record({ id: 'CA01234567bb' })]);
  expect(await showCall('CA01234567', {}, desk)).toBe(2);
  expect(err).toEqual(['More than one call begins with CA01234567:', '  CA01234567aa', '  CA01234567bb']);
  queries.length = 0;
  expect(await showCall('CA', {}, desk)).toBe(1);
  expect({ queries, out }).toEqual({ queries: [], out: [] });
});

test.each(['', 'CAffffffffffffff', '\u001b[2J'])('show: %j is not there: exit 1', async (which) => {
  const { desk, err } = rig(numbered(3));
  expect(await showCall(which, {}, desk)).toBe(1);
  expect(err.join('')).toMatch(/^There is no record of a call [^\u001b]*: it never was, or was deleted/);
});

test('show last: no calls yet', async () => {
  const { desk, err } = rig([]);
  expect(await showCall('last', {}, desk)).toBe(1);
  expect(err).toEqual(['No calls yet.']);
});

test('export: every match with its whole record, one a line, over all pages', async () => {
  const calls = numbered(450);
  const output = new PassThrough();
  const { desk, err, queries } = rig(calls, { output });
  const read = textOf(output);
  expect(await exportCalls({ number: '+1 555 010 0123' }, desk)).toBe(0);
  output.end();
  const lines = (await read).trimEnd().split('\n');
  expect(lines.map((line) => callRecord.parse(JSON.parse(line)))).toEqual(calls);
  expect(queries.map(({ number, cursor }) => [number, cursor])).toEqual([
    ['+15550100123', undefined],
    ['+15550100123', '200'],
    ['+15550100123', '400'],
  ]);
  expect(err).toEqual(['200 calls so far', '400 calls so far', '450 calls exported']);
});

test('export: what was deleted since is left out', async () => {
  const { desk, err } = rig(numbered(3));
  const open = async () => {
    const { store, ...rest } = await desk.open();
    const get = (id: Parameters<typeof store.get>[0]) =>
      id.startsWith('CA00000001') ? Promise.resolve(undefined) : store.get(id);
    return { ...rest, store: { ...store, get } };
  };
  expect(await exportCalls({}, { ...desk, open })).toBe(0);
  expect(err).toEqual(['2 calls exported']);
});

test('export --out: the file appears whole, for its owner alone, in place of an older one', async (context) => {
  const folder = freshFolder(context);
  const out = join(folder, 'calls.ndjson');
  await writeFile(out, 'older', { mode: 0o644 });
  const { desk, err } = rig(numbered(2));
  expect(await exportCalls({ out }, desk)).toBe(0);
  expect((await readFile(out, 'utf8')).match(/\n/g)).toHaveLength(2);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['calls.ndjson']);
  expect(err).toEqual([`2 calls exported to ${out}`]);
});

test('export --out: a fault on the way leaves what was there', async (context) => {
  const folder = freshFolder(context);
  const out = join(folder, 'calls.ndjson');
  await writeFile(out, 'older');
  const { desk, err, state } = rig(numbered(2));
  const open = async () => {
    const { store, ...rest } = await desk.open();
    return { ...rest, store: { ...store, get: () => Promise.reject(new Error('away')) } };
  };
  expect(await exportCalls({ out }, { ...desk, open })).toBe(1);
  expect(err).toEqual(['The calls could not be exported: away']);
  expect(await readdir(folder)).toEqual(['calls.ndjson']);
  expect(await readFile(out, 'utf8')).toBe('older');
  expect(state.closed).toBe(1);
});

test('export --out to where no file can be: the place as it was named, and what to do', async (context) => {
  const folder = freshFolder(context);
  await writeFile(join(folder, 'file'), '');
  const { desk, err } = rig(numbered(2));
  for (const [out, why] of [
    ['missing/x', 'no such file or directory'],
    ['file/x', 'not a directory'],
    ['', 'illegal operation on a directory'],
  ] as const) {
    const place = join(folder, out);
    expect(await exportCalls({ out: place }, desk)).toBe(1);
    expect(err.at(-1)).toBe(
      `The calls could not be exported to ${place}: ${why}. Give --out a file in a folder that is there and may be written`,
    );
  }
  expect(await readdir(folder)).toEqual(['file']);
});

test('export: a reader that has seen enough (head) ends it quietly', async ({ onTestFinished }) => {
  const src = (path: string): string => JSON.stringify(resolve(import.meta.dirname, path));
  const program = `
    import { rig, record } from ${src('calls-rig.ts')};
    import { exportCalls } from ${src('../../src/cli/calls-export.ts')};
    const { desk, state } = rig(Array.from({ length: 20000 }, (_, n) => record({ id: 'CA' + n, profile: 'x'.repeat(500) })), { output: process.stdout });
    desk.terminal.say = (line) => console.error(line);
    process.exitCode = await exportCalls({}, desk);
    console.error('closed ' + state.closed);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let err = '';
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = (await closed) as [number | null];
  expect({ code, err: err.replaceAll(/\d+ calls so far\n/g, '') }).toEqual({ code: 0, err: 'closed 1\n' });
});

test('lengths are told as clocks do', () => {
  expect([0, 499, 59_600, 83_400, 3_599_600, 36_061_000].map(lengthText)).toEqual([
    ...['0:00', '0:00', '1:00', '1:23', '1:00:00', '10:01:01'],
  ]);
});
