// What we write is read by the system's own tar.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tarBytes, tarEnd, tarHeader, tarPadding } from '../../src/base/tar.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';

test('files of every size are unpacked as they were', (context) => {
  const dir = freshFolder(context);
  const changedMs = Date.UTC(2026, 0, 31, 8);
  const sizes = [0, 1, 511, 512, 513, 70_000];
  const files = sizes.map((bytes) => ({
    name: `call/${bytes}.bin`,
    content: Buffer.alloc(bytes, `${bytes}.`),
  }));
  const archive = Buffer.concat([
    ...files.flatMap(({ name, content }) => [
      tarHeader({ name, bytes: content.length, changedMs }),
      content,
      tarPadding(content.length),
    ]),
    tarEnd(),
  ]);
  expect(archive.length).toBe(tarBytes(files.map(({ content }) => ({ bytes: content.length }))));
  writeFileSync(join(dir, 'a.tar'), archive);
  mkdirSync(join(dir, 'out'));
  execFileSync('tar', ['-xf', join(dir, 'a.tar'), '-C', join(dir, 'out')]);
  for (const { name, content } of files) {
    expect(readFileSync(join(dir, 'out', name)).equals(content)).toBe(true);
    expect(statSync(join(dir, 'out', name)).mtimeMs).toBe(changedMs);
  }
});
