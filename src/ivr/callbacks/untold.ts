// What became of callbacks and is not written down yet.
import type { Log } from '../../base/log.ts';
import { PendingWrites } from '../../store/pending-writes.ts';

/** Some for each of more callbacks than a line can ring at once. */
const MOST = 1_000;

export const untoldCallbacks = (log: Log): PendingWrites =>
  new PendingWrites({
    ...{ most: MOST, subject: 'callback', log },
    givenUp:
      'too much waits for the database, so what became of a callback is not written down: it will be in doubt',
    refused: 'the database refuses what became of a callback: it will be in doubt',
  });
