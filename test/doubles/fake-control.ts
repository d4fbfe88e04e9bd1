// A carrier's power over calls without a carrier: notes what reaches it, and fails as it is told. Keeps the rules of
// test/contracts/control.contract.ts.
//
//   const control = new FakeControl();
//   control.fail('lost');                     // the next request is done, and its answer is lost
//   control.fail('away', 'refused');          // the next two, in turn
//   control.end(id);                          // the call is over
//   control.reached;                          // what was done, in order: { do: 'place', call, id } …
//   control.placed();                         // of these, the calls to people
import { LivelineError } from '../../src/base/errors.ts';
import { callId, type CallId } from '../../src/base/ids.ts';
import type { CallControl, Placed } from '../../src/carrier/control.ts';

/**
 * `away`, `busy`, `refused`: not done. `failing`, `silent`, `garbled`, `lost`: done, as far as anybody knows, and not
 * confirmed.
 */
export type ControlFault = 'away' | 'busy' | 'refused' | 'failing' | 'silent' | 'garbled' | 'lost';

export type Reached =
  | { readonly do: 'hang-up'; readonly id: CallId }
  | { readonly do: 'take-back'; readonly id: CallId; readonly step: number }
  | { readonly do: 'place'; readonly call: Placed; readonly id: CallId };

export class FakeControl implements CallControl {
  readonly reached: Reached[] = [];
  readonly #faults: ControlFault[] = [];
  readonly #over = new Set<CallId>();
  #count = 0;

  /** One fault a request, in turn; then all is well again. */
  fail(...faults: readonly ControlFault[]): void {
    this.#faults.push(...faults);
  }

  /** What is asked of it from now on finds it over. */
  end(id: CallId): void {
    this.#over.add(id);
  }

  placed(): readonly { readonly call: Placed; readonly id: CallId }[] {
    return this.reached.filter((reached) => reached.do === 'place');
  }

  async hangUp(id: CallId): Promise<void> {
    await this.#do({ do: 'hang-up', id }, 'CARRIER_UNREACHABLE');
    this.#over.add(id);
  }

  async takeBack(id: CallId, step: number): Promise<'asked' | 'over'> {
    await this.#do({ do: 'take-back', id, step }, 'CARRIER_UNREACHABLE');
    return this.#over.has(id) ? 'over' : 'asked';
  }

  async place(call: Placed): Promise<CallId> {
    const id = callId(`CA${String(++this.#count).padStart(32, 'f')}`);
    await this.#do({ do: 'place', call, id }, 'CARRIER_IN_DOUBT');
    return id;
  }

  /** As a real carrier it answers later, never at once. */
  async #do(reached: Reached, unconfirmed: 'CARRIER_UNREACHABLE' | 'CARRIER_IN_DOUBT'): Promise<void> {
    const fault = this.#faults.shift();
    const isDone = fault !== 'away' && fault !== 'busy' && fault !== 'refused';
    if (isDone) this.reached.push(reached);
    await Promise.resolve();
    if (fault === undefined) return;
    const code = fault === 'refused' ? 'CARRIER_REFUSED' : isDone ? unconfirmed : 'CARRIER_UNREACHABLE';
    throw new LivelineError(code, `the carrier of this test is told to be ${fault}`);
  }
}
