// The rounds of the crash test: a dialler process after another on one database and one carrier, each killed at its moment; the last
// one is let finish; then the judge.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { silentLog } from '../../src/base/log.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { freePort } from '../../test/doubles/free-port.ts';
import { seeded } from '../barge-in/sounds.ts';
import { Carrier, type Traffic } from './carrier.ts';
import { fastClock } from './fast-clock.ts';
import { judge, type Verdict } from './judge.ts';
import { ACCOUNT, numberOf } from './plan.ts';
import type { FromProcess } from './process.ts';

export interface CampaignCrashOptions {
  /** Of a migrated or empty database that nobody else uses. */
  readonly databaseUrl: string;
  readonly contacts: number;
  readonly kills: number;
  readonly seed: number;
  readonly onRound?: (round: number, kill: Kill, open: number) => void;
}

export interface CampaignCrashReport {
  readonly verdict: Verdict;
  readonly kills: Readonly<Record<Kill, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly traffic: Readonly<Traffic>;
  /** Contacts that were still to be called at the last kill: as long as there are some, every kill met a campaign at work. */
  readonly openAtLastKill: number;
  readonly tookMs: number;
  /** Of the processes that ended by themselves. */
  readonly errors: readonly string[];
}

/** At any time · when the carrier has taken a call and not answered yet · as soon as it has answered. */
export type Kill = 'any' | 'accepted' | 'answered';
const KILLS: readonly Kill[] = ['accepted', 'any', 'answered'];

const PROCESS = join(import.meta.dirname, 'process.ts');
const READY_WITHIN_MS = 30_000;
const LATEST_KILL_MS = 600;
/** The dialler dials nobody while it looks for calls that it has lost. */
const LATEST_AMBUSH_MS = 3_000;
const DONE_WITHIN_MS = 600_000;

