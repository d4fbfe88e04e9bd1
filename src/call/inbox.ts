// The inbox of a call: facts are worked on one after the other, in the order in which they came. Knows nothing of them.

export class Inbox<Fact> {
  readonly #work: (fact: Fact) => void;
  readonly #waiting: Fact[] = [];
  #working = false;

  constructor(work: (fact: Fact) => void) {
    this.#work = work;
  }

  /** A fact that arises while another is being worked on waits its turn. */
  take(fact: Fact): void {
    this.#waiting.push(fact);
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
        this.#work(next);
    } finally {
      this.#working = false;
    }
  }
}
