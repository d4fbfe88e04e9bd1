// One trial: the whole server with its callers, a scene that strikes its database, and what became of both. Judges
// nothing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startApp } from '../../src/app.ts';
import type { Clock } from '../../src/base/clock.ts';
import { createLog, silentLog } from '../../src/base/log.ts';
import { readConfig } from '../../src/config.ts';
import { startModel } from '../../src/simulator/model/server.ts';
import { startNetwork } from '../../src/simulator/phone/network.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Backlog } from '../../src/store/write-behind/write-behind.ts';
import { tcpProxy } from '../../test/doubles/tcp-proxy.ts';
import { Audit, type Audited } from './audit.ts';
import { AGENT, Callers, conversation, EXCHANGE_MS, pause, TOOLS, type Heard } from './callers.ts';
import { flood } from './flood.ts';
import type { Scene } from './scenes.ts';

export interface TrialOptions {
  readonly scene: Scene;
  readonly calls: number;
  readonly seconds: number;
  /** An empty database, straight; for scenes behind a proxy. */
  readonly url: string;
  readonly clock: Clock;
}

export interface Outcome {
  readonly scene: Scene;
  readonly heard: Heard;
  /** Since the strike, until all was caught up; of the machine's clock. */
  readonly loop: { readonly p99Ms: number; readonly maxMs: number };
  readonly most: { readonly queued: number; readonly spooledItems: number };
  readonly spooled: number;
  /** Since it was back, or, of a moment, since the strike. Undefined: never. */
  readonly caughtUpMs: number | undefined;
  readonly backlog: Backlog;
  readonly audited: Audited;
  /** Lines of the server's log from `warn` on: what they say, and how often. */
  readonly said: ReadonlyMap<string, number>;
}

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'bench-token' };
/** All the first callers talk by then. */
const LEAD_MS = 4_000;
const PLACED_WITHIN_MS = 2_000;
/** They talk on for so long after it is back. */
const TAIL_MS = 8_000;
const MOMENT_MS = 1_000;
const LOOKS_EVERY_MS = 50;
/** Longer than the longest pause between two tries to reach a database (reach.ts) and a write that hangs. */
const CAUGHT_UP_WITHIN_MS = 60_000;
const ALL_TOLD_WITHIN_MS = 5_000;

export async function trial({ scene, calls, seconds, url, clock }: TrialOptions): Promise<Outcome> {
  await using held = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), 'liveline-away-'));
  held.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const agentsDir = join(dataDir, 'agents');
  const outageMs = scene.lasts === 'moment' ? MOMENT_MS : seconds * 1_000;
  const early = Math.ceil((LEAD_MS + outageMs + TAIL_MS) / EXCHANGE_MS);
  const late = Math.ceil((outageMs / 2 + TAIL_MS) / EXCHANGE_MS);

  const model = await startModel({ script: conversation(early), clock });
  held.defer(() => model.close());
  const network = await startNetwork({ ...ACCOUNT, clock });
  held.defer(() => network.close());
  const straight = new URL(url);
  const proxy =
    scene.database === 'embedded' ? undefined : await tcpProxy(straight.hostname, Number(straight.port));
  held.defer(() => proxy?.end());
  const way = new URL(url);
  if (proxy) way.host = `127.0.0.1:${proxy.port}`;
  makeAgent(agentsDir);
  const config = readConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    AGENTS_DIR: agentsDir,
    ...(proxy && { DATABASE_URL: way.href }),
    GEMINI_BASE_URL: model.url,
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_API_BASE_URL: network.url,
  });
  const said = new Map<string, number>();
  const log = createLog({ level: 'warn', secrets: [], destination: { write: (line) => count(said, line) } });
  const audit = new Audit();
  const app = await startApp({ ...config, data: { ...config.data, spoolBytes: scene.spoolBytes } }, log, {
    clock,
    onSafe: audit.onSafe,
  });
  // Twice: calls that a fault left open are not waited for.
  held.defer(() => Promise.all([app.stop(), app.stop()]).then(() => undefined));
  audit.listenTo(app.notices);
  const callers = new Callers(app, network);

  const first = Math.ceil((calls * 3) / 4);
  await callers.placeWithin(first, PLACED_WITHIN_MS, early, clock);
  await pause(clock, LEAD_MS - PLACED_WITHIN_MS);

  const most = { queued: 0, spooledItems: 0 };
  held.defer(
    clock.every(LOOKS_EVERY_MS, () => {
      most.queued = Math.max(most.queued, app.backlog.queued);
      most.spooledItems = Math.max(most.spooledItems, app.backlog.spooledItems);
    }),
  );
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const struckMs = clock.nowMs();
  const toldAtStrike = audit.told;
  await scene.strike({ proxy, dataDir });
  const endFlood = scene.isFlooded ? flood(app.notices, outageMs / 3, clock) : undefined;
  const placing = callers.placeWithin(calls - first, outageMs, late, clock);
  if (scene.lasts === 'while') await pause(clock, struckMs + outageMs - clock.nowMs());
  endFlood?.();
  const backMs = clock.nowMs();
  // A moment is over once something that was told after it is in the database.
  const toldBefore = scene.lasts === 'while' ? audit.told : toldAtStrike + 1;
  await scene.undo({ proxy, dataDir });
  const isCaughtUp = (told: number): boolean =>
    audit.taken + app.backlog.lost >= told && app.backlog.spooledItems === 0;
  const isBack = await within(clock, CAUGHT_UP_WITHIN_MS, () => isCaughtUp(toldBefore));
  const caughtUpMs = clock.nowMs() - (scene.lasts === 'moment' ? struckMs : backMs);
  delay.disable();
  await placing;

  const heard = await callers.judge();
  await within(clock, CAUGHT_UP_WITHIN_MS, () => isCaughtUp(audit.told));
  const database = openDatabase({ url: proxy && url, dataDir, log: silentLog });
  held.defer(() => database.close());
  await database.ready();
  let audited = await audit.judge(database);
  const allTold = async (): Promise<boolean> => {
    audited = await audit.judge(database);
    return audited.saidByRecords === audited.missing;
  };
  await within(clock, ALL_TOLD_WITHIN_MS, allTold);
  return {
    ...{ scene, heard, most, spooled: audit.spooled, backlog: app.backlog, audited, said },
    loop: { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 },
    caughtUpMs: isBack ? caughtUpMs : undefined,
  };
}

function makeAgent(dir: string): void {
  mkdirSync(dir);
  writeFileSync(join(dir, 'agent.yaml'), AGENT);
  writeFileSync(join(dir, 'look-around.ts'), TOOLS);
}

function count(said: Map<string, number>, line: string): void {
  const { msg } = JSON.parse(line) as { msg: string };
  said.set(msg, (said.get(msg) ?? 0) + 1);
}

/** Whether it came to that in time. */
async function within(clock: Clock, ms: number, isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  const untilMs = clock.nowMs() + ms;
  while (!(await isSo())) {
    if (clock.nowMs() > untilMs) return false;
    await pause(clock, LOOKS_EVERY_MS);
  }
  return true;
}
