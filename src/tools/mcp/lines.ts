// Cuts what a process writes into lines, of bounded size. Knows nothing of what they say.

const NEWLINE = 0x0a;

export class Lines {
  readonly #maxBytes: number;
  readonly #onLine: (line: string) => void;
  readonly #onTooLong: () => void;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** A line of more than `maxBytes` is forgotten and told of once, when it ends. */
  constructor(maxBytes: number, to: { onLine(line: string): void; onTooLong(): void }) {
    this.#maxBytes = maxBytes;
    this.#onLine = (line) => to.onLine(line);
    this.#onTooLong = () => to.onTooLong();
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from);
      this.#keep(chunk.subarray(from, end < 0 ? chunk.length : end));
      if (end < 0) return;
      this.#finish();
      from = end + 1;
    }
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #finish(): void {
    const isTooLong = this.#bytes > this.#maxBytes;
    const line = Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, '');
    this.#parts = [];
    this.#bytes = 0;
    if (isTooLong) this.#onTooLong();
    else if (line !== '') this.#onLine(line);
  }
}
