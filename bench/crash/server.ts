// The process that a crash test kills: the real server on the embedded database in DATA_DIR, with phones and a model of its
// own, noting in a ledger what its calls wrote and what of it was acknowledged.
// node bench/crash/server.ts DATA_DIR LEDGER LOG CALLS; with CALLS 0 it writes out what is left of others, and stops.
import { appendFileSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp, type App } from '../../src/app.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createLog } from '../../src/base/log.ts';
import { readConfig } from '../../src/config.ts';
import { startRecorder } from '../../src/records/recorder.ts';
import { startModel } from '../../src/simulator/model/server.ts';
import { startNetwork } from '../../src/simulator/phone/network.ts';
import type { CallerStep } from '../../src/simulator/phone/script.ts';
import { fixture, wav } from '../rehearsal/rehearsal.ts';
import { noteMade, noteSafe } from './ledger.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'bench' };
/** A server looks for calls of dead processes every minute (records/books.ts). */
const DRAINS_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 100;

export type FromServer = { readonly type: 'ready' | 'safe' };

const [dataDir = '', ledgerPath = '', logPath = '', calls = '0'] = process.argv.slice(2);
const tell = (message: FromServer): void => {
  if (process.connected) process.send?.(message);
};
// Nobody would kill it any more.
process.once('disconnect', () => process.exit(1));

const ledger = openSync(ledgerPath, 'a');
const log = createLog({
  level: 'info',
  secrets: [ACCOUNT.authToken],
  destination: { write: (line) => appendFileSync(logPath, line) },
});
const clock = systemClock;
const model = await startModel({ script: fixture('scripts/receptionist.yaml'), clock });
const network = await startNetwork({ ...ACCOUNT, clock });
const config = readConfig({
  PORT: '0',
  HOST: '127.0.0.1',
  DATA_DIR: dataDir,
  AGENTS_DIR: fixture('agents'),
  GEMINI_BASE_URL: model.url,
  TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
  TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
  TWILIO_API_BASE_URL: network.url,
});
const app = await startApp(config, log, {
  clock,
  onSafe(writes, where) {
    noteSafe(ledger, writes, where);
    tell({ type: 'safe' });
  },
});
// The same notices give the same writes: a second recorder says what the server's own has made.
startRecorder({
  notices: app.notices,
  write: (write) => noteMade(ledger, write),
  node: '',
  rehearsal: config.rehearsal,
  logsCalls: true,
});
tell({ type: 'ready' });
if (Number(calls) > 0) for (let n = 0; n < Number(calls); n++) keepCalling(n);
else await drainAndStop();

/** Every third caller hangs up soon; the others talk, and all of them press keys, each of which is an event. */
function keepCalling(n: number): void {
  const keys = (many: number): CallerStep[] =>
    Array.from({ length: many }, (_, at) => ({ press: String(at % 10), when: { afterMs: 40 + 7 * n } }));
  const script: CallerStep[] =
    n % 3 === 0
      ? [...keys(8), { hangUp: true, when: { afterMs: 60 } }]
      : [
          ...keys(10),
          { say: wav('caller/look-me-up'), when: { afterMs: 0 } },
          ...keys(40),
          { say: wav('caller/interrupt'), when: { afterMs: 0 } },
          ...keys(40),
        ];
  const from = `+1555010${String(1_000 + n)}`;
  const call = network.placeCall({ baseUrl: app.publicBaseUrl, from, script, keepSound: false });
  void call.done.then(() => keepCalling(n));
}

async function drainAndStop(): Promise<void> {
  const giveUpMs = clock.nowMs() + DRAINS_WITHIN_MS;
  while (clock.nowMs() < giveUpMs && !(await isDrained(app))) await sleep(LOOK_EVERY_MS);
  await network.close();
  await app.stop();
  await model.close();
  process.removeAllListeners('disconnect');
  process.disconnect();
}

async function isDrained({ backlog, records }: App): Promise<boolean> {
  if (backlog.queued > 0 || backlog.spooledItems > 0) return false;
  const { calls: open } = await records.find({ outcome: 'in-progress', limit: 1 });
  return open.length === 0;
}
