// How scripts and faults write a time: `300ms`, `1.5s`, `2m`. Knows nothing of what it is the time of.
import { z } from 'zod';

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000 } as const;
/** Longer ones overflow the timers of Node (2^31 - 1 ms) and fire at once. */
const LONGEST_MS = 24 * 60 * 60 * 1_000;

const error = 'expected a duration such as 300ms, 1.5s or 2m';
/** Whole milliseconds. */
export const duration = z
  .string({ error })
  .regex(DURATION, { error, abort: true })
  .transform((text) => {
    const [, amount, unit] = DURATION.exec(text)!;
    return Math.round(Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  })
  .refine((ms) => ms <= LONGEST_MS, 'expected a duration of at most a day');
