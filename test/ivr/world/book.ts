// The callbacks that were promised, in memory; it can be away.
import type { CallbackKeeper } from '../../../src/ivr/called-back.ts';
import type { PromisedCallback, Promising } from '../../../src/tools/callbacks.ts';

type Promised = PromisedCallback & { readonly id: string };

export class Book implements CallbackKeeper {
  readonly promised: Promised[] = [];
  isAway = false;
  readonly #open = new Set<string>();
  readonly #called = new Set<string>();
  readonly #count: (what: string) => void;

  constructor(count: (what: string) => void) {
    this.#count = count;
  }

  /** Each is called once. */
  next(): Promised | undefined {
    const due = this.promised.find(({ id }) => !this.#called.has(id));
    if (due) this.#called.add(due.id);
    return due;
  }

  mayCall(): boolean {
    return true;
  }

  promise(callback: PromisedCallback): Promise<Promising> {
    if (this.isAway) return Promise.reject(new Error('the book is away'));
    const id = `b${this.promised.length}`;
    this.promised.push({ ...callback, id });
    this.#open.add(id);
    this.#count('does promise');
    return Promise.resolve('promised');
  }

  of(id: string): Promise<PromisedCallback | undefined> {
    return Promise.resolve(this.#open.has(id) ? this.promised.find((one) => one.id === id) : undefined);
  }

  connected(id: string): void {
    this.#count('does connect');
    this.#open.delete(id);
  }

  status(): void {}
}
