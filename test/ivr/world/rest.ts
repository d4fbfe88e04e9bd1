// The carrier's REST interface, as a process of ours has it: its answers may come late. Notes what nobody knows to be done.
import type { CallId } from '../../../src/base/ids.ts';
import type { CallControl } from '../../../src/carrier/control.ts';
import type { FakeControl } from '../../doubles/fake-control.ts';
import type { Dice } from './dice.ts';
import type { WorldClock } from './world-clock.ts';

/** A client waits so long (src/carrier/twilio/rest.ts). */
const LATE_MS = 4_000;
const LATE = 0.4;

export interface RestOptions {
  readonly control: FakeControl;
  readonly clock: WorldClock;
  readonly dice: () => Dice;
  /** `id`: of a call that was placed perhaps. */
  readonly onFault: (id: CallId | undefined) => void;
  readonly onLate: () => void;
}

export function lateControl({ control, clock, dice, onFault, onLate }: RestOptions): CallControl {
  async function late<Result>(request: () => Promise<Result>): Promise<Result> {
    const before = control.reached.length;
    const asked = request();
    const reached = control.reached[before];
    try {
      return await asked;
    } catch (thrown) {
      onFault(reached?.do === 'place' ? reached.id : undefined);
      throw thrown;
    } finally {
      if (dice().chance(LATE)) {
        onLate();
        await clock.sleep(dice().from(0, LATE_MS));
      }
    }
  }
  return {
    hangUp: (id) => late(() => control.hangUp(id)),
    takeBack: (id, step) => late(() => control.takeBack(id, step)),
    place: (call) => late(() => control.place(call)),
  };
}
