// Moving out: a process that is to end hands each of its calls on to another node, at a moment that suits it. What comes of a
// call is the switchboard's.
import type { Clock, StopTimer } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { mayGo, type Moment } from './moment.ts';

export interface MovingOutOptions {
  readonly calls: () => readonly { readonly id: CallId; readonly moment: Moment }[];
  /** False: it could not be written down in time, and the call goes on here. Never rejects. */
  readonly handOn: (id: CallId, node: string, withinMs: number) => Promise<boolean>;
  /** Who is to have one more call; undefined: nobody is there. */
  readonly heir: () => { readonly node: string; readonly name: string } | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_EVERY_MS = 50;
/** The carrier asks for each call at the other node, which opens a model for it: not for all in one moment. */
const AT_ONCE = 5;
const AT_ONCE_WITHIN_MS = 500;
/** While the database is slow. */
const MOST_UNDER_WAY = 16;
const WRITTEN_WITHIN_MS = 1_000;

export class MovingOut {
  readonly #options: MovingOutOptions;
  readonly #underWay = new Map<CallId, Promise<boolean>>();
  readonly #notBefore = new Map<CallId, number>();
  #sinceMs: number | undefined;
  #stop: StopTimer | undefined;
  #moved = 0;
  /** When those that were begun last were. */
  #begun: readonly number[] = [];

  constructor(options: MovingOutOptions) {
    this.#options = options;
  }

  /** So many are at other nodes now. */
  get moved(): number {
    return this.#moved;
  }

  /** From now on, until `end`; again: as before. */
  begin(): void {
    if (this.#sinceMs !== undefined) return;
    const { clock } = this.#options;
    this.#sinceMs = clock.nowMs();
    this.#stop = clock.every(LOOK_EVERY_MS, () => this.#look());
    this.#look();
  }

  end(): void {
    this.#stop?.();
  }

  /** Nothing is waited for any more: each is tried once. Resolves with how many stay here. */
  async hurry(): Promise<number> {
    this.end();
    const { calls, heir } = this.#options;
    const left = await Promise.all(
      calls().map(async ({ id }) => {
        const underWay = this.#underWay.get(id);
        if (underWay) return underWay;
        const to = heir();
        return to !== undefined && (await this.#move(id, to));
      }),
    );
    return left.filter((isGone) => !isGone).length;
  }

  #look(): void {
    const { calls, heir, clock } = this.#options;
    const nowMs = clock.nowMs();
    const waitedMs = nowMs - (this.#sinceMs ?? nowMs);
    this.#begun = this.#begun.filter((atMs) => nowMs - atMs < AT_ONCE_WITHIN_MS);
    for (const { id, moment } of calls()) {
      if (this.#begun.length >= AT_ONCE || this.#underWay.size >= MOST_UNDER_WAY) return;
      if (this.#underWay.has(id) || !mayGo(moment, waitedMs)) continue;
      if (nowMs < (this.#notBefore.get(id) ?? 0)) continue;
      const to = heir();
      // They talk on here, and somebody may come.
      if (!to) return;
      this.#begun = [...this.#begun, nowMs];
      void this.#move(id, to);
    }
  }

  #move(id: CallId, to: { node: string; name: string }): Promise<boolean> {
    const moving = this.#handOn(id, to).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, moving);
    return moving;
  }

  async #handOn(id: CallId, { node, name }: { node: string; name: string }): Promise<boolean> {
    const { handOn, clock, log } = this.#options;
    const isMoved = await handOn(id, node, WRITTEN_WITHIN_MS);
    if (isMoved) {
      this.#moved += 1;
      log.info({ callId: id, to: name }, 'the call goes on at another node');
    } else {
      this.#notBefore.set(id, clock.nowMs() + WRITTEN_WITHIN_MS);
      log.warn({ callId: id, to: name }, 'the call could not be handed on, and goes on here');
    }
    return isMoved;
  }
}
