// The inbox of a call: facts are worked on one after the other, in the order in which they came. Knows nothing of them.

export class Inbox<Fact> {
  readonly #work: (fact: Fact) => void;
  readonly #waiting: Fact[] = [];
  #working = false;
  #isHeld = false;

  constructor(work: (fact: Fact) => void) {
    this.#work = work;
  }

  /** A fact that arises while another is being worked on waits its turn. */
  take(fact: Fact): void {
    this.#waiting.push(fact);
    this.#workOff();
  }

  /** Until `goOn` or `empty` nothing is worked on. */
  hold(): void {
    this.#isHeld = true;
  }

  /** What has waited meanwhile is worked on now. */
  goOn(): void {
    this.#isHeld = false;
    this.#workOff();
  }

  /** What waits is nobody's any more. */
  empty(): void {
    this.#isHeld = false;
    this.#waiting.length = 0;
  }

  #workOff(): void {
    if (this.#working) return;
    this.#working = true;
    try {
      while (!this.#isHeld) {
        const next = this.#waiting.shift();
        if (next === undefined) break;
        this.#work(next);
      }
    } finally {
      this.#working = false;
    }
  }
}
