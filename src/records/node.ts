// A node: one process of one installation, by a name that says whether it can still be alive.

/** `installation`: the same for every process on one DATA_DIR. */
export const nodeOf = (installation: string, startedMs: number, pid = process.pid): string =>
  `${installation}/${pid}/${startedMs}`;

/** Whether that node is gone, as far as we can know: of other installations we know nothing. */
export function diedWith(node: string, own: string, isAlive: (pid: number) => boolean = isRunning): boolean {
  const [installation, pid] = node.split('/');
  const [ours, ownPid] = own.split('/');
  if (installation !== ours || node === own) return false;
  // In a container the next process often has the same id.
  return pid === ownPid || !isAlive(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
