// The crew: which workers there are, and when one is started, told to leave, or replaced. Knows no process.
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

/**
 * What a worker is told. `drain`: take no new call, and end; `now`: end at once; `retire`: drain, and leave the port to those
 * who stay.
 */
export type Order = 'drain' | 'now' | 'retire';

/** A process of the crew. */
export interface Worker {
  readonly pid: number | undefined;
  tell(order: Order): void;
  kill(): void;
}

export interface WorkerNews {
  /** It serves. Once. */
  ready(): void;
  /** Once; `code` is null after a signal. */
  gone(code: number | null, signal: string | null): void;
}

export interface CrewOptions {
  readonly size: number;
  /** `number`: the lowest that no other worker has. News come later, never from within. */
  readonly start: (number: number, news: WorkerNews) => Worker;
  /** The last is gone, and no other comes. `code`: to exit with. Once. */
  readonly onOver: (code: number) => void;
  readonly clock: Clock;
  readonly log: Log;
}

interface Member {
  readonly number: number;
  readonly worker: Worker;
  stage: 'starting' | 'ready' | 'leaving';
  readyAtMs: number;
  /** Which goes once this one serves. */
  readonly instead: Member | undefined;
}

/** Who has served for so long did not die of how it began. */
const STEADY_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Each lets go of everything within 45 s (told-to-stop.ts). */
const GONE_WITHIN_MS = 50_000;

/** How long to wait before another is started, after so many in a row that died early. */
export const pauseMs = (early: number): number =>
  early === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (early - 1), LONGEST_PAUSE_MS);

export class Crew {
  readonly #options: CrewOptions;
  readonly #members = new Set<Member>();
  /** To be replaced, in turn; not a member any more where it died meanwhile. */
  #toRenew: Member[] = [];
  #isRenewing = false;
  #early = 0;
  #pause: StopTimer | undefined;
  #code: number | undefined;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** One first: what keeps it from serving is said once, and a database is made by one. */
  begin(): void {
    this.#add();
  }

  /** Replaces every worker, one after the other: each leaves once another serves in its place. */
  renew(): void {
    if (this.#code !== undefined) return;
    const all = [...this.#members].filter(({ stage }) => stage !== 'leaving');
    this.#toRenew = [...new Set([...this.#toRenew, ...all])];
    if (!this.#isRenewing) this.#renewNext();
  }

  /** Tells all to drain; a second time, to end at once. */
  stop(): void {
    if (this.#code === undefined) this.#end('drain', 0);
    else for (const { worker } of this.#members) worker.tell('now');
  }

  #end(order: Order, code: number): void {
    const { clock } = this.#options;
    this.#code = code;
    this.#pause?.();
    if (this.#members.size === 0) return this.#options.onOver(code);
    for (const { worker } of this.#members) worker.tell(order);
    clock.after(GONE_WITHIN_MS, () => {
      this.#code = 1;
      for (const { worker } of this.#members) worker.kill();
    });
  }

  #add(instead?: Member): void {
    const taken = new Set([...this.#members].map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number += 1;
    const worker = this.#options.start(number, {
      ready: () => this.#ready(member),
      gone: (code, signal) => this.#gone(member, code, signal),
    });
    const member: Member = { number, worker, stage: 'starting', readyAtMs: 0, instead };
    this.#members.add(member);
    this.#options.log.info({ worker: number, pid: worker.pid }, 'a worker is started');
  }

  #ready(member: Member): void {
    if (this.#code !== undefined) return;
    member.stage = 'ready';
    member.readyAtMs = this.#options.clock.nowMs();
    if (member.instead) this.#replaced(member.instead);
    this.#fill();
  }

  #replaced(old: Member): void {
    if (!this.#members.has(old)) return this.#renewNext();
    old.stage = 'leaving';
    old.worker.tell('retire');
    this.#options.clock.after(GONE_WITHIN_MS, () => {
      if (this.#members.has(old)) old.worker.kill();
    });
  }

  #fill(): void {
    if (this.#pause) return;
    const staying = [...this.#members].filter(({ stage }) => stage !== 'leaving').length;
    for (let missing = this.#options.size - staying; missing > 0; missing -= 1) this.#add();
  }

  #gone(member: Member, code: number | null, signal: string | null): void {
    this.#members.delete(member);
    if (this.#code !== undefined) {
      if (code !== 0) this.#code ||= code ?? 1;
      if (this.#members.size === 0) this.#options.onOver(this.#code);
      return;
    }
    const { number, worker, stage } = member;
    const facts = { worker: number, pid: worker.pid, code, signal };
    if (stage === 'leaving') {
      this.#options.log.info(facts, 'a worker has left; another serves in its place');
      return this.#renewNext();
    }
    // What it says itself stands above this, on standard error.
    const refused = stage === 'starting' && code !== null && code !== 0;
    if (refused && ![...this.#members].some((other) => other.stage !== 'starting'))
      return this.#end('now', code);
    if (code === 0) this.#options.log.info(facts, 'a worker has ended; another is started');
    else
      this.#options.log.error(
        facts,
        refused ? 'a worker cannot start: the others go on' : 'a worker died: the others go on',
      );
    if (member.instead && refused) {
      this.#options.log.error('the workers are not replaced: mend what keeps the new one from starting');
      this.#toRenew = [];
    } else if (member.instead) {
      this.#toRenew.unshift(member.instead);
    }
    if (member.instead) this.#isRenewing = false;
    this.#goOn(member);
  }

  #goOn({ stage, readyAtMs }: Member): void {
    const { clock } = this.#options;
    if (stage === 'ready' && clock.nowMs() - readyAtMs >= STEADY_MS) this.#early = 0;
    const waitMs = pauseMs(this.#early);
    this.#early += 1;
    this.#pause ??= clock.after(waitMs, () => {
      this.#pause = undefined;
      this.#fill();
      if (!this.#isRenewing) this.#renewNext();
    });
  }

  #renewNext(): void {
    const next = this.#toRenew.shift();
    this.#isRenewing = next !== undefined;
    if (!next) return;
    if (this.#members.has(next) && next.stage !== 'leaving') this.#add(next);
    else this.#renewNext();
  }
}
