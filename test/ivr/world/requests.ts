// What was asked of the carrier by REST, on its way there. Knows nothing of what is answered.
import type { FakeControl, Reached } from '../../doubles/fake-control.ts';
import type { Carrier } from './carrier.ts';
import type { Dice } from './dice.ts';
import type { Laws } from './laws.ts';
import type { WorldClock } from './world-clock.ts';

const LATE_MS = 3_000;
/** Now and then the carrier takes its time, and somebody picks up whom nobody waits for any more. */
const STUCK = 0.3;
const STUCK_MS = 60_000;

export interface RequestsOptions {
  readonly control: FakeControl;
  readonly carrier: Carrier;
  readonly laws: Laws;
  readonly clock: WorldClock;
  readonly dice: () => Dice;
  readonly onRequest: (reached: Reached) => void;
}

export class Requests {
  readonly #options: RequestsOptions;
  #carriedOut = 0;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Those that are new reach the carrier some time later. */
  carryOut(): void {
    const { control, carrier, laws, clock, dice, onRequest } = this.#options;
    for (const reached of control.reached.slice(this.#carriedOut)) {
      this.#carriedOut++;
      onRequest(reached);
      if (reached.do === 'place') {
        laws.placed(reached.call);
        carrier.places(reached.id, reached.call);
        continue;
      }
      laws.takesOut(carrier, reached);
      const isStuck = reached.do === 'hang-up' && dice().chance(STUCK);
      if (isStuck) laws.unsure();
      clock.after(dice().from(0, isStuck ? STUCK_MS : LATE_MS), () => {
        if (reached.do === 'hang-up') carrier.hangUp(reached.id);
        else carrier.takeBack(reached.id, reached.step);
      });
    }
  }
}
