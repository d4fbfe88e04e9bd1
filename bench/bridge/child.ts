// One process of the bench: started on a core of its own, spoken to over IPC, ended by its pid. Knows nothing of bridges.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';

const ENDS_WITHIN_MS = 5_000;

export interface Start {
  readonly name: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
  readonly core: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Each line of its standard output. */
  readonly onLine?: (line: string) => void;
}

/** Whether processes can be given a core each, so that the bridge's cost and delay are its own. */
export const canPin = (): boolean =>
  availableParallelism() >= 2 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;

type Waiting = {
  wants: (message: unknown) => boolean;
  resolve: (message: unknown) => void;
  reject: (error: Error) => void;
};

export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #waiting = new Set<Waiting>();
  #kept: unknown[] = [];
  #ended: Error | undefined;

  constructor({ name, args, core, env = {}, cwd, onLine }: Start) {
    this.#name = name;
    const command = [process.execPath, ...args];
    const pinned = core === undefined ? command : ['taskset', '-c', String(core), ...command];
    const { PATH = '', HOME = '' } = process.env;
    this.#process = spawn(pinned[0]!, pinned.slice(1), {
      // Nothing else of the environment: a real key of the reader's must not reach a server under test.
      env: { PATH, HOME, ...env },
      cwd,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.#process.on('message', (message) => this.#hear(message));
    this.#process.on('error', (error) => this.#fail(error.message));
    this.#process.on('exit', (code, signal) => this.#fail(`it ended (${signal ?? `exit code ${code}`})`));
    let rest = '';
    this.#process.stdout?.on('data', (data: Buffer) => {
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine?.(line);
    });
  }

  tell(message: object): void {
    if (this.#process.connected) this.#process.send(message);
  }

  /** The next message of one of these types. Rejects when the process ends before. */
  hear<Message extends { readonly type: string }>(...types: readonly Message['type'][]): Promise<Message> {
    const wants = (message: unknown): boolean => types.includes((message as Message).type);
    return new Promise((resolve, reject) => {
      const at = this.#kept.findIndex(wants);
      if (at >= 0) return resolve(this.#kept.splice(at, 1)[0] as Message);
      if (this.#ended) return reject(this.#ended);
      this.#waiting.add({ wants, resolve: (message) => resolve(message as Message), reject });
    });
  }

  /** Politely, then without asking. */
  async end(): Promise<void> {
    if (
      this.#process.exitCode !== null ||
      this.#process.signalCode !== null ||
      this.#process.pid === undefined
    )
      return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    const impatient = setTimeout(() => this.#process.kill('SIGKILL'), ENDS_WITHIN_MS);
    this.#process.kill('SIGTERM');
    await gone;
    clearTimeout(impatient);
  }

  #hear(message: unknown): void {
    for (const waiting of this.#waiting) {
      if (!waiting.wants(message)) continue;
      this.#waiting.delete(waiting);
      return waiting.resolve(message);
    }
    this.#kept.push(message);
  }

  #fail(why: string): void {
    this.#ended ??= new Error(`${this.#name}: ${why}`);
    for (const { reject } of this.#waiting) reject(this.#ended);
    this.#waiting.clear();
  }
}
