// `npx liveline crm …` as a person types it, on a real database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { expect, test, type TestContext } from 'vitest';
import { freshDatabaseUrl } from '../doubles/databases.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';

const CLI = resolve(import.meta.dirname, '../../src/cli.ts');

function desk(context: Pick<TestContext, 'onTestFinished'>, env: Record<string, string>) {
  // Away from the project, so that no .env of its own is read.
  const cwd = freshFolder(context);
  const crm = async (...args: string[]) => {
    const child = spawn(process.execPath, [CLI, 'crm', ...args], {
      cwd,
      env: { PATH: process.env['PATH'], ...env },
    });
    context.onTestFinished(() => void child.kill('SIGKILL'));
    const [out, err, [code]] = await Promise.all([
      textOf(child.stdout),
      textOf(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { code, out, err };
  };
  return { cwd, crm };
}

test('imported, found, asked for messages, checked', async (context) => {
  const { cwd, crm } = desk(context, { DATABASE_URL: await freshDatabaseUrl(context) });
  writeFileSync(join(cwd, 'c.yaml'), "customers: [{ id: ada, name: Ada Moreno, phone: '+15550100123' }]\n");
  expect(await crm('import', 'c.yaml')).toMatchObject({
    code: 0,
    out: expect.stringContaining('1 contact added, 0 changed, 0 as they were') as string,
  });
  const found = await crm('find', 'Ada', 'Moreno', '--json');
  expect(found).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(found.out)).toMatchObject({ contacts: [{ id: 'ada', appointments: [], orders: [] }] });
  const messages = await crm('messages', '--json', '--since', '2026-01-01', '--utc');
  expect(JSON.parse(messages.out)).toEqual({ since: '2026-01-01T00:00:00.000Z', messages: [], more: false });
  expect(await crm('check')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^PostgreSQL answers, after \d+ ms\.\n$/) as string,
  });
});

test('without a database that was made, nothing is found and nothing is made', async (context) => {
  const { cwd, crm } = desk(context, {});
  const found = await crm('find', '+15550100123');
  expect(found).toMatchObject({ code: 1, out: '' });
  expect(found.err).toMatch(/^there are no records in .*: set DATA_DIR/);
  expect(await crm('import', 'missing.yaml')).toMatchObject({ code: 2, out: '' });
  expect(readdirSync(cwd)).toEqual([]);
});

test('another CRM that will not have us: one line, without the token; ours alone is imported into', async (context) => {
  const server = createServer((_, response) => response.writeHead(401).end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.onTestFinished(() => void server.close());
  const { crm } = desk(context, {
    CRM: 'hubspot',
    HUBSPOT_ACCESS_TOKEN: 'pat-geheim-0123456789',
    HUBSPOT_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const checked = await crm('check');
  expect(checked).toMatchObject({ code: 1, out: '' });
  expect(checked.err).toMatch(/^HubSpot: .*401.*look at the credentials\n$/);
  expect(checked.err).not.toContain('geheim');
  expect(await crm('import', 'c.yaml')).toMatchObject({ code: 2 });
});
