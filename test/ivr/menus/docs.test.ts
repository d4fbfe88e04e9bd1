// The page on keypad menus: its examples can be read, and what it points to is there.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readMenuFile } from '../../../src/agents/keypad-menu-file.ts';

const DOCS = resolve(import.meta.dirname, '../../../docs');
const page = readFileSync(resolve(DOCS, 'menus.md'), 'utf8');

/** As they are made of titles on GitHub. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

test('its menu is one, and nothing is wrong with it', () => {
  const [, menu = ''] = /```yaml\n(start: [^]*?)```/.exec(page) ?? [];
  const read = readMenuFile('menus.md', menu);
  expect(read.menu?.menus.map(({ name }) => name)).toEqual(['main', 'billing']);
  expect([...read.faults, ...read.problems]).toEqual([]);
});

test('what it points to is there', () => {
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link.split('#'));
  expect(links.length).toBeGreaterThan(3);
  for (const [file = '', anchor] of links) {
    expect(existsSync(resolve(DOCS, file)), file).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(readFileSync(resolve(DOCS, file), 'utf8'))).toContain(anchor);
  }
});
