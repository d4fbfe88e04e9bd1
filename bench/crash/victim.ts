// One process of a crash test, as the one who kills it holds it. Knows nothing of rounds or records.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromServer } from './server.ts';

const SERVER = join(import.meta.dirname, 'server.ts');

export interface VictimOptions {
  readonly dataDir: string;
  readonly ledger: string;
  readonly log: string;
  /** At once; 0: it drains what others left, and stops. */
  readonly calls: number;
}

export class Victim {
  /** Since it was spawned; undefined: it ended before it was. */
  readonly ready: Promise<number | undefined>;
  /** Its exit code; null: killed. */
  readonly gone: Promise<number | null>;
  readonly #process: ChildProcess;
  #errors = '';

  constructor({ dataDir, ledger, log, calls }: VictimOptions) {
    const startedMs = performance.now();
    const { PATH = '', HOME = '' } = process.env;
    const victim = spawn(process.execPath, [SERVER, dataDir, ledger, log, String(calls)], {
      // By its working directory it is found should it survive.
      cwd: dataDir,
      // Nothing else of the environment: a real key of the reader's must not reach it.
      env: { PATH, HOME },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process = victim;
    victim.stderr?.on('data', (data: Buffer) => (this.#errors += data.toString()));
    this.gone = once(victim, 'close').then(([code]) => code as number | null);
    this.ready = new Promise((resolve) => {
      victim.on('message', ({ type }: FromServer) => {
        if (type === 'ready') resolve(performance.now() - startedMs);
      });
      void this.gone.then(() => resolve(undefined));
    });
  }

  /** What it said before it ended by itself. */
  get errors(): string {
    return this.#errors;
  }

  /** So many acknowledgements from now, or its end. */
  async acknowledged(times: number): Promise<void> {
    const enough = Promise.withResolvers<undefined>();
    let left = times;
    this.#process.on('message', ({ type }: FromServer) => {
      if (type === 'safe' && --left <= 0) enough.resolve(undefined);
    });
    await Promise.race([enough.promise, this.gone]);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.gone;
  }
}
