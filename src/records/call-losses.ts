// What of calls found no room: counted for each call, for its record to say so. A call's beginning and its end are kept
// until there is room: without the one nothing else of the call can be in the database, without the other it would last
// there for ever. Knows no queue and no database.
import type { CallId } from '../base/ids.ts';
import type { WriteBehind } from '../store/write-behind/write-behind.ts';
import type { RecordWrite } from './write.ts';

type Writes = Pick<WriteBehind<RecordWrite>, 'offer' | 'push' | 'giveUp'>;

/** A kilobyte each; with more, those of the oldest call are given up. */
const MOST_CALLS = 10_000;

export class CallLosses {
  readonly #totals = new Map<CallId, number>();
  readonly #untold = new Set<CallId>();
  readonly #kept = new Map<CallId, RecordWrite[]>();
  #lostWords = 0;

  /** Of what was given up, so many only said how much was: they are said again, and no call lost them. */
  get lostWords(): number {
    return this.#lostWords;
  }

  /** For `onLost` of write-behind. */
  count(lost: readonly RecordWrite[]): void {
    for (const { is, callId } of lost) {
      if (is === 'lost') this.#lostWords += 1;
      else this.#totals.set(callId, (this.#totals.get(callId) ?? 0) + 1);
      this.#untold.add(callId);
    }
  }

  /** In place of a push: what would come before its call's beginning would be left out, and nobody would know. */
  write(write: RecordWrite, to: Writes): void {
    if (this.#offerKept(write.callId, to) && to.offer(write)) return;
    if (write.is === 'call' || write.is === 'end') this.#keep(write, to);
    else to.giveUp(write);
  }

  /** What is kept, once there is room; false: there is not enough. */
  offer(to: Writes): boolean {
    return [...this.#kept.keys()].every((callId) => this.#offerKept(callId, to));
  }

  /** What is kept and what is not yet told, once there is room. */
  tell(to: Writes): void {
    if (!this.offer(to)) return;
    const taken = [...this.#untold];
    this.#untold.clear();
    for (const callId of taken) to.push({ is: 'lost', callId, writes: this.#totals.get(callId) ?? 0 });
  }

  /** Gives up what finds no room now either. */
  end(to: Writes): void {
    this.offer(to);
    for (const write of [...this.#kept.values()].flat()) to.giveUp(write);
    this.#kept.clear();
  }

  /** True when nothing of that call is kept any more. */
  #offerKept(callId: CallId, to: Writes): boolean {
    const kept = this.#kept.get(callId) ?? [];
    for (let [first] = kept; first; [first] = kept) {
      if (!to.offer(first)) return false;
      kept.shift();
    }
    this.#kept.delete(callId);
    return true;
  }

  #keep(write: RecordWrite, to: Writes): void {
    const kept = this.#kept.get(write.callId) ?? [];
    if (kept.some(({ is }) => is === write.is)) return to.giveUp(write);
    this.#kept.set(write.callId, [...kept, write]);
    if (this.#kept.size <= MOST_CALLS) return;
    const [oldest = []] = this.#kept.values();
    for (const { callId } of oldest) this.#kept.delete(callId);
    for (const given of oldest) to.giveUp(given);
  }
}
