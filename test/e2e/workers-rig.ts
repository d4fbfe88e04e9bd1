// A server of several workers as a process: what it says, which workers it has, and an end to all of them.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { resolve } from 'node:path';
import { vi, type TestContext } from 'vitest';
import { freePort } from '../doubles/free-port.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
/** A worker is loaded in 1.5 s where nobody else works. */
const STARTS_WITHIN_MS = 60_000;

export interface Line {
  readonly msg: string;
  readonly worker?: number;
  readonly pid?: number;
  readonly code?: number | null;
}

export interface Keeper {
  readonly child: ChildProcess;
  readonly port: number;
  readonly url: string;
  readonly lines: readonly Line[];
  readonly exit: Promise<{ code: number | null; err: string }>;
  /** Those that serve, by their numbers. */
  serving(): ReadonlyMap<number, number>;
  /** Resolves once so many serve, and none of `but`. */
  whole(workers: number, but?: Iterable<number>): Promise<ReadonlyMap<number, number>>;
}

export async function keeper(
  context: TestContext,
  env: Record<string, string>,
  port?: number,
): Promise<Keeper> {
  const at = port ?? (await freePort());
  const child = spawn(process.execPath, [MAIN], {
    // Away from the project, so that no .env of its own is read.
    cwd: freshFolder(context),
    env: { PATH: process.env['PATH'], PORT: String(at), ...env },
  });
  const lines: Line[] = [];
  let rest = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => {
    const parts = (rest + data.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((line) => JSON.parse(line) as Line));
  });
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const exit = once(child, 'close').then(([code]) => ({ code: code as number | null, err }));
  const serving = (): Map<number, number> => {
    const pids = new Map<number, number>();
    const ready = new Map<number, number>();
    for (const { msg, worker, pid } of lines) {
      if (worker === undefined) continue;
      if (msg === 'a worker is started') pids.set(worker, pid!);
      if (msg.startsWith('listening')) ready.set(worker, pids.get(worker)!);
      if (msg.startsWith('a worker') && msg !== 'a worker is started' && ready.get(worker) === pid)
        ready.delete(worker);
    }
    return ready;
  };
  context.onTestFinished(async () => {
    child.kill('SIGKILL');
    for (const { msg, pid } of lines) if (msg === 'a worker is started') kill(pid!);
    await exit;
  });
  return {
    ...{ child, port: at, url: `http://127.0.0.1:${at}`, lines, exit, serving },
    whole(workers, but = []) {
      const old = new Set(but);
      return vi.waitFor(
        () => {
          const pids = serving();
          if (pids.size !== workers || [...pids.values()].some((pid) => old.has(pid)))
            throw new Error(`${pids.size} of ${workers} workers serve; it has said: ${err}`);
          return pids;
        },
        { timeout: STARTS_WITHIN_MS, interval: 20 },
      );
    },
  };
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}

/** On a connection of its own: the workers take those in turn. */
export function ask(
  url: string,
  { method = 'GET', json }: { method?: string; json?: object } = {},
): Promise<{ status: number; text: string }> {
  const { promise, resolve: done, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const headers = json ? { 'content-type': 'application/json' } : {};
  const asked = request(url, { method, agent: false, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    response.on('end', () => done({ status: response.statusCode ?? 0, text }));
    response.on('error', reject);
  });
  asked.on('error', reject);
  asked.end(json && JSON.stringify(json));
  return promise;
}
