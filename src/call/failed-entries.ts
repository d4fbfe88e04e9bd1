// How often in a row nothing came of a secret entry, by what was asked for. Knows nothing of keys.
import type { SecretAnswer, SecretNone } from '../tools/secrets.ts';

export class FailedEntries {
  readonly #times = new Map<string, number>();

  /** What the tool is told. That they are typing something else is no failure of theirs. */
  add(field: string, none: SecretNone): SecretAnswer {
    const before = this.#times.get(field) ?? 0;
    const times = none === 'busy' ? before : before + 1;
    this.#times.set(field, times);
    return { none, times };
  }

  forget(field: string): void {
    this.#times.delete(field);
  }
}
