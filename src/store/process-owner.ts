// Whose something on disk or in the database is: a process, told from a later one with its number by when it started, and
// from those whose numbers mean nothing here by its place.
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';

export interface Owner {
  /** `<pid>-<start>-<place>`, safe in the name of a file; `place`: this boot of this machine, and the pid namespace. */
  readonly id: string;
  /** True also when it cannot be known from here: see `isOfPlace`. */
  isAlive(id: string): Promise<boolean>;
}

export async function processOwner(): Promise<Owner> {
  const start = await startOf(process.pid);
  const place = await ownPlace();
  const id = [process.pid, start ?? 0, ...(place === undefined ? [] : [place])].join('-');
  return { id, isAlive: async (other) => !isOfPlace(other, id) || (await isRunning(other)) };
}

/**
 * Whether process numbers of the one mean the same to the other. Not so in two containers on one volume, nor on two
 * machines, nor after a restart of the machine. What has no place comes from where there is but one.
 */
export function isOfPlace(id: string, own: string): boolean {
  const place = placeOf(id);
  return place === undefined || place === placeOf(own);
}

const placeOf = (id: string): string | undefined => id.split('-')[2];

/** A boot has an id of its own (random(4)), and within it a namespace has a number (namespaces(7)). */
async function ownPlace(): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const namespace = await readlink('/proc/self/ns/pid');
    return createHash('sha256').update(`${boot.trim()} ${namespace}`).digest('hex').slice(0, 12);
  } catch {
    return undefined;
  }
}

async function isRunning(id: string): Promise<boolean> {
  const [pid, start] = id.split('-').map(Number);
  const running = await startOf(pid!);
  if (running !== undefined) return running === start;
  // A machine without /proc knows start 0 alone; on one with it, a process that is not there is dead.
  return start === 0 && exists(pid!);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/** In clock ticks since the machine started; undefined: not running (a zombie is not), or no /proc. Fields: proc_pid_stat(5). */
async function startOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : Number(fields[18]);
}
