// The server as a process: what a person at a terminal, or a supervisor, sees of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, test, vi, type TestContext } from 'vitest';
import { findPostmaster } from '../../src/store/embedded/postmaster.ts';
import { freshDataDir, sharedDatabaseUrl } from '../doubles/databases.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';

/** An embedded database is made, on a busy machine. */
vi.setConfig({ testTimeout: 90_000 });

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

/** Says so at the first module that it loads: from then on the program itself is running. */
const SAYS_LOADING = `data:text/javascript,${encodeURIComponent(
  `import { registerHooks } from 'node:module';
   registerHooks({ load(url, context, next) {
     if (url.endsWith('/serve.ts')) console.log('loading');
     return next(url, context);
   } });`,
)}`;

const DATABASE_URL = await sharedDatabaseUrl();

function start(context: TestContext, env: Record<string, string>) {
  // Away from the project, so that no .env of its own is read.
  const cwd = freshFolder(context);
  const child = spawn(process.execPath, [MAIN], {
    cwd,
    env: { PATH: process.env['PATH'], DATABASE_URL, ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const exit = once(child, 'exit').then(([code]) => ({ code: code as number | null, out, err }));
  context.onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const saying = async (words: string): Promise<void> => {
    while (!out.includes(words)) {
      const ended = await Promise.race([once(child.stdout, 'data').then(() => undefined), exit]);
      if (ended && !out.includes(words))
        throw new Error(`it ended, exit ${ended.code}, without saying "${words}": ${ended.out}${ended.err}`);
    }
  };
  return { child, exit, saying };
}

test.concurrent('a bad configuration: every fault on its own line, exit 2, no stack', async (context) => {
  const { code, err } = await start(context, {
    PORT: '99999',
    LOG_LEVEL: 'loud',
    GEMINI_API_KEY: 'a-secret-key',
  }).exit;
  expect(code).toBe(2);
  expect(err.match(/^ {2}- /gm)).toHaveLength(3);
  expect(err).toMatch(/PORT is "99999"/);
  expect(err).toMatch(/LOG_LEVEL is "loud"/);
  expect(err).toMatch(/PUBLIC_BASE_URL must be set/);
  expect(err).not.toMatch(/a-secret-key|^\s+at /m);
});

test.concurrent('a bad profile: file, line and field, exit 1', async (context) => {
  const dir = freshFolder(context);
  writeFileSync(
    join(dir, 'front-desk.yaml'),
    'name: Front\nnumbers: "*"\ngreeting: Hi\ninstructions: Be kind\nvoise: Kore\n',
  );
  const { code, err } = await start(context, { PORT: '0', AGENTS_DIR: dir }).exit;
  expect(code).toBe(1);
  expect(err).toMatch(/front-desk\.yaml:5:1\s+voise/);
  expect(err).not.toMatch(/^\s+at /m);
});

test.concurrent(
  'what the models do not take, of all profiles: profile, field and model, exit 1',
  async (context) => {
    const dir = freshFolder(context);
    const profile = (name: string, numbers: string): string =>
      `name: ${name}\nnumbers: ${numbers}\ngreeting: Hi\ninstructions: Be kind\nvoice: en-us-tavi\n`;
    const model = 'model: gemini-2.5-flash-native-audio-latest\n';
    writeFileSync(join(dir, 'a.yaml'), profile('Front', "'*'") + model);
    writeFileSync(join(dir, 'b.yaml'), profile('Back', '["+15550100101"]') + model);
    writeFileSync(join(dir, 'c.yaml'), profile('Fine', '["+15550100102"]'));
    const { code, out, err } = await start(context, { PORT: '0', AGENTS_DIR: dir }).exit;
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const takes = 'model gemini-2.5-flash-native-audio-latest does not take the voice: en-us-tavi';
    expect(err).toContain(`\n  Front: ${takes}`);
    expect(err).toContain(`\n  Back: ${takes}`);
    expect(err).not.toMatch(/Fine|^\s+at /m);
  },
);

test.concurrent('a port that is taken is said in one line, exit 1', async (context) => {
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  context.onTestFinished(() => void taken.close());
  const { code, err } = await start(context, { PORT: String((taken.address() as AddressInfo).port) }).exit;
  expect(code).toBe(1);
  expect(err).toMatch(/is taken by another process; set PORT to a free one/);
});

test.concurrent('told to stop without calls, it stops at once and cleanly', async (context) => {
  const { child, exit, saying } = start(context, { PORT: '0' });
  await saying('listening');
  child.kill('SIGTERM');
  const { code, err } = await exit;
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test.concurrent('SIGHUP, which replaces workers, does not end a process that has none', async (context) => {
  const { child, exit, saying } = start(context, { PORT: '0' });
  await saying('listening');
  child.kill('SIGHUP');
  await saying('SIGHUP replaces workers');
  child.kill('SIGTERM');
  expect((await exit).code).toBe(0);
});

/** A database that takes connections and never answers; what a start that waits for it looks like. */
async function silentDatabase({
  onTestFinished,
}: TestContext): Promise<{ url: string; asked: Promise<unknown> }> {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket.on('error', () => socket.destroy())));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  return { url: `postgres://u:p@127.0.0.1:${port}/d`, asked: once(silent, 'connection') };
}

test.concurrent(
  'told to stop while it starts and its database is silent: it ends, and takes no call',
  async (context) => {
    const { url, asked } = await silentDatabase(context);
    const { child, exit } = start(context, { PORT: '0', DATABASE_URL: url });
    await asked;
    child.kill('SIGTERM');
    const { code, out, err } = await exit;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('the start was given up');
    expect(out).not.toContain('listening');
  },
);

test.concurrent('told to stop while it starts its own database: none is left behind', async (context) => {
  const dir = freshDataDir(context);
  const { child, exit } = start(context, { PORT: '0', DATA_DIR: dir, DATABASE_URL: '' });
  const postgres = join(dir, 'postgres');
  await vi.waitFor(() => expect(existsSync(join(postgres, 'postmaster.pid'))).toBe(true), {
    ...{ timeout: 60_000, interval: 5 },
  });
  child.kill('SIGTERM');
  const { code, err } = await exit;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(await findPostmaster(postgres)).toBeUndefined();
});

test.concurrent('told to stop while it is being loaded: it ends at once, cleanly', async (context) => {
  const { child, exit } = start(context, { PORT: '0', NODE_OPTIONS: `--import ${SAYS_LOADING}` });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const { code, out } = await exit;
  expect(code).toBe(0);
  expect(out).not.toContain('listening');
});
