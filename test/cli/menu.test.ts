// `liveline menu check` and `liveline menu import`, as somebody types them.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadProfiles } from '../../src/agents/load.ts';
import { checkMenu, importMenu, type ImportOptions } from '../../src/cli/menu.ts';
import { rig } from './calls-rig.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures');
const fixture = (name: string): string => join(FIXTURES, name);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'menu-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  /** Of all that was said: without where the folder is. */
  readonly err: string;
}

async function check(file: string, options: { json?: boolean } = {}, columns = 100): Promise<Ran> {
  const { desk, out, err } = rig([], { columns });
  const code = await checkMenu(file, options, desk.terminal);
  return { code, out, err: err.join('\n').replaceAll(`${folder}/`, '') };
}

async function take(path: string, options: ImportOptions = {}, columns = 100): Promise<Ran> {
  const { desk, out, err } = rig([], { columns });
  const code = await importMenu(path, { out: join(folder, 'desk.yaml'), ...options }, desk.terminal);
  return { code, out, err: err.join('\n').replaceAll(`${folder}/`, '') };
}

const written = async (): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yaml')).sort();

async function document(name: string, xml: string): Promise<void> {
  await mkdir(join(folder, 'old', name, '..'), { recursive: true });
  await writeFile(join(folder, 'old', name), `<Response>${xml}</Response>`);
}
const asks = (action: string): string =>
  `<Gather action="/${action}" numDigits="1"><Say>To go on, press 1.</Say></Gather>`;

