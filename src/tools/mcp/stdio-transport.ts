// An MCP server as a child process: one JSON-RPC message a line, over its standard input and output. Knows no tools.
// Beside the SDK's own: this one ends the whole process group, as `npx some-server` starts a shell that starts the
// server, and one message that is too long does not end a server that others use.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  deserializeMessage,
  SdkError,
  SdkErrorCode,
  serializeMessage,
  type JSONRPCMessage,
  type Transport,
} from '@modelcontextprotocol/client';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import type { Clock, StopTimer } from '../../base/clock.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { Lines } from './lines.ts';

/** Of a line that a server writes for people. */
const MAX_WORDS_BYTES = 8_192;
/** From SIGTERM to SIGKILL. */
const MAY_TIDY_UP_MS = 2_000;
/** A process that left the group may hold the pipes of one that has died. */
const PIPES_CLOSE_WITHIN_MS = 500;

export interface StdioOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  readonly clock: Clock;
  /** What it writes for people: standard error. */
  readonly onWords: (line: string) => void;
}

/** Process groups that must not outlive this process, by the id of their leader. */
const groups = new Set<number>();

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody is left in it.
  }
}

const endGroups = (): void => {
  for (const leader of groups) signalGroup(leader, 'SIGKILL');
};

export class StdioTransport implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;

  readonly #options: StdioOptions;
  readonly #gone = Promise.withResolvers<undefined>();
  #child: ChildProcessWithoutNullStreams | undefined;
  #stopTimer: StopTimer = () => undefined;
  #closing: Promise<void> | undefined;

  constructor(options: StdioOptions) {
    this.#options = options;
  }

  /** Of the process, and of its group. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const { command, args, env, cwd, onWords } = this.#options;
    const child = spawn(command, args, {
      env: { ...getDefaultEnvironment(), ...env },
      cwd,
      stdio: 'pipe',
      detached: true,
    });
    this.#child = child;
    if (child.pid !== undefined) {
      if (groups.size === 0) process.on('exit', endGroups);
      groups.add(child.pid);
    }
    const started = Promise.withResolvers<undefined>();
    child.on('spawn', () => started.resolve(undefined));
    child.on('error', (error) => {
      started.reject(error);
      this.onerror?.(error);
    });
    child.on('exit', () => this.#died(child));
    child.on('close', () => this.#closed(child));
    child.stdin.on('error', (error) => this.onerror?.(error));
    const messages = new Lines(MAX_MESSAGE_BYTES, {
      onLine: (line) => this.#receive(line),
      onTooLong: () => this.onerror?.(new Error(`a message of more than ${MAX_MESSAGE_BYTES} bytes`)),
    });
    const words = new Lines(MAX_WORDS_BYTES, { onLine: onWords, onTooLong: () => undefined });
    child.stdout.on('data', (chunk: Buffer) => messages.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk));
    await started.promise;
  }

  send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (stdin?.writable !== true)
      return Promise.reject(new SdkError(SdkErrorCode.NotConnected, 'the process of the server has ended'));
    return new Promise((resolve, reject) => {
      stdin.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Resolves when the process has ended. */
  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  async #end(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return this.onclose?.();
    this.#child?.stdin.end();
    if (groups.has(pid)) signalGroup(pid, 'SIGTERM');
    const stopTimer = this.#options.clock.after(MAY_TIDY_UP_MS, () => {
      if (groups.has(pid)) signalGroup(pid, 'SIGKILL');
    });
    await this.#gone.promise;
    stopTimer();
  }

  #receive(line: string): void {
    try {
      this.onmessage?.(deserializeMessage(line));
    } catch {
      // Some servers print words for people here; their error would quote them.
      this.onerror?.(new Error(`a line of ${line.length} characters that is no message`));
    }
  }

  /** What it has written is still read; what it has started ends with it. */
  #died(child: ChildProcessWithoutNullStreams): void {
    this.#forget(child.pid);
    this.#stopTimer = this.#options.clock.after(PIPES_CLOSE_WITHIN_MS, () => {
      child.stdout.destroy();
      child.stderr.destroy();
      child.stdin.destroy();
    });
  }

  #closed(child: ChildProcessWithoutNullStreams): void {
    this.#forget(child.pid);
    this.#stopTimer();
    this.#gone.resolve(undefined);
    this.onclose?.();
  }

  #forget(leader: number | undefined): void {
    if (leader === undefined || !groups.delete(leader)) return;
    signalGroup(leader, 'SIGKILL');
    if (groups.size === 0) process.off('exit', endGroups);
  }
}
