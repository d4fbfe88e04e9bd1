// Journals of one call, by several nodes, in any order, over a table whose answers come late, not at all, or after what was asked
// later: at any time one tenure at most may write, fences rise, and what is taken is the latest that was kept.
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { createJournalKeeper, type JournalKeeper } from '../../src/call/journal-keeper.ts';
import { createMemoryJournalTable } from '../../src/call/journal-memory.ts';
import type { JournalTable, JournalWrite } from '../../src/call/journal-table.ts';
import type { JournalEntry, Tenure } from '../../src/call/journal.ts';
import { journalEntryOf } from '../contracts/journals.contract.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const ID = callId('CA-a');
const NODES = ['one', 'other', 'third'];

/** `unanswered`: done, and nobody is told · `late`: nobody is told, and it is done after what is asked later. */
type Fate = 'done' | 'refused' | 'unanswered' | 'late';
type Act =
  | { do: 'open' | 'keep' | 'end' | 'flush'; node: number }
  | { do: 'take'; node: number; planned: boolean }
  | { do: 'hand'; node: number; to: number }
  | { do: 'late' }
  | { do: 'pass'; ms: number }
  | { do: 'perform'; which: number; fate: Fate };

const node = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat(NODES.length - 1) },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ do: 'late' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const), node }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('keep' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'flush' as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('take' as const), node, planned: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hand' as const), node, to: node }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 100, 250, 600) }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('perform' as const),
      which: fc.nat(3),
      fate: fc.oneof(
        { weight: 6, arbitrary: fc.constant('done' as const) },
        { weight: 4, arbitrary: fc.constantFrom('refused' as const, 'unanswered' as const, 'late' as const) },
      ),
    }),
  },
);

interface Held {
  readonly name: string;
  readonly at: number;
  readonly tenure: Tenure;
  /** What it was told to keep last; what it keeps is numbered. */
  kept: number;
  /** How often it was told that another node has the call. */
  readonly lost: () => number;
  is: 'held' | 'over' | 'handed';
}

const away = Object.assign(new Error('the connection was lost'), { code: '08006' });

class World {
  readonly clock = new ManualClock();
  readonly table = createMemoryJournalTable(this.clock);
  readonly #asked: ((fate: Fate) => void)[] = [];
  readonly #late: (() => void)[] = [];
  readonly keepers: readonly JournalKeeper[];
  readonly held: Held[] = [];
  /** By fence: who wrote with it, and how far. */
  readonly #writers = new Map<number, { name: string; kept: number }>();
  readonly faults: string[] = [];
  readonly #taking = new Set<number>();
  #fence = 0;
  #tenures = 0;
  #isCalm = false;
  /** A call begins on a node once, and not where it goes on: its id is the carrier's. */
  readonly #opened = new Set<number>();

  constructor() {
    this.keepers = NODES.map((name) =>
      createJournalKeeper({
        table: this.#faulty(),
        ...{ node: name, clock: this.clock, log: silentLog, ready: () => Promise.resolve() },
      }),
    );
  }

