// Whose something on disk or in the database is: a process, told from a later one with its number by when it started.
import { readFile } from 'node:fs/promises';

export interface Owner {
  /** `<pid>-<start>`. */
  readonly id: string;
  /** Best effort, and enough: a folder that is taken from the living costs repeats and order, never an item. */
  isAlive(id: string): Promise<boolean>;
}

export async function processOwner(): Promise<Owner> {
  const start = await startOf(process.pid);
  return { id: `${process.pid}-${start ?? 0}`, isAlive };
}

async function isAlive(id: string): Promise<boolean> {
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
