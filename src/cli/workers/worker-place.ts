// What a worker is told as it starts, in a variable of its environment: which one it is, and what it shares with the others.
import { z } from 'zod';
import type { Environment } from '../../config.ts';

const VARIABLE = 'LIVELINE_WORKER';

const Place = z.object({
  /** The lowest that no other worker has. */
  number: z.int(),
  /** Of a rehearsal: addresses of what stands in for the outside. */
  standIns: z.object({ model: z.string().optional(), phones: z.string().optional() }),
});
export type Place = z.infer<typeof Place>;

export const asVariable = (place: Place): Record<string, string> => ({ [VARIABLE]: JSON.stringify(place) });

/** Undefined: no worker. */
export function placeIn(environment: Environment): Place | undefined {
  const text = environment[VARIABLE];
  return text === undefined ? undefined : Place.parse(JSON.parse(text));
}
