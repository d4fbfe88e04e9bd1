// Whose the process in postmaster.pid is, and when the file may go.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { embedded } from '../../../src/store/embedded/embedded.ts';
import { findPostmaster, forgetGone } from '../../../src/store/embedded/postmaster.ts';
import { dataDirOf, makeTemplate } from './embedded-rig.ts';

makeTemplate();

type Context = Parameters<typeof dataDirOf>[0];

/** As the server would write it; status is its eighth line. */
const lines = (pid: number | string, dir: string): string =>
  `${pid}\n${dir}\n1780000000\n54321\n\n127.0.0.1\n  1234567 0\nready   \n`;

/** A process of the server's account; PostgreSQL does not care for those of others. */
async function stranger({ onTestFinished }: Context, dir: string, script: string): Promise<number> {
  const { uid, gid } = statSync(dir);
  const child = spawn('sh', ['-c', script], { uid, gid, cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(said);
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('a zombie is gone, and the server starts although its file names it', async (context) => {
    const server = embedded(dataDirOf(context), silentLog);
    const pid = await stranger(context, server.dir, 'sleep 0 & echo $!; exec sleep 600');
    await vi.waitFor(() => {
      expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
    });
    writeFileSync(join(server.dir, 'postmaster.pid'), lines(pid, server.dir));
    expect(await findPostmaster(server.dir)).toBeUndefined();
    await server.ensure();
    expect((await findPostmaster(server.dir))?.isReady).toBe(true);
  });

  test('so does it although a stranger has the id', async (context) => {
    const server = embedded(dataDirOf(context), silentLog);
    const pid = await stranger(context, server.dir, 'echo $$; exec sleep 600');
    writeFileSync(join(server.dir, 'postmaster.pid'), lines(pid, server.dir));
    expect(await findPostmaster(server.dir)).toBeUndefined();
    await server.ensure();
  });

  test.each(['', 'not a number\n', `${process.pid}`])('and although the file says %j', async (text) => {
    const cleanups: (() => unknown)[] = [];
    const dataDir = dataDirOf({ onTestFinished: (cleanup) => void cleanups.push(cleanup as () => unknown) });
    const server = embedded(dataDir, silentLog);
    writeFileSync(join(server.dir, 'postmaster.pid'), text);
    try {
      await server.ensure();
    } finally {
      for (const cleanup of cleanups) await cleanup();
    }
  });

  test('the file of a living server stays, even when it is damaged', async (context) => {
    const server = embedded(dataDirOf(context), silentLog);
    await server.ensure();
    const file = join(server.dir, 'postmaster.pid');
    const before = readFileSync(file, 'utf8');
    await forgetGone(server.dir);
    expect(readFileSync(file, 'utf8')).toBe(before);
    writeFileSync(file, '');
    await forgetGone(server.dir);
    expect(existsSync(file)).toBe(true);
    writeFileSync(file, before);
  });
});

// Only root has other accounts to be, to which no working directory is shown.
describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'where no working directory is shown',
  () => {
    const [OURS, THEIRS, CURIOUS] = [61_001, 61_002, 61_003];

    /** Whether a process that is called postgres, runs as `uid` and names `folder` is found as the server of `dir`. */
    async function isFound(
      { onTestFinished }: Context,
      uid: number,
      folder: (dir: string) => string | undefined,
    ): Promise<boolean> {
      const dir = mkdtempSync(join(tmpdir(), 'liveline-postmaster-'));
      chmodSync(dir, 0o755);
      chownSync(dir, OURS, OURS);
      copyFileSync('/bin/sh', join(dir, 'postgres'));
      const named = folder(dir);
      const words = named === undefined ? [] : ['sh', '-D', named];
      const child = spawn(join(dir, 'postgres'), ['-c', 'echo $$; read line', ...words], {
        ...{ uid, gid: uid, cwd: '/' },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      onTestFinished(() => {
        child.kill('SIGKILL');
        rmSync(dir, { recursive: true });
      });
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      writeFileSync(join(dir, 'postmaster.pid'), lines(Number(said), dir));
      process.seteuid?.(CURIOUS);
      try {
        return (await findPostmaster(dir)) !== undefined;
      } finally {
        process.seteuid?.(0);
      }
    }

    test('the server of this folder is found', async (context) => {
      expect(await isFound(context, OURS, (dir) => dir)).toBe(true);
    });

    test('what names no folder, as its children do not, may be it', async (context) => {
      expect(await isFound(context, OURS, () => undefined)).toBe(true);
    });

    test('the same account’s server of another folder is not taken for it', async (context) => {
      expect(await isFound(context, OURS, () => tmpdir())).toBe(false);
    });

    test('nor is another account’s', async (context) => {
      expect(await isFound(context, THEIRS, () => undefined)).toBe(false);
    });
  },
);

test('no folder, no file: no server', async (context) => {
  const dataDir = dataDirOf(context);
  expect(await findPostmaster(join(dataDir, 'nowhere'))).toBeUndefined();
  await forgetGone(join(dataDir, 'nowhere'));
});
