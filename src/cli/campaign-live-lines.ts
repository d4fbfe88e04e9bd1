// Lines that change while something goes on: drawn over in a terminal; anywhere else a plain line now and then. Knows nothing of
// what they say.
import type { Clock } from '../base/clock.ts';
import { cut, visible } from './plain-text.ts';
import type { Terminal } from './terminal.ts';

const PLAIN_EVERY_MS = 10_000;
/** ECMA-48: so many lines up, and whatever is below is erased. */
const over = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A\u001b[J`);

export class LiveLines {
  readonly #terminal: Terminal;
  readonly #clock: Pick<Clock, 'nowMs'>;
  #drawn = 0;
  #saidMs: number | undefined;
  #said = '';

  constructor(terminal: Terminal, clock: Pick<Clock, 'nowMs'>) {
    this.#terminal = terminal;
    this.#clock = clock;
  }

  /** `plain`: all of it in one line, for a file or another program. */
  show(lines: readonly string[], plain: string): void {
    const { isInteractive, columns, output } = this.#terminal;
    if (isInteractive) {
      const fitting = lines.map((line) => cut(visible(line), columns));
      output.write(`${over(this.#drawn)}${fitting.map((line) => `${line}\n`).join('')}`);
      this.#drawn = fitting.length;
      return;
    }
    const nowMs = this.#clock.nowMs();
    if (plain === this.#said || (this.#saidMs !== undefined && nowMs - this.#saidMs < PLAIN_EVERY_MS)) return;
    [this.#said, this.#saidMs] = [plain, nowMs];
    this.#terminal.say(visible(plain));
  }
}

/** `fraction`: from 0 to 1; what is not is shown as the nearest. */
export function barOf(fraction: number, columns: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction || 0)) * columns);
  return '█'.repeat(full) + '░'.repeat(columns - full);
}

/** Never 100 before it is all. */
export const percentOf = (part: number, whole: number): number =>
  whole <= 0 ? 0 : Math.min(100, Math.floor((part / whole) * 100));

/** `1 row`, `1,200 rows`. */
export const some = (count: number, one: string): string =>
  `${grouped(count)} ${one}${count === 1 ? '' : 's'}`;

export const grouped = (count: number): string => count.toLocaleString('en-US');
