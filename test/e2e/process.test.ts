// The server as a process: what a person at a terminal, or a supervisor, sees of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { sharedDatabaseUrl } from '../doubles/databases.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

const DATABASE_URL = await sharedDatabaseUrl();

function start({ onTestFinished }: TestContext, env: Record<string, string>) {
  // Away from the project, so that no .env of its own is read.
  const cwd = mkdtempSync(join(tmpdir(), 'liveline-'));
  const child = spawn(process.execPath, [MAIN], {
    cwd,
    env: { PATH: process.env['PATH'], DATABASE_URL, ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const exit = once(child, 'exit').then(([code]) => ({ code: code as number | null, out, err }));
  onTestFinished(() => void child.kill('SIGKILL'));
  const saying = async (words: string): Promise<void> => {
    while (!out.includes(words)) await Promise.race([once(child.stdout, 'data'), exit]);
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
  const dir = mkdtempSync(join(tmpdir(), 'liveline-agents-'));
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
    const dir = mkdtempSync(join(tmpdir(), 'liveline-agents-'));
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