export async function campaignCrash(options: CampaignCrashOptions): Promise<CampaignCrashReport> {
  const database = openDatabase({ url: options.databaseUrl, dataDir: '', log: silentLog });
  const startedAtMs = Date.now();
  const random = seeded(options.seed);
  const clock = fastClock(startedAtMs);
  const carrier = new Carrier(clock, options.seed);
  // Each process loads the same code.
  const cacheDir = mkdtempSync(join(tmpdir(), 'liveline-crash-code-'));
  try {
    await database.ready();
    const numbers = Array.from({ length: options.contacts }, (_, n) => numberOf(n));
    await fill(database, numbers, clock.epochMs());
    const carrierUrl = await carrier.open();
    // Whoever comes next is reached where the one before was.
    const port = String(await freePort());
    // So few at once that the campaign lasts as long as the kills do.
    const atOnce = Math.max(20, Math.ceil(options.contacts / 20));
    const args = [options.databaseUrl, carrierUrl, port, String(startedAtMs), String(atOnce)];
    const start = (): Victim => new Victim(args, cacheDir, carrier);
    const errors: string[] = [];
    const end = async (victim: Victim, which: string): Promise<void> => {
      const code = await victim.kill();
      if (code !== null) errors.push(`${which}: it ended by itself (${code}): ${victim.errors}`);
    };
    const kills = { any: 0, accepted: 0, answered: 0 };
    let open = 0;
    for (let round = 0; round < options.kills; round += 1) {
      const victim = start();
      await victim.ready();
      const kill = await victim.meets(KILLS[round % KILLS.length]!, random);
      await end(victim, `round ${round + 1}`);
      kills[kill] += 1;
      open = await openContacts(database);
      options.onRound?.(round + 1, kill, open);
    }
    const last = start();
    await last.ready();
    await untilDone(database, carrier);
    await end(last, 'the last one');
    const verdict = await judge(database, carrier.taken, numbers, options.seed);
    const tookMs = Date.now() - startedAtMs;
    const { faults, traffic } = carrier;
    return { verdict, kills, faults: faults.counts, traffic, openAtLastKill: open, tookMs, errors };
  } finally {
    await Victim.killAll();
    await carrier.close();
    await database.close();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

async function fill(database: Database, numbers: readonly string[], nowMs: number): Promise<void> {
  const store = createCampaignStore(database, { account: ACCOUNT, node: 'judge', rehearsal: true });
  const { id } = await store.create({
    name: 'Crash',
    profile: 'Crash',
    settings: {},
    startsAtMs: undefined,
    nowMs,
  });
  await sql`
    insert into liveline.campaign_contacts (campaign_id, to_number, state, next_at)
    select ${id}, number, 'waiting', ${new Date(nowMs)} from unnest(${numbers}::text[]) as number`.execute(
    database.sql,
  );
  await store.move(id, { from: ['draft'], to: 'running', rule: 'campaign.started', nowMs });
}

async function openContacts({ sql: db }: Database): Promise<number> {
  const { rows } = await sql<{ open: number }>`
    select count(*)::integer as open from liveline.campaign_contacts where state in ('waiting', 'dialling')`.execute(
    db,
  );
  return rows[0]?.open ?? 0;
}

/** Those that never come to an end are the judge's. */
async function untilDone(database: Database, carrier: Carrier): Promise<void> {
  const untilMs = Date.now() + DONE_WITHIN_MS;
  const isDone = async (): Promise<boolean> => carrier.isQuiet && (await openContacts(database)) === 0;
  while (Date.now() < untilMs) {
    if (await isDone()) {
      // What is told late of the last call opens its contact again, if it matters.
      await sleep(500);
      if (await isDone()) return;
    }
    await sleep(200);
  }
}

class Victim {
  static readonly #living = new Set<Victim>();
  readonly #process: ChildProcess;
  readonly #carrier: Carrier;
  readonly #gone: Promise<number | null>;
  #errors = '';

  /** `cacheDir`: where compiled code is kept from one to the next. */
  constructor(args: readonly string[], cacheDir: string, carrier: Carrier) {
    const { PATH = '', HOME = '' } = process.env;
    // Nothing else of the environment: a real key of the reader's must not reach it.
    const env = { PATH, HOME, NODE_COMPILE_CACHE: cacheDir };
    const options = { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] } as const;
    this.#process = spawn(process.execPath, [PROCESS, ...args], { ...options, stdio: [...options.stdio] });
    this.#carrier = carrier;
    this.#process.stderr?.on('data', (data: Buffer) => (this.#errors += data.toString()));
    this.#gone = once(this.#process, 'close').then(([code]) => code as number | null);
    Victim.#living.add(this);
  }

  static async killAll(): Promise<void> {
    for (const victim of this.#living) await victim.kill();
  }

  get errors(): string {
    return this.#errors;
  }

  async ready(): Promise<void> {
    const said = once(this.#process, 'message').then(([message]) => message as FromProcess);
    const late = sleep(READY_WITHIN_MS, undefined, { ref: false });
    const first = await Promise.race([said, this.#gone, late]);
    if (typeof first !== 'object' || first?.type !== 'ready')
      throw new Error(`a dialler process did not start: ${this.#errors}`);
  }

  /** Waits for the moment at which it is to die; where that does not come, any is. */
  async meets(kill: Kill, random: () => number): Promise<Kill> {
    const anyMs = random() * LATEST_KILL_MS;
    // Not the first call each time.
    await sleep(kill === 'any' ? anyMs : anyMs / 2);
    if (kill === 'any') return kill;
    const met = Promise.withResolvers<Kill>();
    this.#carrier.ambush = {
      at: kill,
      then: () => {
        this.#process.kill('SIGKILL');
        met.resolve(kill);
      },
    };
    const was = await Promise.race([met.promise, sleep(LATEST_AMBUSH_MS, 'any' as const)]);
    this.#carrier.ambush = undefined;
    return was;
  }

  /** Its exit code; null: it was killed. */
  async kill(): Promise<number | null> {
    this.#process.kill('SIGKILL');
    const code = await this.#gone;
    Victim.#living.delete(this);
    return code;
  }
}
