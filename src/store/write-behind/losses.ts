// What was given up: counted to the item, said at once and then at most every ten seconds. Knows no queue and no disk.
import { messageOf } from '../../base/errors.ts';
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

export type WhyLost = 'no-room' | 'refused';

const SAYS_AGAIN_AFTER_MS = 10_000;

export interface LossesOptions<Item> {
  readonly clock: Clock;
  readonly log: Log;
  readonly onLost: ((items: readonly Item[], why: WhyLost) => void) | undefined;
  /** In words, why there is no room. */
  readonly whyNoRoom: () => string;
}

export class Losses<Item> {
  readonly #options: LossesOptions<Item>;
  readonly #count: Record<WhyLost, number> = { 'no-room': 0, refused: 0 };
  #unsaid = 0;
  #sayAt: StopTimer | undefined;
  #saidAtMs = -Infinity;
  #sinceRecovery = 0;
  #isTelling = false;

  constructor(options: LossesOptions<Item>) {
    this.#options = options;
  }

  get count(): number {
    return this.#count['no-room'] + this.#count.refused;
  }

  /** Never throws, and logs nothing yet: it may be called where nothing may wait. */
  noRoom(items: readonly Item[]): void {
    this.#tell(items, 'no-room');
    this.#unsaid += items.length;
    this.#sinceRecovery += items.length;
    const { clock } = this.#options;
    this.#sayAt ??= clock.after(Math.max(0, this.#saidAtMs + SAYS_AGAIN_AFTER_MS - clock.nowMs()), () =>
      this.say(),
    );
  }

  refused(item: Item, thrown: unknown): void {
    this.#tell([item], 'refused');
    this.#options.log.error(
      { ...faultOf(thrown), lost: this.count },
      'one write was given up: the database refuses it for what is in it, and would again',
    );
  }

  /** What is not yet said. */
  say(): void {
    this.#sayAt?.();
    this.#sayAt = undefined;
    if (this.#unsaid === 0) return;
    this.#saidAtMs = this.#options.clock.nowMs();
    this.#options.log.error(
      { writes: this.#unsaid, lost: this.count, reason: this.#options.whyNoRoom() },
      'writes were given up, the newest first, as neither the database nor the spool takes them: bring the database back, or give the spool room. Calls go on',
    );
    this.#unsaid = 0;
  }

  /** Everything that waited is in the database again. */
  recovered(): void {
    this.say();
    if (this.#sinceRecovery === 0) return;
    this.#options.log.warn(
      { writes: this.#sinceRecovery, lost: this.count },
      'all that waited is in the database; these writes were given up meanwhile',
    );
    this.#sinceRecovery = 0;
  }

  #tell(items: readonly Item[], why: WhyLost): void {
    this.#count[why] += items.length;
    // Who is told may push, and what is pushed may find no room: that is counted, and ends here.
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      this.#options.onLost?.(items, why);
    } catch (thrown) {
      this.#options.log.error({ err: thrown }, 'who is told of lost writes has thrown');
    } finally {
      this.#isTelling = false;
    }
  }
}

/** Of a database's fault only the code: its words quote what callers said. */
function faultOf(thrown: unknown): object {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return { code, pii: { reason: messageOf(thrown) } };
}
