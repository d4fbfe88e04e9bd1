// Two diallers that may die at any await, a carrier, and what it tells of its calls, in any order: moved step by step, and judged.
import { expect } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { startDialler } from '../../src/campaign/dialler.ts';
import { placedCalls } from '../../src/campaign/placed.ts';
import { unwrittenAttempts } from '../../src/campaign/unwritten.ts';
import type { CallStatus } from '../../src/carrier/webhooks.ts';
import { Mortal } from './mortal.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, easyRules, numberOf, signal, type rig } from './rig.ts';
import type { CarriersCall, Fate } from './scripted-carrier.ts';

export type End = 'human' | 'busy' | 'no-answer' | 'failed';
export type Step =
  | { readonly do: 'look'; readonly nodes: readonly (0 | 1)[] }
  | { readonly do: 'crash'; readonly node: 0 | 1; readonly awaits: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'tell'; readonly pick: number; readonly again: boolean }
  /** Somebody picks up, and whichever process is asked talks with them. */
  | { readonly do: 'answer'; readonly pick: number }
  | { readonly do: 'move'; readonly to: 'paused' | 'running' }
  | { readonly do: 'lists'; readonly how: 'calls' | 'away' };

export const CONTACTS = 4;
const MOST_ATTEMPTS = 3;
/** So long a call takes, by the carrier. */
const CALL_MS = 8 * SECOND_MS;

const FINAL: Readonly<Record<End, CallStatus>> = {
  human: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
};
const tellingOf = (end: End): CallStatus[] => [
  'queued',
  'ringing',
  ...(end === 'human' ? (['in-progress'] as const) : []),
  FINAL[end],
];

/** How often somebody is called for whom this is what comes of the calls. */
const callsFor = (script: readonly End[]): number => {
  const last = script.findIndex((end) => end === 'human' || end === 'failed');
  return last < 0 ? MOST_ATTEMPTS : last + 1;
};

type Shared = Awaited<ReturnType<typeof rig>>;

interface LivingNode {
  readonly mortal: Mortal;
  readonly look: () => Promise<void>;
  readonly hear: (call: CarriersCall, status: CallStatus) => Promise<void>;
  /** Whether they were spoken to, and it is written down. */
  readonly answer: (call: CarriersCall) => Promise<boolean>;
}

export class World {
  readonly #shared: Shared;
  readonly #scripts: readonly (readonly End[])[];
  readonly #untold: { call: CarriersCall; status: CallStatus }[] = [];
  #nodes: [LivingNode, LivingNode];
  readonly #mute: readonly boolean[];
  readonly #pickedUp = new Set<string>();
  readonly #spokenTo = new Set<string>();
  #seen = 0;

