// A process that can die at any await: what it was doing is done or not done, and it never hears of it.
import type { Clock } from '../../src/base/clock.ts';

const never = (): Promise<never> => new Promise(() => undefined);

export class Mortal {
  readonly died: Promise<void>;
  #die: () => void = () => undefined;
  #isDead = false;
  /** So many more awaits; each asking counts twice: before it is done, and after. */
  #left = Infinity;

  constructor() {
    this.died = new Promise((resolve) => (this.#die = resolve));
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  diesIn(awaits: number): void {
    this.#left = awaits;
  }

  kill(): void {
    this.#isDead = true;
    this.#die();
  }

  /** The same, as this process sees it. */
  sees<Door extends object>(door: Door): Door {
    return new Proxy(door, {
      get: (target, name): unknown => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => this.#ask(() => Reflect.apply(value, target, args) as unknown);
      },
    });
  }

  /** Short waits are over at once: no time passes while somebody looks. */
  clock(clock: Clock, shortMs: number): Clock {
    const unlessDead = (then: () => void) => () => {
      if (!this.#isDead) then();
    };
    return {
      nowMs: () => clock.nowMs(),
      epochMs: () => clock.epochMs(),
      after(delayMs, then) {
        if (delayMs > shortMs) return clock.after(delayMs, unlessDead(then));
        let isStopped = false;
        queueMicrotask(() => {
          if (!isStopped) unlessDead(then)();
        });
        return () => (isStopped = true);
      },
      every: (periodMs, then) => clock.every(periodMs, unlessDead(then)),
    };
  }

  async #ask(work: () => unknown): Promise<unknown> {
    if (this.#isOver()) return never();
    try {
      const answer = await work();
      return this.#isOver() ? await never() : answer;
    } catch (thrown) {
      if (this.#isOver()) return never();
      throw thrown;
    }
  }

  #isOver(): boolean {
    if (!this.#isDead && --this.#left < 0) this.kill();
    return this.#isDead;
  }
}
