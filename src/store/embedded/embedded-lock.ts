// The locks on the embedded database's folder and on the making of it, across containers: processes that share the folder
// and not their numbers, where PostgreSQL's own lock, which is a number, sees nobody. Knows nothing of a running server.
import { spawn } from 'node:child_process';
import { open, type FileHandle } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import type { Account } from './bundled.ts';

const FILE = 'liveline.lock';
/** EX_TEMPFAIL of sysexits.h: flock(1) itself ends with others of them when it fails. */
const TAKEN = 75;

export type Lock =
  | { readonly is: 'held'; readonly file: FileHandle }
  /** `why`: undefined where no container can be in the way. */
  | { readonly is: 'not-to-be-had'; readonly file: FileHandle; readonly why: string | undefined }
  | { readonly is: 'taken' };

/**
 * The lock, to be handed on to a program that is run under it and closed then; undefined: another has it. It is held as
 * long as any process has it open (flock(2)): the server and each of its children, so that a killed server's last child
 * holds it still. Not locked, and said so, where the folder's file system has no locks; on NFS as good as its server.
 */
export async function lockFolder(
  dir: string,
  account: Account | undefined,
  log: Log,
): Promise<FileHandle | undefined> {
  const lock = await lockFile(join(dir, FILE), account);
  if (lock.is === 'taken') return undefined;
  if (lock.is === 'not-to-be-had' && lock.why !== undefined)
    log.warn(
      { dir, reason: lock.why },
      'this folder cannot be locked: let no other container or machine use it',
    );
  return lock.file;
}

/** As `lockFolder`, on a file that is made when it is not there; says nothing. */
export async function lockFile(path: string, account: Account | undefined): Promise<Lock> {
  // To be written: NFS gives no exclusive lock otherwise (flock(2)).
  const file = await open(path, 'a+', 0o600);
  try {
    if (account) await file.chown(account.uid, account.gid);
    // macOS and Windows have no flock(1), and no containers of their own either.
    if (platform() !== 'linux') return { is: 'not-to-be-had', file, why: undefined };
    const failure = await lock(file.fd);
    if (failure === undefined) return { is: 'held', file };
    if (failure !== TAKEN) return { is: 'not-to-be-had', file, why: failure };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
  await file.close();
  return { is: 'taken' };
}

/** The lock is the open file's, not the process's: it stays with us when flock(1) has ended. Undefined: locked. */
function lock(fd: number): Promise<undefined | typeof TAKEN | string> {
  const { promise, resolve } = Promise.withResolvers<undefined | typeof TAKEN | string>();
  let said = '';
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
  const flock = spawn('flock', ['--nonblock', `--conflict-exit-code=${TAKEN}`, '3'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', fd],
  });
  flock.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  flock.on('error', ({ message }) => {
    resolve(message);
  });
  flock.on('close', (code) => {
    if (code === 0) resolve(undefined);
    else if (code === TAKEN) resolve(TAKEN);
    else resolve(said.trim() || `flock ended with ${code}`);
  });
  return promise;
}
