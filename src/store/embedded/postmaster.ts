// What a PostgreSQL server leaves in its folder for others to find it by, and whether that is still true.
import { link, readdir, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

const FILE = 'postmaster.pid';
/** Elsewhere /proc is not to be had; there, only whether the process lives is known. */
const KNOWS_PROCESSES = platform() === 'linux';

/** Undefined: none runs on this folder, or it was killed. Lines of the file: postgresql.org, Database File Layout. */
export async function findPostmaster(dir: string): Promise<Postmaster | undefined> {
  const text = await read(join(dir, FILE));
  const [pidLine = '', , , portLine = '', , , , status = ''] = text.split('\n');
  const pid = Number(pidLine);
  if (!(pid > 0) || !(await isServing(pid, await resolved(dir)))) return undefined;
  return { pid, port: Number(portLine), isReady: status.trim() === 'ready' };
}

/**
 * Removes the file of a server that is gone, where PostgreSQL itself would refuse to: it starts on no folder whose file
 * names a living process, and takes for one a zombie that nobody reaps, as in containers, or a stranger who has the id
 * after a restart; nor on one whose file is empty, as a full disk leaves it.
 */
export async function forgetGone(dir: string): Promise<void> {
  const file = join(dir, FILE);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === undefined || !KNOWS_PROCESSES) return;
  const pid = Number(before.split('\n')[0]);
  // PostgreSQL sees for itself that there is no such process, and whether that one's children still write.
  if (pid > 0 && !isAlive(pid)) return;
  const folder = await resolved(dir);
  const pids = (await readdir('/proc')).map(Number).filter((each) => each > 0);
  for (const each of pids) if (await isServing(each, folder)) return;
  // Taken away first and looked at then: another process may have started a server since.
  const taken = `${file}.${process.pid}`;
  await rename(file, taken).catch(() => undefined);
  if ((await read(taken)) !== before) await link(taken, file).catch(() => undefined);
  await rm(taken, { force: true });
}

const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
const resolved = (dir: string): Promise<string> => realpath(dir).catch(() => dir);

/** Whether it lives and may be named: a zombie too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // Another's process, which may well be the server, as it runs under an account of its own.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** After a reboot the id may belong to anybody; a server's working directory is its folder, without symbolic links. */
async function isServing(pid: number, folder: string): Promise<boolean> {
  if (!KNOWS_PROCESSES) return isAlive(pid);
  const told = await read(`/proc/${pid}/stat`);
  // proc_pid_stat(5): the name may hold anything, brackets and spaces too.
  const [, name, state = 'X'] = /^\d+ \((.*)\) (\w)/s.exec(told) ?? [];
  if (name !== 'postgres' || state === 'Z' || state === 'X') return false;
  const workingDir = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return workingDir === undefined ? maybeServing(pid, folder) : workingDir === folder;
}

/**
 * Where the working directory is not shown: to root without CAP_SYS_PTRACE, as in containers, and to another account.
 * PostgreSQL runs on no folder but its owner's, and the folder that ours was started on (pg_ctl) is in its command line.
 */
async function maybeServing(pid: number, folder: string): Promise<boolean> {
  const [, effective] = /^Uid:\t\d+\t(\d+)/m.exec(await read(`/proc/${pid}/status`)) ?? [];
  const owner = await stat(folder).catch(() => undefined);
  if (effective !== undefined && owner !== undefined && Number(effective) !== owner.uid) return false;
  const words = (await read(`/proc/${pid}/cmdline`)).split('\0');
  const named = words.indexOf('-D') + 1;
  // Its children name none.
  return named === 0 || (await resolved(words[named] ?? '')) === folder;
}
