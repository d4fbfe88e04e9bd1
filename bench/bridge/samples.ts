// Measured values and their percentiles.

export interface Summary {
  readonly count: number;
  /** Nearest rank, so with few samples p99 is the largest; undefined when there are none. */
  readonly p1: number | undefined;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

export class Samples {
  #values = new Float64Array(1_024);
  #count = 0;

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  summary(): Summary {
    const sorted = this.#values.subarray(0, this.#count).toSorted();
    const rank = (share: number): number | undefined =>
      sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return { count: sorted.length, p1: rank(0.01), p50: rank(0.5), p99: rank(0.99) };
  }
}
