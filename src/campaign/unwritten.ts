// What is known of attempts and not written down yet. What is lost with the process, the carrier is asked for later.
import type { Log } from '../base/log.ts';
import { PendingWrites } from '../store/pending-writes.ts';

/** A few for each call of the largest campaigns. */
const MOST = 10_000;

export type Unwritten = PendingWrites;

export const unwrittenAttempts = (log: Log): Unwritten =>
  new PendingWrites({
    ...{ most: MOST, subject: 'attempt', log },
    givenUp:
      'too much waits for the database: what was told of an attempt is not written down, and the carrier is asked for it later',
    refused: 'the database refuses what was told of an attempt: the carrier is asked for it later',
  });