describe('check', () => {
  test('a whole menu: every path, and 0', async () => {
    const { code, out, err } = await check(fixture('agents/menus/northwind-billing.yaml'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out[0]).toMatch(/^keys {2}callers ask for +leads to +by voice/);
    expect(out.filter((line) => /^[\d*#]( [\d*#])* {2}/.test(line))).toHaveLength(18);
    expect(out.slice(-5).map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      'paths 18, in 3 menus',
      'by key 18 of 18',
      'by voice 18 of 18',
      'with problems 0',
      'covered all of it',
    ]);
  });

  test.each([60, 100, 140])('keeps to %i columns', async (columns) => {
    for (const file of ['agents/menus/northwind-billing.yaml', 'menus/broken/loops.yaml'])
      for (const line of (await check(fixture(file), {}, columns)).out)
        expect(line.length, line).toBeLessThanOrEqual(columns);
  });

  test('a menu with a fault of every kind: each with its place, and 1', async () => {
    const { code, err } = await check(fixture('menus/broken/loops.yaml'));
    expect(code).toBe(1);
    expect(err.split('\n').map((line) => line.replace(/^.*loops\.yaml:/, '').split('; ')[0])).toEqual([
      '8:42  menus.main.options.2.menu: there is no menu "shop"',
      '9:7  menus.main.options.3: neither spoken nor what the menu says tells callers of key 3',
      '10:12  menus.main.options.4.name: key 1 of main is called "billing" already',
      '10:27  menus.main.options.4.spoken: key 1 of main is asked for in the same words and leads elsewhere',
      '16:3  menus.round: no keys lead from here to an end, so callers go round in circles',
      '20:3  menus.further: no keys lead from here to an end, so callers go round in circles',
      '24:3  menus.empty: no key does anything here',
      '24:3  menus.empty: no key leads here',
    ]);
  });

  test('as JSON', async () => {
    const { code, out } = await check(fixture('agents/menus/northwind-billing.yaml'), { json: true });
    expect(code).toBe(0);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      ...{ isWhole: true, losses: [], problems: [] },
      totals: { menus: 3, paths: 18, byKey: 18, byVoice: 18, withProblems: 0 },
    });
  });

  test('what keys do that a page does not have is a row of its own, and part of the paths behind it', async () => {
    await writeFile(
      join(folder, 'a.yaml'),
      [
        'start: main',
        'menus:',
        '  main: { options: { 1: { name: a, spoken: a, hang_up: true } }, otherwise: { menu: more } }',
        '  more: { options: { 2: { name: b, spoken: b, hang_up: true } } }',
      ].join('\n'),
    );
    const { code, out } = await check(join(folder, 'a.yaml'));
    expect(code).toBe(0);
    expect(out.slice(1, 4).map((line) => line.trimEnd().split(/ {2,}/))).toEqual([
      ['1', 'a', 'ends the call', 'a'],
      ['other', 'anything else', 'menu more', 'main_anything_else'],
      ['other 2', 'b', 'ends the call', 'b'],
    ]);
    expect(out.at(-4)).toMatch(/^by key +2 of 2$/);
  });

  test('a file with faults, one that is not there, and a folder', async () => {
    await writeFile(join(folder, 'a.yaml'), 'start: main\nmenus: { main: { options: { 77: {} } } }\n');
    expect(await check(join(folder, 'a.yaml'))).toEqual({
      ...{ code: 1, out: [] },
      err: 'a.yaml has faults:\n  a.yaml:2:29  menus.main.options.77: expected one key: a digit, "*" or "#"',
    });
    expect(await check(join(folder, 'gone.yaml'))).toMatchObject({ code: 2, out: [] });
    expect(await check(folder)).toMatchObject({ code: 2, out: [] });
  });
});

describe('import', () => {
  test('a Studio flow: a profile that a server loads, its menu in a folder of its own, and 0', async () => {
    const { code, out, err } = await take(fixture('menus/harbour-insurance.json'), {
      number: ['+12025550103'],
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(await written()).toEqual(['desk.yaml', 'menus/desk.yaml']);
    expect(out.at(-1)).toBe(`Wrote ${join(folder, 'menus/desk.yaml')} and ${join(folder, 'desk.yaml')}.`);
    const text = out.join('\n');
    expect(text).toContain(
      '\nLeft to the agent, who does it in its own way:\n  main_menu (gather-input-on-call): another key',
    );
    expect(text).not.toContain('What was not carried over:');
    const [profile] = await loadProfiles(folder);
    expect(profile).toMatchObject({ name: 'Harbour Insurance', numbers: ['+12025550103'] });
    expect(profile?.menu?.menu?.menus).toHaveLength(8);
    expect((await check(join(folder, 'menus/desk.yaml'))).code).toBe(0);
  });

  test('a folder of TwiML documents: what is still to be done, and 1', async () => {
    const { code, out } = await take(fixture('menus/northwind-energy'), { name: 'Northwind' });
    expect(code).toBe(1);
    const text = out.join('\n');
    expect(text).toContain(
      '1 1 of billing_payments: collects digits: needs a tool, such as "account_number"',
    );
    expect(text).toMatch(/paths +44, in 8 menus\nby key +44 of 44\nby voice +44 of 44\nwith problems +2/);
    expect(await readFile(join(folder, 'desk.yaml'), 'utf8')).toMatch(
      /under tools:\n# {3}account_number\n# {3}meter_reading\nname: Northwind\n/,
    );
  });

  test('what a server would not load is said by it, in words that lead to the file', async () => {
    await take(fixture('menus/northwind-energy'));
    await expect(loadProfiles(folder)).rejects.toThrow(
      'key 1 of billing_payments leads to tool "account_number", which this profile does not have; add it to tools',
    );
  });

  test('what is not carried over is named, and 1', async () => {
    const { code, out } = await take(fixture('menus/broken/clinic.json'), {}, 200);
    expect(code).toBe(1);
    const text = out.join('\n');
    for (const named of [
      'What was not carried over:',
      'voice_bot (connect-virtual-agent): widgets of type connect-virtual-agent are not carried over',
      'main (gather-input-on-call): key 7 is said, and leads nowhere; kept: its other keys',
      'text_back (send-message): no way that is carried over leads to it; kept: nothing',
    ])
      expect(text).toContain(named);
  });

  test('as JSON', async () => {
    const { code, out } = await take(fixture('menus/northwind-energy'), { json: true });
    expect(code).toBe(1);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      ...{ isWritten: true, isWhole: false, tools: ['account_number', 'meter_reading'] },
      files: { menu: join(folder, 'menus/desk.yaml'), profile: join(folder, 'desk.yaml') },
      totals: { paths: 44 },
    });
  });

  test('nothing that is lost ends with 0: what came after a call, and an extension', async () => {
    await document('index.xml', asks('b'));
    await document(
      'b/1.xml',
      '<Dial><Number sendDigits="ww1">+12025550140</Number></Dial><Say>Nobody is here.</Say><Record/>',
    );
    const { code, out } = await take(join(folder, 'old'), { number: ['+12025550103'] }, 200);
    expect(code).toBe(1);
    const text = out.join('\n');
    expect(text).toContain('b/1.xml: extension ww1 is not dialled; kept: the call itself');
    expect(text).toContain('where nobody answers: says "Nobody is here.", then voicemail; kept: voicemail');
    expect(text).toMatch(/with problems +1\ncovered +not all of it/);
    const [profile] = await loadProfiles(folder);
    expect(profile?.voicemail).toBeDefined();
    expect(profile?.destinations).toMatchObject([{ to: '+12025550140', ringS: 30 }]);
  });

  test('somebody’s files are left as they are, unless --force says otherwise', async () => {
    await writeFile(join(folder, 'desk.yaml'), 'mine');
    const refused = await take(fixture('menus/harbour-insurance.json'));
    expect(refused).toMatchObject({ code: 2, out: [] });
    expect(refused.err).toBe(
      'desk.yaml is there already, and was left as it is; --force writes over it, --out names another',
    );
    expect(await written()).toEqual(['desk.yaml']);
    expect(await readFile(join(folder, 'desk.yaml'), 'utf8')).toBe('mine');
    expect((await take(fixture('menus/harbour-insurance.json'), { force: true })).code).toBe(0);
    expect(await readFile(join(folder, 'desk.yaml'), 'utf8')).not.toBe('mine');
  });

  test('a loop without a way out is reported and not written, unless --force says otherwise', async () => {
    await document('index.xml', asks('b'));
    await document('b/1.xml', asks('c'));
    await document('c/1.xml', '<Redirect>/index</Redirect>');
    const refused = await take(join(folder, 'old'));
    expect(refused.code).toBe(1);
    expect(refused.out.join('\n')).toContain('callers go round in circles');
    expect(refused.err).toContain('nothing was written');
    expect(await written()).toEqual([]);
    const forced = await take(join(folder, 'old'), { force: true });
    expect(forced).toMatchObject({ code: 1, err: '' });
    expect(await written()).toEqual(['desk.yaml', 'menus/desk.yaml']);
    const json = await take(join(folder, 'old'), { json: true, out: join(folder, 'other.yaml') });
    expect(JSON.parse(json.out.join('\n'))).toMatchObject({ isWritten: false });
  });

  test('one document alone', async () => {
    await document('a.xml', asks('b'));
    expect(await take(join(folder, 'old', 'a.xml'))).toMatchObject({ code: 1, err: '' });
    expect(await written()).toEqual(['desk.yaml', 'menus/desk.yaml']);
  });

  describe('refuses, writes nothing, and ends with 2:', () => {
    const refusedFor = async (path: string, options: ImportOptions = {}): Promise<string> => {
      const { code, out, err } = await take(path, options);
      expect({ code, out, files: await written() }).toEqual({ code: 2, out: [], files: [] });
      return err;
    };

    test('what is not there', async () => {
      expect(await refusedFor(join(folder, 'gone'))).toBe('gone does not exist');
    });

    test('a folder without documents', async () => {
      await mkdir(join(folder, 'old'));
      expect(await refusedFor(join(folder, 'old'))).toContain('there is no TwiML document in old');
    });

    test('documents that are not well-formed: every one, with its line', async () => {
      await document('index.xml', asks('b'));
      await document('b/1.xml', '\n<Say>a & b</Say>');
      await document('b/2.xml', '\n\n<Say>a');
      expect(await refusedFor(join(folder, 'old'))).toBe(
        [
          'these are no TwiML documents:',
          "    b/1.xml:2  no XML that can be read: '&' is no character; write &amp; for an ampersand",
          '    b/2.xml:3  no XML that can be read: </Response> closes nothing; <Say> is open',
        ].join('\n'),
      );
    });

    test.each([
      ['{"half":', 'no JSON that can be read'],
      ['[]', 'no definition of a Studio flow'],
      ['', 'no JSON that can be read'],
      ['start: main', 'no JSON that can be read'],
      ['<html></html>', 'expected <Response>'],
    ])('a file that is neither: %j', async (text, words) => {
      await writeFile(join(folder, 'flow.txt'), text);
      expect(await refusedFor(join(folder, 'flow.txt'))).toContain(words);
    });

    test.each<[string, ImportOptions, string]>([
      ['a queue without a number', { queue: ['sales'] }, '--queue sales: expected a name and a number'],
      ['a number that is none', { number: ['sales'] }, 'numbers'],
      [
        'an --out that no server reads',
        { out: 'desk.txt' },
        '--out desk.txt: expected a file such as billing.yaml',
      ],
    ])('%s', async (_, options, words) => {
      expect(await refusedFor(fixture('menus/harbour-insurance.json'), options)).toContain(words);
    });

    test('a start that is not there', async () => {
      expect(await refusedFor(fixture('menus/northwind-energy'), { start: 'gone' })).toContain(
        'there is no document "gone"',
      );
    });
  });

  test('what an old document says is shown without what would steer a terminal', async () => {
    await document('index.xml', asks('b').replace('go on', 'go &#27;[31m on'));
    const { out, err } = await take(join(folder, 'old'));
    expect(`${out.join('\n')}${err}`).not.toContain('\u001B');
  });
});
