// The folder of the embedded database: made whole or not at all, and what is kept in it beside PostgreSQL's own files.
// Knows nothing of a running server.
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LivelineError, messageOf, type ErrorCode } from '../../base/errors.ts';
import { newToken } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Bundled } from './bundled.ts';
import { lockFile } from './embedded-lock.ts';
import { isAlive } from './postmaster.ts';

export const USER = 'liveline';
/** In the server's folder: how to get in, and the port it had; 0 before its first start. */
const ACCESS_FILE = 'liveline.json';

export interface Access {
  readonly password: string;
  readonly port: number;
}

export const fault = (code: ErrorCode, dir: string, what: string, cause?: unknown): LivelineError =>
  new LivelineError(code, `the embedded PostgreSQL in ${dir} ${what}`, { cause });

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Throws DATABASE_REFUSED with what to do. */
export async function readAccess(dir: string): Promise<Access> {
  try {
    const { password, port } = JSON.parse(await readFile(join(dir, ACCESS_FILE), 'utf8')) as Partial<Access>;
    if (typeof password !== 'string' || typeof port !== 'number') throw new Error('it holds something else');
    return { password, port };
  } catch (thrown) {
    throw fault(
      'DATABASE_REFUSED',
      dir,
      `cannot be entered, as ${ACCESS_FILE} in it cannot be read: ${messageOf(thrown)}. Bring that file back from a copy, or set DATA_DIR to another folder`,
      thrown,
    );
  }
}

/** Written beside and renamed: a reader never sees half of it, nor does a power cut leave half. */
export async function writeAccess(dir: string, access: Access): Promise<void> {
  const file = join(dir, ACCESS_FILE);
  const next = `${file}.${newToken().slice(0, 8)}`;
  const handle = await open(next, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(access));
    await handle.sync();
    await rename(next, file);
  } finally {
    await handle.close();
    await rm(next, { force: true });
  }
}

const HALF_MADE = /^postgres\.new-(\d+)-/;

/**
 * What processes left that were killed while they made a database; all of it, where the lock says that nobody makes one.
 * Without the lock their initdb may still write, and a living process's is not touched.
 */
export async function clearHalfMade(dataDir: string, makers: 'none' | 'unknown'): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = Number(HALF_MADE.exec(name)?.[1]);
    if (pid > 0 && (makers === 'none' || !isAlive(pid)))
      await rm(join(dataDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Makes the folder where it is not there, in a DATA_DIR that is; gives back why it is not there yet, if so. A lock on
 * `<folder>.lock` says who makes it: in two containers on one volume a process's number says nothing.
 */
export async function prepareFolder(dir: string, bundled: Bundled, log: Log): Promise<string> {
  const dataDir = dirname(dir);
  const lock = await lockFile(`${dir}.lock`, bundled.account);
  if (lock.is === 'taken')
    return (await exists(dir)) ? '' : 'another process (in another container, perhaps) is making it';
  try {
    await clearHalfMade(dataDir, lock.is === 'held' ? 'none' : 'unknown');
    if (!(await exists(dir))) await makeFolder(dir, bundled, log, lock.file.fd);
    return '';
  } finally {
    await lock.file.close();
  }
}

/**
 * In a folder of its own first: where there are no locks, the first process to rename its own into place has made the
 * database. initdb has the lock too, and keeps it when we are killed under it.
 */
async function makeFolder(dir: string, { account, run }: Bundled, log: Log, lock: number): Promise<void> {
  const fresh = `${dir}.new-${process.pid}-${newToken().slice(0, 8)}`;
  const password = newToken();
  const passwordFile = `${fresh}.password`;
  try {
    await mkdir(fresh, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account) for (const path of [fresh, passwordFile]) await chown(path, account.uid, account.gid);
    log.info({ dir }, 'making the embedded database; this is done once');
    const words = [
      ...['-D', fresh, '-U', USER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions'],
    ];
    const { code, said } = await run('initdb', words, lock);
    if (code !== 0) throw fault('DATABASE_UNAVAILABLE', dir, `cannot be made: ${reasonIn(said)}`);
    await writeAccess(fresh, { password, port: 0 });
    await checkWhole(fresh, dir);
    await rename(fresh, dir);
  } catch (thrown) {
    if (!(await exists(dir))) throw thrown;
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

/** Where there are no locks, a process that sees no other may have cleared it away under us. */
async function checkWhole(fresh: string, dir: string): Promise<void> {
  for (const file of ['PG_VERSION', join('global', 'pg_control'), ACCESS_FILE])
    if (!(await exists(join(fresh, file))))
      throw fault(
        'DATABASE_UNAVAILABLE',
        dir,
        `was not made: ${file} was lost meanwhile. Let one process at a time make it`,
      );
}

/** The line that says why, of what one of PostgreSQL's programs said; all of it where none does. */
export const reasonIn = (said: string): string =>
  (/(?:FATAL|PANIC|error): .*/.exec(said)?.[0] ?? said).replaceAll(/\s+/g, ' ').trim();

/** A major version of PostgreSQL does not read the files of another (postgresql.org, Upgrading a Cluster). */
export async function checkVersion(dir: string, run: Bundled['run']): Promise<void> {
  const files = await versionOf(dir);
  const [, bundled = ''] = /\(PostgreSQL\) (\d+)/.exec((await run('pg_ctl', ['--version'])).said) ?? [];
  if (files !== bundled)
    throw fault(
      'DATABASE_REFUSED',
      dir,
      `has files of PostgreSQL ${files}, and this Liveline brings PostgreSQL ${bundled}: back it up with the Liveline that ` +
        `wrote it (npx liveline db backup), set DATA_DIR to another folder, and restore it with this one (npx liveline db restore)`,
    );
}

async function versionOf(dir: string): Promise<string> {
  try {
    return (await readFile(join(dir, 'PG_VERSION'), 'utf8')).trim();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || !(await exists(dir))) throw thrown;
    throw fault(
      'DATABASE_REFUSED',
      dir,
      'is damaged, or no database at all: PG_VERSION is missing in it. Move that folder away, and bring a backup back with npx liveline db restore; without one, the next start makes an empty database',
      thrown,
    );
  }
}
