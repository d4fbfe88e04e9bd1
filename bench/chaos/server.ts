// One server process of a chaos test, `src/main.ts` as anybody starts it: started, paused, told to stop, killed, started again on
// the same port. Every signal goes to the very process that was started here.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isReady } from './balancer.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const READY_WITHIN_MS = 60_000;
const LOOKS_EVERY_MS = 50;
/** Of its log, for who wants to know why. */
const LINES_KEPT = 4_000;

export class Server {
  readonly name: string;
  readonly port: number;
  readonly #env: NodeJS.ProcessEnv;
  readonly #lines: string[] = [];
  #process: ChildProcess | undefined;
  #gone: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** `dir`: for its data, and away from any .env. */
  constructor(name: string, port: number, dir: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.port = port;
    const { PATH = '', HOME = '' } = process.env;
    const dataDir = join(dir, name);
    mkdirSync(dataDir, { recursive: true });
    // Nothing else of the environment: a real key of the reader's must not reach it.
    this.#env = { PATH, HOME, ...env, PORT: String(port), DATA_DIR: dataDir };
  }

  /** What it said, oldest first, over all its lives. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** Resolves once it takes calls. */
  async start(): Promise<void> {
    if (this.#isClosed) throw new Error(`${this.name} is closed`);
    const child = spawn(process.execPath, [MAIN], {
      ...{ env: this.#env, cwd: this.#env['DATA_DIR'], detached: true },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#lines.push(...text.trimEnd().split('\n'));
        this.#lines.splice(0, this.#lines.length - LINES_KEPT);
      });
    this.#gone = once(child, 'close').then(() => {
      if (this.#process === child) this.#process = undefined;
    });
    const untilMs = performance.now() + READY_WITHIN_MS;
    while (!(await isReady(this.port))) {
      if (!this.isRunning) throw new Error(`${this.name} ended: ${this.#lines.slice(-5).join('\n')}`);
      if (performance.now() > untilMs) throw new Error(`${this.name} is not ready`);
      await sleep(LOOKS_EVERY_MS);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Resolves once it is gone; at once when it is not there. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.signal(signal);
    await this.#gone;
  }

  /** It is killed, and starts no more: whoever strikes may still be about to. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.end('SIGKILL');
  }
}