  /** `mute`: of these calls the carrier tells nothing by itself. */
  constructor(
    shared: Shared,
    fates: readonly Fate[],
    scripts: readonly (readonly End[])[],
    mute: readonly boolean[],
  ) {
    this.#shared = shared;
    this.#mute = mute;
    this.#scripts = scripts;
    const { carrier } = shared;
    carrier.calls.length = carrier.asked.length = 0;
    carrier.lists = 'calls';
    carrier.fate = (_, asked) => fates[asked - 1] ?? 'accepts';
    carrier.statusOf = (call) =>
      shared.clock.epochMs() - call.atMs < CALL_MS ? 'ringing' : FINAL[this.#endOf(call)];
    shared.rules.now = easyRules({ callerId: () => ({ from: numberOf(900) }) });
    this.#nodes = [this.#spawn(), this.#spawn()];
  }

  async take(what: Step): Promise<void> {
    switch (what.do) {
      case 'look':
        await Promise.all(what.nodes.map((node) => this.#look(node)));
        break;
      case 'crash':
        this.#nodes[what.node].mortal.diesIn(what.awaits);
        break;
      case 'advance':
        this.#shared.clock.advance(what.ms);
        break;
      case 'tell':
        this.#takeNew();
        await this.#tell(what.pick, what.again);
        break;
      case 'answer':
        await this.#answer(what.pick);
        break;
      case 'move':
        await this.#move(what.to);
        break;
      case 'lists':
        this.#shared.carrier.lists = what.how;
    }
  }

  /** All is well again, and everything is told. */
  async toTheEnd(): Promise<void> {
    this.#shared.carrier.lists = 'calls';
    await this.#move('running');
    for (const { mortal } of this.#nodes) mortal.kill();
    this.#nodes = [this.#spawn(), this.#spawn()];
    for (let round = 0; round < 200; round += 1) {
      this.#takeNew();
      while (this.#untold.length > 0) await this.#tell(0, false);
      await this.#look(0);
      const open = (await this.#shared.contacts()).filter((line) => /^(waiting|dialling)/.test(line));
      if (open.length === 0) break;
      this.#shared.clock.advance([4 * SECOND_MS, 31 * SECOND_MS, 11 * MINUTE_MS, HOUR_MS][round % 4]!);
    }
    for (const { mortal } of this.#nodes) mortal.kill();
  }

  async check(audited: number): Promise<void> {
    const { carrier, query } = this.#shared;
    const perAttempt = Map.groupBy(carrier.calls, ({ attempt }) => attempt);
    for (const [attempt, calls] of perAttempt) expect(calls.length, `calls of attempt ${attempt}`).toBe(1);
    const perNumber = Map.groupBy(carrier.calls, ({ to }) => to);
    for (const [n, script] of this.#scripts.entries()) {
      const calls = perNumber.get(numberOf(n + 1)) ?? [];
      expect(calls.length, `calls to contact ${n + 1}: ${script.join(' ')}`).toBe(callsFor(script));
      for (const [at, call] of calls.entries())
        if (at > 0) expect(call.atMs, 'one after the other').toBeGreaterThan(calls[at - 1]!.atMs + CALL_MS);
    }
    const over = await query<{ id: string; call_id: string; outcome: string }>(
      `select id, call_id, outcome from liveline.attempts where state = 'over'`,
    );
    expect(new Set(over.map(({ call_id }) => call_id))).toEqual(
      new Set(carrier.calls.map(({ id }) => String(id))),
    );
    for (const call of carrier.calls.filter((each) => this.#endOf(each) === 'human')) {
      const outcome = over.find(({ call_id }) => call_id === call.id)?.outcome;
      if (this.#spokenTo.has(call.id)) expect(outcome, 'they were spoken to').toBe('human');
      else if (!this.#pickedUp.has(call.id)) expect(outcome, 'nobody spoke to them').toBe('abandoned');
    }
    const left = await query(`select id from liveline.attempts where state not in ('over', 'void')`);
    expect(left, 'attempts that nobody settled').toEqual([]);
    const contacts = await query(
      `select id from liveline.campaign_contacts where state not in ('done', 'never')`,
    );
    expect(contacts, 'contacts that were lost').toEqual([]);
    const lines = await query<{ attempt_id: string; decision: string; state: string; times: string }>(
      `select a.id as attempt_id, a.state, d.decision, count(*) as times from liveline.attempts a
       join liveline.dial_audit d on d.attempt_id = a.id and d.id > ${audited} group by 1, 2, 3`,
    );
    const attempts = await query<{ id: string; state: string }>('select id, state from liveline.attempts');
    for (const { id, state } of attempts) {
      const of = lines.filter((line) => line.attempt_id === id);
      const times = (decision: string) => Number(of.find((line) => line.decision === decision)?.times ?? 0);
      expect(times('dial'), 'never an attempt without a line').toBeGreaterThanOrEqual(1);
      if (state === 'over') expect(times('settle')).toBe(1);
      else expect(times('void')).toBeGreaterThanOrEqual(1);
    }
  }

  #endOf(call: CarriersCall): End {
    const calls = this.#shared.carrier.calls.filter(({ to }) => to === call.to);
    const n = Array.from({ length: CONTACTS }, (_, at) => numberOf(at + 1)).indexOf(
      call.to as ReturnType<typeof numberOf>,
    );
    return this.#scripts[n]?.[calls.indexOf(call)] ?? 'human';
  }

  #takeNew(): void {
    const { calls } = this.#shared.carrier;
    for (; this.#seen < calls.length; this.#seen += 1) {
      const call = calls[this.#seen]!;
      if (this.#mute[this.#seen]) continue;
      this.#untold.push(...tellingOf(this.#endOf(call)).map((status) => ({ call, status })));
    }
  }

  async #tell(pick: number, again: boolean): Promise<void> {
    const at = this.#untold.length === 0 ? 0 : pick % this.#untold.length;
    const told = again ? this.#untold[at] : this.#untold.splice(at, 1)[0];
    if (!told) return;
    const isLasting = FINAL[this.#endOf(told.call)] === told.status;
    // An end is not told before it has come.
    if (isLasting && this.#shared.clock.epochMs() - told.call.atMs < CALL_MS)
      this.#shared.clock.advance(CALL_MS);
    const node = this.#nodes[pick % 2 === 0 ? 0 : 1];
    await Promise.race([node.hear(told.call, told.status), node.mortal.died]);
    this.#reviveDead();
  }

  async #answer(pick: number): Promise<void> {
    const rings = this.#shared.carrier.calls.filter(
      (call) => this.#endOf(call) === 'human' && this.#shared.clock.epochMs() - call.atMs < CALL_MS,
    );
    const call = rings[pick % Math.max(1, rings.length)];
    if (!call) return;
    this.#pickedUp.add(call.id);
    const node = this.#nodes[pick % 2 === 0 ? 0 : 1];
    const isSpokenTo = await Promise.race([node.answer(call), node.mortal.died.then(() => false)]);
    if (isSpokenTo) this.#spokenTo.add(call.id);
    this.#reviveDead();
  }

  async #move(to: 'paused' | 'running'): Promise<void> {
    const { store, clock } = this.#shared;
    const from = to === 'paused' ? 'running' : 'paused';
    for (const { id } of await store.list([from]))
      await store.move(id, { from: [from], to, rule: `campaign.${to}`, nowMs: clock.epochMs() });
  }

  async #look(at: 0 | 1): Promise<void> {
    const node = this.#nodes[at];
    await Promise.race([node.look(), node.mortal.died]);
    this.#reviveDead();
  }

  #reviveDead(): void {
    for (const at of [0, 1] as const) if (this.#nodes[at].mortal.isDead) this.#nodes[at] = this.#spawn();
  }

  #spawn(): LivingNode {
    const mortal = new Mortal();
    const { store, carrier, clock, optionsOf } = this.#shared;
    const options = optionsOf({
      store: mortal.sees(store),
      carrier: mortal.sees(carrier),
      clock: mortal.clock(clock, 3 * SECOND_MS),
      unwritten: unwrittenAttempts(silentLog),
      log: silentLog,
    });
    // It looks when it is told to, so that a run can be had again.
    const dialler = startDialler({ ...options, clock: { ...options.clock, every: () => () => undefined } });
    const placed = placedCalls(options);
    return {
      mortal,
      look: () => dialler.look(),
      async answer({ attempt, id }) {
        if (!(await placed.calls.find(attempt, id, signal))) return false;
        placed.facts.spoke(id, 300);
        await options.unwritten.write();
        return true;
      },
      async hear({ attempt, id }, status) {
        placed.news.status({ attempt, id, status });
        await options.unwritten.write();
      },
    };
  }
}
