// The thread on which a changed roster is read.
import { parentPort, workerData } from 'node:worker_threads';
import { LivelineError, messageOf } from '../base/errors.ts';
import { readRoster, type Aside, type RosterSource } from './roster.ts';

const answer = await readRoster(workerData as RosterSource).then(
  (read): Aside => ({ read }),
  (thrown: unknown): Aside => ({
    fault: { code: thrown instanceof LivelineError ? thrown.code : undefined, message: messageOf(thrown) },
  }),
);
parentPort?.postMessage(answer);
