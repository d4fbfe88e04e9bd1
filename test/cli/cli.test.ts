// `npx liveline` as a person types it: what is printed, and the exit code.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test, type TestContext } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { faultHelp } from '../../src/cli/fault-help.ts';
import { silentLog } from '../../src/base/log.ts';
import { apiKeyAccess } from '../../src/live/gemini/access.ts';
import { createGeminiLive } from '../../src/live/gemini/session.ts';
import { letGoOfDataDir } from '../doubles/databases.ts';
import { freePort } from '../doubles/free-port.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { AUTH_TOKEN, script, world } from '../e2e/rig.ts';

const ROOT = resolve(import.meta.dirname, '../..');

function liveline(
  context: Pick<TestContext, 'onTestFinished'>,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  // Away from the project, so that no .env of its own is read.
  const cwd = freshFolder(context);
  const child = spawn(process.execPath, [join(ROOT, 'src/cli.ts'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
  });
  context.onTestFinished(() => {
    child.kill('SIGKILL');
    return letGoOfDataDir(join(cwd, 'data'));
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += stripVTControlCharacters(data.toString())));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const exit = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  const saying = async (words: string): Promise<string> => {
    while (!out.includes(words)) {
      const ended = await Promise.race([once(child.stdout, 'data').then(() => undefined), exit]);
      if (ended && !out.includes(words))
        throw new Error(`it ended, exit ${ended.code}, without saying "${words}": ${ended.out}${ended.err}`);
    }
    return out;
  };
  return { child, cwd, exit, saying };
}

test.concurrent.for<[string[], string]>([
  [['gibberish'], "error: unknown command 'gibberish'"],
  [['call', '--sya', 'x'], "error: unknown option '--sya'\n(Did you mean --say?)"],
  [
    ['call', '--interrupt-after', '1s'],
    "error: option '--interrupt-after <time>' argument '1s' is invalid. Put it after its --say.",
  ],
  [
    ['call', '--digits', '1', '--interrupt-after', '1s'],
    "error: option '--interrupt-after <time>' argument '1s' is invalid. Put it after its --say.",
  ],
  [
    ['call', '--person', '+12025550111:sings'],
    "error: option '--person <number:does>' argument '+12025550111:sings' is invalid. Give a number and what they do, such as +12025550111:answers; others: declines, busy, no-answer, fails.",
  ],
  [
    ['demo', '--fault', 'drop', '--fault', 'drop:at=idle'],
    "error: option '--fault <fault>' argument 'drop:at=idle' is invalid. drop takes no at; it takes on, nth, times, after, every",
  ],
  [
    ['model', '--port', '70000'],
    "error: option '--port <port>' argument '70000' is invalid. Give a whole number up to 65535.",
  ],
])('%j: a short error, exit 2', async ([args, words], context) => {
  const { code, out, err } = await liveline(context, args).exit;
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: `${words}\n(--help says more)\n` });
});

test.concurrent('--version is that of the package, --help is no error', async (context) => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(await liveline(context, ['--version']).exit).toEqual({ code: 0, out: `${version}\n`, err: '' });
  expect(await liveline(context, ['call', '--help']).exit).toMatchObject({ code: 0, err: '' });
});

test.concurrent.for(['demo', 'model'])(
  '%s --fault help: the list alone, exit 0',
  async (command, context) => {
    const { code, out, err } = await liveline(context, [command, '--fault', 'help']).exit;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`${faultHelp()}\n`);
  },
);

test.concurrent(
  'call: a bad address and bad sounds are all named before anything is dialled',
  async (context) => {
    const noWav = join(freshFolder(context), 'text.wav');
    writeFileSync(noWav, 'not a sound');
    const args = ['--url', 'nowhere', '--say', noWav, '--say', '/missing.wav', '--digits', '1x'];
    const { code, out, err } = await liveline(context, ['call', ...args]).exit;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trim().split('\n')).toEqual([
      '--url takes an address such as http://127.0.0.1:8080, not "nowhere"',
      expect.stringContaining(`${noWav}: this WAV file cannot be used`),
      expect.stringMatching(/^cannot read what to say: ENOENT.*\/missing\.wav'$/),
      expect.stringContaining("not '1x'"),
    ]);
  },
);

test.concurrent('call: nothing answers: one line, no figures, no recording, exit 1', async (context) => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { exit, cwd } = liveline(context, ['call', '--url', url, '--record', 'call.wav']);
  const { code, out, err } = await exit;
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(new RegExp(`^Nothing answers at ${url}; start one: npm start .*ECONNREFUSED.*\\n$`));
  expect(existsSync(join(cwd, 'call.wav'))).toBe(false);
});

test.concurrent('call: a server that checks signatures, and a phone without its token', async (context) => {
  const { app } = await world(context);
  const { code, out, err } = await liveline(context, ['call', '--url', app.publicBaseUrl]).exit;
  expect(code).toBe(1);
  expect(out).toMatch(/HTTP 403/);
  expect(out).not.toMatch(/first agent sound/);
  expect(err).toBe(
    "The server checks signatures: set TWILIO_AUTH_TOKEN to the server's, and --url to its PUBLIC_BASE_URL.\n",
  );
});

