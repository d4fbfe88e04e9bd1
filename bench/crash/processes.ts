// What runs on a folder, by /proc: where a process works says whose it is. Linux only. Ends nothing.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

export interface Running {
  readonly pid: number;
  readonly parent: number;
  /** As `ps` shows it. */
  readonly command: string;
}

/**
 * Processes whose working directory is the folder, or one in it; zombies are none. Where that is not shown, as to root
 * without CAP_SYS_PTRACE, those that were started with the folder as an argument.
 */
export function processesIn(folder: string): readonly Running[] {
  const real = realpathSync(folder);
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!(pid > 0)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // proc_pid_stat(5): the name may hold anything, brackets and spaces too.
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const cwd = workingDirOf(pid);
      const isIts = cwd === undefined ? command.includes(real) : `${cwd}/`.startsWith(`${real}/`);
      return isIts ? [{ pid, parent: Number(parent), command }] : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

function workingDirOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Servers, without their children, which rename themselves `postgres: …` or have a server for parent. */
export function serversIn(folder: string): readonly Running[] {
  const all = processesIn(folder).filter(
    ({ command }) => /^\S*\bpostgres /.test(command) && !command.startsWith('postgres:'),
  );
  return all.filter(({ parent }) => !all.some(({ pid }) => pid === parent));
}
