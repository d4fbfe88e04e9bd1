// What a PostgreSQL server leaves in its folder for others to find it by.
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** Undefined: none runs on this folder, or it was killed. Lines of the file: postgresql.org, Database File Layout. */
export async function findPostmaster(dir: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(dir, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pidLine = '', , , portLine = '', , , , status = ''] = text.split('\n');
  const pid = Number(pidLine);
  if (!(pid > 0) || !(await isServing(pid, dir))) return undefined;
  return { pid, port: Number(portLine), isReady: status.trim() === 'ready' };
}

/** After a reboot the id may belong to anybody; a server's working directory is its folder. */
async function isServing(pid: number, dir: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    // Another's process, which may well be the server, as it runs under an account of its own.
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const workingDir = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return workingDir === undefined || workingDir === dir;
}