  /** What is asked waits until it is performed, in any order, as on several connections. */
  #faulty(): JournalTable {
    const ask = <Result>(work: () => Promise<Result>): Promise<Result> => {
      if (this.#isCalm) return work();
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      this.#asked.push((fate) => {
        if (fate === 'done') return void work().then(resolve);
        if (fate === 'unanswered') void work();
        if (fate === 'late') this.#late.push(() => void work());
        reject(away);
      });
      return promise;
    };
    const table = this.table;
    return {
      write: (name, writes) =>
        ask(async () => {
          const written = await table.write(name, writes);
          for (const write of writes) if (written.has(write.id)) this.#wrote(write);
          return written;
        }),
      standing: (ids) => ask(() => table.standing(ids)),
      take: (...of) => ask(() => table.take(...of)),
      handOver: (write, ...of) =>
        ask(async () => {
          // Where that node has it already, it is true without anything being written. Nothing comes between the two.
          const [before, isHanded] = await Promise.all([table.standing([ID]), table.handOver(write, ...of)]);
          if (isHanded && before.get(ID)?.fence === write.fence) this.#wrote(write);
          return isHanded;
        }),
      callsOf: (name) => table.callsOf(name),
    };
  }

  /** It is in the table now. */
  #wrote({ fence, entry }: JournalWrite): void {
    if (entry === null) return;
    const [name = '', kept] = (JSON.parse(entry) as JournalEntry).profile.split(' ');
    const before = this.#writers.get(fence);
    if (before) {
      if (name !== before.name) this.faults.push(`${name} wrote with the fence of ${before.name}`);
      if (Number(kept) < before.kept) this.faults.push(`${name} ${kept} was written after ${before.kept}`);
    }
    this.#writers.set(fence, { name, kept: Number(kept) });
  }

  async look(): Promise<void> {
    const fence = (await this.table.standing([ID])).get(ID)?.fence ?? 0;
    if (fence < this.#fence) this.faults.push(`the fence fell from ${this.#fence} to ${fence}`);
    this.#fence = fence;
  }

  entry(name: string, kept: number): JournalEntry {
    return journalEntryOf('a', { profile: `${name} ${kept}` });
  }

  /** A call that begins on a node, or goes on there. */
  #hold(at: number, of: { tenure: Tenure; name: string; lost: () => number }): void {
    this.held.push({ ...of, at, kept: 0, is: 'held' });
  }

  #teller(): { name: string; onLost: () => void; lost: () => number } {
    let lost = 0;
    return { name: `tenure-${(this.#tenures += 1)}`, onLost: () => void (lost += 1), lost: () => lost };
  }

  /** The latest of that node, as the call there has it. */
  latest(at: number): Held | undefined {
    return this.held.findLast((one) => one.at === at && one.is === 'held' && one.lost() === 0);
  }

  async do(what: Act): Promise<void> {
    const keeper = 'node' in what ? this.keepers[what.node]! : undefined;
    const held = 'node' in what ? this.latest(what.node) : undefined;
    switch (what.do) {
      case 'open': {
        if (this.#opened.has(what.node)) break;
        this.#opened.add(what.node);
        const { name, onLost, lost } = this.#teller();
        this.#hold(what.node, { name, lost, tenure: keeper!.open(this.entry(name, 0), onLost) });
        break;
      }
      case 'keep':
        if (held) held.tenure.keep(this.entry(held.name, (held.kept += 1)));
        break;
      case 'end':
        held?.tenure.end();
        if (held) held.is = 'over';
        break;
      case 'flush':
        void held?.tenure.flush(300);
        break;
      case 'take': {
        // Whoever has the call, or is about to, does not take it.
        if (held || this.#taking.has(what.node)) break;
        this.#taking.add(what.node);
        this.#opened.add(what.node);
        const { name, onLost, lost } = this.#teller();
        const taking = keeper!.take(ID, { planned: what.planned, withinMs: 1_000 }, onLost);
        const gone = (): undefined => undefined;
        void taking.catch(gone).then((taken) => {
          this.#taking.delete(what.node);
          if (!taken) return;
          this.#hold(what.node, { name, lost, tenure: taken.tenure });
          // As a call that goes on does.
          taken.tenure.keep(this.entry(name, 0));
        });
        break;
      }
      case 'hand':
        void held?.tenure.handTo(NODES[what.to]!, 500).then((done) => {
          if (done) held.is = 'handed';
        });
        break;
      case 'late':
        this.#late.shift()?.();
        break;
      case 'pass':
        this.clock.advance(what.ms);
        break;
      case 'perform': {
        const [one] = this.#asked.splice(Math.min(what.which, Math.max(0, this.#asked.length - 1)), 1);
        one?.(what.fate);
        break;
      }
    }
    for (let n = 0; n < 3; n += 1) await turn();
    await this.look();
  }

  /** Everything arrives that is under way, and the database is there from now on. */
  async calm(): Promise<void> {
    this.#isCalm = true;
    for (let rounds = 0; rounds < 200; rounds += 1) {
      for (const one of this.#asked.splice(0)) one('done');
      for (const one of this.#late.splice(0)) one();
      await turn();
      this.clock.advance(200);
      await turn();
      if (rounds > 30 && this.keepers.every(({ backlog }) => backlog.calls === 0)) return;
    }
    expect(this.keepers.map(({ backlog }) => backlog.calls)).toEqual(NODES.map(() => 0));
  }
}

test('whatever becomes of what is written, one node at most may write, and what is taken is the latest that was kept', async () => {
  let takes = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 60, size: 'max' }), async (acts) => {
      const world = new World();
      for (const one of acts) await world.do(one);
      await world.calm();
      await world.look();
      expect(world.faults).toEqual([]);
      for (const { lost } of world.held) expect(lost()).toBeLessThanOrEqual(1);
      // Whoever thinks that they have it says something of it, and hears when they have not.
      for (const held of world.held)
        if (held.is === 'held' && held.lost() === 0)
          held.tenure.keep(world.entry(held.name, (held.kept += 1)));
      await world.calm();
      const live = world.held.filter(({ is, lost }) => is === 'held' && lost() === 0);
      expect(live.length).toBeLessThanOrEqual(1);
      const last = live[0];
      const judge = createJournalKeeper({
        ...{ table: world.table, node: 'judge', clock: world.clock },
        ...{ log: silentLog, ready: () => Promise.resolve() },
      });
      const taken = await judge.take(ID, { planned: false, withinMs: 1_000 }, () => undefined);
      if (last) {
        takes += 1;
        expect(taken?.entry.profile).toBe(`${last.name} ${last.kept}`);
        expect(taken?.tenure.fence).toBe(last.tenure.fence + 1);
      }
    }),
    { numRuns: 1_000 },
  );
  // The judge saw what it judges.
  expect(takes).toBeGreaterThan(50);
}, 60_000);
