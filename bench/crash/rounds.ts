// The rounds of a crash test: a server process after another on one DATA_DIR, each killed at its moment; one last start that
// drains and stops; then the judge.
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../barge-in/sounds.ts';
import { judge, type Verdict } from './judge.ts';
import { Ledger } from './ledger.ts';
import { roundOf, type Moment, type Round } from './plan.ts';
import { processesIn, serversIn } from './processes.ts';
import { Victim } from './victim.ts';

export interface Start {
  readonly ms: number;
  /** What it found: no database at all, a server that runs, or one that was killed. */
  readonly found: 'nothing' | 'running' | 'stopped';
}

export interface CrashReport {
  readonly verdict: Verdict;
  readonly safeIn: Ledger['safeIn'];
  readonly starts: readonly Start[];
  /** Servers that were left running: how many of them the next start found, of how many. */
  readonly foundAgain: number;
  readonly leftRunning: number;
  /** Everything that was not as it must be, for people. */
  readonly faults: readonly string[];
  /** Ledgers and logs of the rounds; undefined: all went well, and they are gone. */
  readonly kept: string | undefined;
}

export interface CrashOptions {
  readonly kills: readonly Moment[];
  readonly seed: number;
  /** At once. */
  readonly calls: number;
  readonly onRound?: (round: number, kill: Moment, start: Start | undefined) => void;
}

/** A start that takes longer hangs, and so would those after it. */
const READY_WITHIN_MS = 60_000;
/** The last start may have to wait for the next look for calls of dead processes, a minute after the first. */
const DRAINED_WITHIN_MS = 150_000;
const SERVER_STOPS_WITHIN_MS = 20_000;
/** A server that finds the folder taken says so and ends. */
const RIVAL_ENDS_WITHIN_MS = 1_000;

