// What somebody who waits in a queue is told, and when: their place, how long it may take, and that they can be called
// back. Pure; knows neither the carrier nor a clock.
import type { Spoken } from '../carrier/webhooks.ts';
import type { Destination } from './plan.ts';
import { spoken } from './spoken.ts';

/** What was said last. */
export interface QueueSaid {
  readonly position: number;
  /** Seconds in the queue, then. */
  readonly atS: number;
  /** How often, with this one. */
  readonly times: number;
}

export interface QueueMoment {
  /** The first is 1. */
  readonly position: number;
  readonly waitedS: number;
  /** Of others; 0 when nobody knows. */
  readonly averageS: number;
  readonly destination: Pick<Destination, 'queue'>;
  /** BCP 47. */
  readonly language: string;
  readonly mayCallBack: boolean;
  /** Undefined: nothing yet, or nobody here knows. */
  readonly said: QueueSaid | undefined;
}

/** Presses it who would rather be called back. */
export const CALLBACK_KEY = '1';
/** Of the same place, no sooner: music is easier to bear than the same sentence. */
const AGAIN_AFTER_S = 60;

/** Asked each time when there is something to be played; mostly there is nothing to say. */
export function queueWords(moment: QueueMoment): { say: Spoken[]; said: QueueSaid } {
  const { position, waitedS, language, mayCallBack, said } = moment;
  if (said !== undefined && !isDue(said, moment)) return { say: [], said };
  const words = spoken(language);
  const times = (said?.times ?? 0) + 1;
  const say = [words.place(position, minutesOf(moment))];
  if (mayCallBack && times % 2 === 1) say.push(words.pressToBeCalledBack(CALLBACK_KEY));
  return { say, said: { position, atS: waitedS, times } };
}

/** Where less time has passed than when it was said, it was said of another wait. */
const isDue = (said: QueueSaid, { position, waitedS }: QueueMoment): boolean =>
  position !== said.position || waitedS < said.atS || waitedS - said.atS >= AGAIN_AFTER_S;

/** Whole minutes; 0 is less than one. */
function minutesOf({ position, averageS, destination }: QueueMoment): number {
  const { minutesACall, longestWaitMin } = destination.queue;
  const waitS = position * (averageS > 0 ? averageS : minutesACall * 60);
  return waitS < 60 ? 0 : Math.min(Math.ceil(waitS / 60), longestWaitMin);
}
