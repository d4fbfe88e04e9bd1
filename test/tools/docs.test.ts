// docs/tools.md and docs/crm.md: what they take from the code is fresh, and what they show as an example works.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { expect, test, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { filledPages, withSection } from '../../scripts/agent-docs/sections.ts';
import { profileSchema } from '../../src/agents/profile.ts';
import { loadCustomers } from '../../src/crm/contacts-file.ts';
import { BUILT_INS } from '../../src/tools/built-in/all.ts';
import { httpTool } from '../../src/tools/http/http-tools.ts';
import { readHttpTools } from '../../src/tools/http/http-tools-file.ts';
import { moduleTools } from '../../src/tools/module-tools.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { contextOf, use } from './rig.ts';

const page = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, `../../docs/${name}.md`), 'utf8');
const blocks = (name: string, language: string): string[] =>
  [...page(name).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, inside = '']) => inside,
  );

function file(context: Pick<TestContext, 'onTestFinished'>, name: string, text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-docs-'));
  context.onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

test('what the pages take from the code is fresh; else run npx node scripts/write-agent-docs.ts', async () => {
  const pages = await filledPages();
  expect(pages).toHaveLength(3);
  for (const { path, text } of pages) expect(readFileSync(path, 'utf8'), path).toBe(text);
  for (const { declaration, timeoutMs } of BUILT_INS) {
    const row = page('tools').match(new RegExp(`^\\| \`${declaration.name}\` .*$`, 'm'))?.[0];
    expect(row, declaration.name).toMatch(new RegExp(`\\| ${timeoutMs / 1_000} s \\|$`));
  }
});

test('a section that has lost its comments is missed', () => {
  const begin = '<!-- a: written by `npx node scripts/write-agent-docs.ts` -->\n';
  expect(withSection(`x\n${begin}old\n<!-- /a -->\ny`, 'a', 'new\n')).toBe(`x\n${begin}new\n<!-- /a -->\ny`);
  for (const text of ['', begin, '<!-- /a -->', `${begin}<!-- /a -->${begin}<!-- /a -->`])
    expect(() => withSection(text, 'a', '')).toThrow(/the page needs/);
});

test('every list of tools on the page is one that a profile takes', () => {
  const lists = blocks('tools', 'yaml').filter((block) => block.startsWith('tools:'));
  expect(lists).toHaveLength(3);
  const least = { name: 'Desk', numbers: '*', instructions: 'Help.', greeting: 'Hello.' };
  for (const list of lists)
    expect(profileSchema().safeParse({ ...least, ...(parse(list) as object) }).error).toBeUndefined();
});

test('the tool over HTTP on the page is one', () => {
  const [described = ''] = blocks('tools', 'yaml').filter((block) => block.startsWith('- name:'));
  const [spec, ...more] = readHttpTools('page.yaml', described);
  expect(more).toEqual([]);
  const tool = httpTool(spec!, { secrets: new Map([['parcels_api', 'x']]), clock: new ManualClock() });
  expect(tool.declaration).toMatchObject({
    name: 'track_parcel',
    parameters: { required: ['parcel_number'] },
  });
});

test('the module on the page reserves a table, once told how', async (context) => {
  const asked: { headers: IncomingMessage['headers']; body: unknown }[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      asked.push({ headers: request.headers, body: JSON.parse(body) });
      response.writeHead([201, 500, 409][asked.length - 1] ?? 500).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const [module = ''] = blocks('tools', 'ts').map((text) =>
    text.replace('https://tables.example.com', `http://127.0.0.1:${port}`),
  );
  const [tool, ...more] = await moduleTools(file(context, 'my-tools.ts', module), 'v1');
  expect(more).toEqual([]);
  expect(tool).toMatchObject({ effect: {}, timeoutMs: 5_000 });
  expect(await use(tool!, { guests: 4 }, contextOf())).toEqual({
    tell: { message: 'A table for 4 is reserved for tonight.' },
  });
  expect(asked[0]).toMatchObject({
    headers: { 'idempotency-key': contextOf().effectKey },
    body: { guests: 4, phone: contextOf().caller },
  });
  await expect(use(tool!, { guests: 4 }, contextOf())).rejects.toThrow('the reservations answer 500');
  await expect(use(tool!, { guests: 4 }, contextOf())).rejects.toMatchObject({
    code: 'TOOL_ARGUMENTS_INVALID',
    message: 'No such table is free tonight. Offer another day.',
  });
  await expect(use(tool!, { guests: 40 }, contextOf())).rejects.toMatchObject({
    code: 'TOOL_ARGUMENTS_INVALID',
  });
});

test('the contacts on the page can be imported', async (context) => {
  const [contacts = ''] = blocks('crm', 'yaml').filter((block) => block.startsWith('customers:'));
  const path = file(context, 'contacts.yaml', contacts);
  expect(await loadCustomers(path, false)).toMatchObject([
    { id: 'c-1001', facts: { 'last visit': 'a filling in March' } },
  ]);
});

test('every setting of a CRM is on the page, and in .env.example', () => {
  const read = (path: string): string => readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8');
  const names = new Set(read('src/crm/settings.ts').match(/\b(?:HUBSPOT|SALESFORCE)_[A-Z_]+\b/g));
  expect(names.size).toBeGreaterThan(5);
  for (const name of names) {
    expect(page('crm'), name).toContain(`\`${name}`);
    expect(read('.env.example'), name).toMatch(new RegExp(`^${name}=`, 'm'));
  }
});