export async function crash(options: CrashOptions): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'liveline-crash-'));
  const dataDir = mkdtempSync(join(tmpdir(), 'liveline-crash-data-'));
  const test = new CrashTest(folder, dataDir, options);
  try {
    const report = await test.run();
    if (report.faults.length > 0) return { ...report, kept: folder };
    rmSync(folder, { recursive: true });
    return report;
  } finally {
    await test.letGo();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

class CrashTest {
  readonly #folder: string;
  readonly #dataDir: string;
  readonly #postgres: string;
  readonly #options: CrashOptions;
  readonly #ledgers: string[] = [];
  readonly #starts: Start[] = [];
  readonly #faults: string[] = [];
  #victim: Victim | undefined;
  /** The server that the round before left running. */
  #left: number | undefined;
  #leftRunning = 0;
  #foundAgain = 0;

  constructor(folder: string, dataDir: string, options: CrashOptions) {
    this.#folder = folder;
    this.#dataDir = dataDir;
    this.#postgres = join(dataDir, 'postgres');
    this.#options = options;
  }

  async run(): Promise<CrashReport> {
    const { kills, seed, onRound } = this.#options;
    const random = seeded(seed);
    for (const [at, kill] of kills.entries()) {
      const start = await this.#round(at + 1, roundOf(kill, random));
      onRound?.(at + 1, kill, start);
    }
    await this.#lastStart();
    const ledger = new Ledger();
    for (const path of this.#ledgers) ledger.read(path);
    const verdict = await judge(this.#dataDir, ledger);
    this.#checkNobodyLeft('after the judge');
    this.#faults.push(
      ...verdict.missing.map((what) => `missing: ${what}`),
      ...verdict.strange.map((what) => `strange: ${what}`),
      ...verdict.open.map((id) => `call ${id} never ended`),
    );
    return {
      verdict,
      safeIn: ledger.safeIn,
      starts: this.#starts,
      foundAgain: this.#foundAgain,
      leftRunning: this.#leftRunning,
      faults: this.#faults,
      kept: undefined,
    };
  }

  /** Kills what a failed run left; stops the server. */
  async letGo(): Promise<void> {
    await this.#victim?.kill();
    this.#giveBackAccess();
    this.#endServers('SIGINT');
    await this.#untilNoServer();
  }

  async #round(number: number, round: Round): Promise<Start | undefined> {
    const victim = this.#spawn(`round-${String(number).padStart(3, '0')}`, this.#options.calls);
    let start: Start | undefined;
    if (round.kill === 'start') await sleep(round.afterMs);
    else start = await this.#ready(victim, number);
    await this.#checkServers(number, start !== undefined);
    switch (round.kill) {
      case 'start':
        break;
      case 'flush':
        await victim.acknowledged(round.afterAcks);
        await sleep(round.afterMs);
        break;
      case 'any':
      case 'postmaster':
        await sleep(round.afterMs);
        break;
      case 'away':
        await victim.acknowledged(round.afterAcks);
        this.#takeAccess();
        this.#endServers('SIGINT');
        await sleep(round.afterMs);
        break;
    }
    if (round.kill !== 'start') await this.#checkServers(number, round.kill !== 'away');
    if (round.kill === 'postmaster') this.#endServers('SIGKILL');
    await victim.kill();
    this.#giveBackAccess();
    const code = await victim.gone;
    if (code !== null) this.#faults.push(`round ${number}: it ended by itself (${code}): ${victim.errors}`);
    if (round.kill === 'away') await this.#untilNoServer();
    this.#left = round.kill === 'postmaster' ? undefined : this.#servers()[0]?.pid;
    return start;
  }

  async #lastStart(): Promise<void> {
    const victim = this.#spawn('last', 0);
    await this.#ready(victim, this.#options.kills.length + 1);
    const code = await Promise.race([
      victim.gone,
      sleep(DRAINED_WITHIN_MS, 'hangs' as const, { ref: false }),
    ]);
    if (code !== 0) this.#faults.push(`the last process did not stop cleanly (${code}): ${victim.errors}`);
    await victim.kill();
    this.#checkNobodyLeft('after the clean stop');
    const spool = readdirSync(join(this.#dataDir, 'spool'), { recursive: true, encoding: 'utf8' });
    if (spool.length > 0) this.#faults.push(`in the spool after the clean stop: ${spool.join(', ')}`);
  }

  #spawn(name: string, calls: number): Victim {
    const ledger = join(this.#folder, `${name}.ledger`);
    const log = join(this.#folder, `${name}.log`);
    // A process that is killed early makes none.
    writeFileSync(ledger, '');
    this.#ledgers.push(ledger);
    return (this.#victim = new Victim({ dataDir: this.#dataDir, ledger, log, calls }));
  }

  async #ready(victim: Victim, number: number): Promise<Start> {
    const found = number === 1 ? 'nothing' : this.#left === undefined ? 'stopped' : 'running';
    const ms = await Promise.race([victim.ready, sleep(READY_WITHIN_MS, undefined, { ref: false })]);
    if (ms === undefined)
      throw new Error(
        `round ${number}: it ended, or was not ready within ${READY_WITHIN_MS / 1_000} s; its log is in ${this.#folder}. ${victim.errors}`,
      );
    const start: Start = { ms, found };
    this.#starts.push(start);
    return start;
  }

  /** At most one at any time; exactly one where the database is there; and where one was left running, that one. */
  async #checkServers(number: number, isThere: boolean): Promise<void> {
    if (this.#servers().length > 1) await sleep(RIVAL_ENDS_WITHIN_MS);
    const servers = this.#servers();
    if (servers.length > 1 || (isThere && servers.length === 0)) {
      const commands = servers.map(({ command }) => command).join('; ');
      this.#faults.push(`round ${number}: ${servers.length} servers on the folder: ${commands}`);
    }
    if (this.#left === undefined) return;
    this.#leftRunning += 1;
    if (servers[0]?.pid === this.#left) this.#foundAgain += 1;
    else this.#faults.push(`round ${number}: server ${this.#left} was left running, and was not used`);
    this.#left = undefined;
  }

  #servers(): ReturnType<typeof serversIn> {
    return serversIn(this.#dataDir);
  }

  #endServers(signal: 'SIGINT' | 'SIGKILL'): void {
    for (const { pid } of this.#servers()) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended meanwhile.
      }
    }
  }

  #checkNobodyLeft(when: string): void {
    for (const { pid, command } of processesIn(this.#dataDir))
      this.#faults.push(`${when}: process ${pid} still runs: ${command}`);
  }

  /** Without its password the server can neither be entered nor be started: for us the database is away. */
  #takeAccess(): void {
    renameSync(join(this.#postgres, 'liveline.json'), join(this.#folder, 'access'));
  }

  #giveBackAccess(): void {
    const taken = join(this.#folder, 'access');
    if (existsSync(taken)) renameSync(taken, join(this.#postgres, 'liveline.json'));
  }

  async #untilNoServer(): Promise<void> {
    const giveUpMs = performance.now() + SERVER_STOPS_WITHIN_MS;
    while (this.#servers().length > 0 && performance.now() < giveUpMs) await sleep(50);
  }
}
