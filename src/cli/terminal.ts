// The operator's terminal, as commands see it; tests hand in another.
import { createInterface } from 'node:readline/promises';
import type { Writable } from 'node:stream';
import type { Environment } from '../config.ts';

export interface Terminal {
  /** How wide lines may be. */
  readonly columns: number;
  /** Somebody sits there who can answer. */
  readonly isInteractive: boolean;
  /** Where data goes that is not for people's eyes. */
  readonly output: Writable;
  print(line: string): void;
  /** To standard error: faults and progress. */
  say(line: string): void;
  ask(question: string): Promise<string>;
}

/** Of output that goes to a file or another program. */
const COLUMNS_OF_A_FILE = 120;

/** Where no terminal says how wide it is, COLUMNS does (POSIX, Environment Variables). */
export const columnsOf = (ofTerminal: number | undefined, { COLUMNS = '' }: Environment): number =>
  ofTerminal ?? (/^[1-9]\d{0,4}$/.test(COLUMNS) ? Number(COLUMNS) : COLUMNS_OF_A_FILE);

export const systemTerminal = (environment: Environment): Terminal => ({
  columns: columnsOf(process.stdout.isTTY ? process.stdout.columns : undefined, environment),
  isInteractive: process.stdin.isTTY && process.stdout.isTTY,
  output: process.stdout,
  print: (line) => console.log(line),
  say: (line) => console.error(line),
  async ask(question) {
    const asking = createInterface({ input: process.stdin, output: process.stdout });
    // Whoever ends the input, or presses Ctrl-C, has answered nothing.
    const ended = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
    try {
      return await Promise.race([asking.question(question), ended]);
    } finally {
      asking.close();
    }
  },
});
