// What one run showed, over all its calls.
import type { Outcome } from './messages.ts';
import { Samples } from './samples.ts';

export class Tally {
  /** Whether the measured window is open: delays outside it are not counted, faults always are. */
  isOpen = false;
  readonly up = new Samples();
  readonly turnStart = new Samples();
  readonly clear = new Samples();
  readonly lead = new Samples();
  readonly ownLateness = new Samples();
  upFrames = 0;
  turns = 0;
  interruptions = 0;
  missingUpFrames = 0;
  missingDownFrames = 0;
  unansweredInterruptions = 0;
  holes = 0;
  readonly #faults = new Map<string, number>();

  add(samples: Samples, value: number): void {
    if (this.isOpen) samples.add(value);
  }

  fault(what: string): void {
    this.#faults.set(what, (this.#faults.get(what) ?? 0) + 1);
  }

  outcome(): Outcome {
    const { upFrames, turns, interruptions, holes } = this;
    const { missingUpFrames, missingDownFrames, unansweredInterruptions } = this;
    return {
      up: this.up.summary(),
      turnStart: this.turnStart.summary(),
      clear: this.clear.summary(),
      lead: this.lead.summary(),
      ownLateness: this.ownLateness.summary(),
      upFrames,
      turns,
      interruptions,
      missingUpFrames,
      missingDownFrames,
      unansweredInterruptions,
      holes,
      faults: Object.fromEntries(this.#faults),
    };
  }
}
