// What of calls found no room: counted for each call, for its record to say so. A call's beginning is kept until there is
// room, as nothing else of the call can be in the database without it. Knows no queue and no database.
import type { CallId } from '../base/ids.ts';
import type { WriteBehind } from '../store/write-behind.ts';
import type { RecordWrite } from './write.ts';

type Writes = Pick<WriteBehind<RecordWrite>, 'offer' | 'push' | 'giveUp'>;

/** Half a kilobyte each; with more, the oldest are given up, and nothing is known of those calls. */
const MOST_BEGINNINGS = 10_000;

export class CallLosses {
  readonly #totals = new Map<CallId, number>();
  readonly #untold = new Set<CallId>();
  readonly #beginnings = new Map<CallId, RecordWrite>();

  /** For `onLost` of write-behind. */
  count(lost: readonly RecordWrite[]): void {
    for (const { is, callId } of lost) {
      if (is !== 'lost') this.#totals.set(callId, (this.#totals.get(callId) ?? 0) + 1);
      this.#untold.add(callId);
    }
  }

  /** In place of a push: what would come before its call's beginning would be left out, and nobody would know. */
  write(write: RecordWrite, to: Writes): void {
    if (write.is === 'call') {
      if (!to.offer(write)) this.#keep(write, to);
    } else if (this.#begin(write.callId, to)) {
      to.push(write);
    } else {
      to.giveUp(write);
    }
  }

  /** What is not yet told, once there is room. */
  tell(to: Writes): void {
    for (const callId of [...this.#beginnings.keys()]) if (!this.#begin(callId, to)) return;
    const taken = [...this.#untold];
    this.#untold.clear();
    for (const callId of taken) to.push({ is: 'lost', callId, writes: this.#totals.get(callId) ?? 0 });
  }

  /** Gives up what found no room until now. */
  end(to: Writes): void {
    for (const write of this.#beginnings.values()) to.giveUp(write);
    this.#beginnings.clear();
  }

  #begin(callId: CallId, to: Writes): boolean {
    const beginning = this.#beginnings.get(callId);
    if (!beginning) return true;
    if (!to.offer(beginning)) return false;
    this.#beginnings.delete(callId);
    return true;
  }

  #keep(write: RecordWrite, to: Writes): void {
    this.#beginnings.set(write.callId, write);
    if (this.#beginnings.size <= MOST_BEGINNINGS) return;
    const [oldest] = this.#beginnings.values();
    if (!oldest) return;
    this.#beginnings.delete(oldest.callId);
    to.giveUp(oldest);
  }
}