test.concurrent(
  'call: Ctrl-C hangs up, is told in a line of its own, and keeps the recording',
  async (context) => {
    const { app } = await world(context);
    const { child, cwd, exit, saying } = liveline(
      context,
      ['call', '--url', app.publicBaseUrl, '--record', 'sub/call.wav'],
      { TWILIO_AUTH_TOKEN: AUTH_TOKEN },
    );
    await saying('the media stream is open');
    child.kill('SIGINT');
    const { code, out, err } = await exit;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    // An empty line ends the one on which the terminal has echoed ^C; what the server told meanwhile may stand before it.
    expect(out).toMatch(/is open\n(?:.* server {2}.*\n)*\n.* phone {3}hung up by the caller\n/);
    expect(out).toMatch(
      /\ncall {36}\d+\.\d s; the caller heard the agent for \d+\.\d s\nrecorded in sub\/call\.wav/,
    );
    expect(existsSync(join(cwd, 'sub/call.wav'))).toBe(true);
  },
);

test.concurrent('call: it reaches its own people, and is no failure without an agent', async (context) => {
  const agents = freshFolder(context);
  writeFileSync(
    join(agents, 'desk.yaml'),
    `name: Desk\nnumbers: '*'\ngreeting: Hello.\ninstructions: Help.\nhours: { dates: { 2020-01-01: '09:00-10:00' } }\n` +
      `destinations: { desk: { to: '+12025550111', description: Everything. } }\n` +
      `closed: { greeting: It is closed., then: { destination: desk } }\n`,
  );
  const { app } = await world(context, {}, { AGENTS_DIR: agents });
  const args = ['call', '--url', app.publicBaseUrl, '--person', '+12025550111:declines', '--patience', '60s'];
  const { code, out, err } = await liveline(context, args, { TWILIO_AUTH_TOKEN: AUTH_TOKEN }).exit;
  expect(err).toBe('');
  const told = [
    'no agent answers: it is closed',
    'It is closed. Connecting you to desk.',
    'connected with a person',
  ];
  for (const words of [...told, 'desk: hung up at once', 'We are sorry, we cannot continue this call.'])
    expect(out).toContain(words);
  expect(out).toMatch(/^Cold transfers reach these people; .*docs\/people\.md\.$/m);
  expect(code).toBe(0);
});

test.concurrent('demo: a port that is none: the words of the configuration, exit 2', async (context) => {
  const { code, out, err } = await liveline(context, ['demo'], { PORT: '8o80' }).exit;
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/ {2}- PORT is "8o80"; it takes a whole number/);
});

test.concurrent.for([
  'calls export --out calls.ndjson',
  'forget +15550100123 --yes',
  'db backup',
  'campaign list',
])('%s in a folder without records: says so, makes nothing, exit 1', async (command, context) => {
  const { exit, cwd } = liveline(context, command.split(' '));
  const { code, out, err } = await exit;
  expect({ code, out, err }).toEqual({
    ...{ code: 1, out: '' },
    err: expect.stringContaining(
      `there are no records in ${join(cwd, 'data')}: set DATA_DIR to the folder that the server uses, or DATABASE_URL\n`,
    ) as string,
  });
  expect(readdirSync(cwd)).toEqual([]);
});

test.concurrent.for(['calls list', 'db status', 'campaign list', 'dial +12125550100 --agent x'])(
  '%s: faults of the configuration are named as such, exit 2',
  async (command, context) => {
    const { code, out, err } = await liveline(context, command.split(' '), { PORT: '8o80' }).exit;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^Nothing was done: the configuration has 1 fault\.\n {2}- PORT is "8o80"/);
  },
);

test.concurrent('model: faults are told before they act, and when they do', async (context) => {
  const args = [
    'model',
    '--port',
    '0',
    '--fault',
    'stall:for=2000ms',
    '--fault',
    'refuse-upgrade:status=429',
  ];
  const { saying } = liveline(context, args);
  const said = await saying('Ctrl-C stops.');
  expect(said).toContain('The simulated model does wrong on purpose: stall · refuse-upgrade:status=429\n');
  const socket = new WebSocket(
    `${/GEMINI_BASE_URL=http(\S+) npm start/.exec(said)![1]!.replace(/^/, 'ws')}/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=any`,
  );
  await once(socket, 'error');
  expect(await saying('acts')).toContain('"fault":"refuse-upgrade:status=429"');
});

test.concurrent(
  'model: serves who comes, follows the script that is named, stops at Ctrl-C',
  async (context) => {
    const { child, exit, saying } = liveline(context, [
      ...['model', '--port', '0'],
      ...['--script', script('take-message')],
    ]);
    const said = await saying('Ctrl-C stops.');
    expect(said).toContain('take-message.yaml');
    const url = /GEMINI_BASE_URL=(\S+) npm start/.exec(said)![1]!;
    const live = createGeminiLive({
      ways: [apiKeyAccess({ apiKey: 'any', baseUrl: url, name: 'model' })],
      clock: systemClock,
    });
    const setup = {
      ...{ model: 'gemini-3.8-live', instructions: '', tools: [], voiceActivity: {} },
      callerInterrupts: true,
    };
    const session = live.open(setup, silentLog);
    context.onTestFinished(() => session.close());
    const first = await new Promise((resolve) => {
      session.listen({ onAudio: () => undefined, onEvent: resolve, recall: () => [] });
    });
    expect(first).toEqual({ type: 'ready' });
    child.kill('SIGINT');
    expect(await exit).toMatchObject({ code: 0, err: '' });
  },
);

test.concurrent(
  'model: a script that is not there, exit 2; a port that is taken, exit 1',
  async (context) => {
    const missing = await liveline(context, ['model', '--port', '0', '--script', 'nope.yaml']).exit;
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toMatch(/^The simulated model cannot start: nope\.yaml: ENOENT.*\n$/);

    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    context.onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const second = await liveline(context, ['model', '--port', String(port)]).exit;
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.err).toMatch(/^The simulated model cannot start: .*EADDRINUSE.*\n$/);
  },
);
