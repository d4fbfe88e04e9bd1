// Several processes on one database, each a switchboard with a clock of its own: a process whose clock stands is dead, or stands
// still. The test is the carrier. The database is in memory, and answers at once.
import { createMemoryJournals, createMemoryJournalTable } from '../../src/call/journal-memory.ts';
import type { PlacedCalls } from '../../src/call/placed-calls.ts';
import { secretsOf } from '../../src/call/tokens.ts';
import type { CarrierCall, Verb } from '../../src/carrier/webhooks.ts';
import { createMemoryRoutes } from '../../src/ivr/route-store-memory.ts';
import { createMemoryEffects } from '../../src/tools/effects/memory.ts';
import type { FakeLine } from '../doubles/fake-line.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { id, incoming, rig, settled, type RigOptions } from './rig.ts';

const SECRET = secretsOf(new Uint8Array(32).fill(5));
/** So often the processes run in turns. */
const STEP_MS = 50;

class NodeClock extends ManualClock {
  #stoodMs = 0;

  /** Time passes, and no timer runs. */
  standsStill(ms: number): void {
    this.#stoodMs += ms;
  }

  override nowMs(): number {
    return super.nowMs() + this.#stoodMs;
  }

  override epochMs(): number {
    return super.epochMs() + this.#stoodMs;
  }
}

type OneNode = ReturnType<typeof nodeOf>;

export interface NodesOptions extends RigOptions {
  /** Of calls that we have placed. */
  readonly placed?: PlacedCalls;
}

function nodeOf(name: string, shared: ReturnType<typeof sharedBy>, options: NodesOptions) {
  const clock = new NodeClock();
  clock.advance(shared.clock.nowMs());
  const journals = createMemoryJournals({ node: name, clock, table: shared.table });
  const all = rig({
    ...options,
    clock,
    more: {
      ...options.more,
      outliving: { journals, node: name, secrets: SECRET, ...(options.placed && { placed: options.placed }) },
      effects: shared.effects,
      routes: {
        store: shared.routes,
        popScreen: () => undefined,
        mayDial: () => true,
        musicOf: () => 'hold',
      },
    },
  });
  const stands = (ms: number): void => clock.standsStill(ms);
  return Object.assign(all, { name, journals, stands, runs: true });
}

function sharedBy() {
  const clock = new ManualClock();
  return {
    clock,
    table: createMemoryJournalTable(clock),
    routes: createMemoryRoutes(clock),
    effects: createMemoryEffects(clock),
  };
}

export function nodesRig(options: NodesOptions = {}) {
  const shared = sharedBy();
  const nodes: OneNode[] = [];
  const start = (name: string): OneNode => {
    const node = nodeOf(name, shared, options);
    nodes.push(node);
    return node;
  };
  const advance = async (ms: number): Promise<void> => {
    for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) {
      const byMs = Math.min(STEP_MS, leftMs);
      shared.clock.advance(byMs);
      for (const { clock, runs } of nodes) if (runs) clock.advance(byMs);
      await settled();
    }
  };
  return {
    ...{ shared, start, advance },
    /** What was said in this call, by what its process has told; `open`: it is being said, and not all of it was heard. */
    saidAt: (node: OneNode) => {
      const entries = new Map(node.of('transcript').map(({ entry }) => [entry.n, entry]));
      return [...entries.values()].flatMap((entry) => {
        const open = entry.who === 'agent' && entry.state === 'open';
        const text = entry.who === 'caller' || open ? entry.text : entry.heard;
        return text.trim() === '' ? [] : [{ text: `${entry.who}: ${text.trim()}`, open }];
      });
    },
    /** As by SIGKILL. */
    kill: (node: OneNode): void => void (node.runs = false),
    /** Of a process that stood still: time has gone on without it, and none of its timers has run yet. */
    wake: (node: OneNode): void => {
      node.stands(shared.clock.nowMs() - node.clock.nowMs());
      node.runs = true;
    },
    /** As the carrier asks once its stream is gone, whichever process it reaches. */
    asks: async (node: OneNode, status: CarrierCall['status'] = 'in-progress'): Promise<Verb> => {
      await node.switchboard.routes.recall(id);
      if (!node.switchboard.has(id) && node.switchboard.routes.needsAgent(id))
        await node.switchboard.takeUp(id);
      return node.switchboard.afterStream({
        call: { ...incoming, status },
        step: undefined,
        outcome: { of: 'stream' },
      });
    },
    /** The stream that a verb asks for, at whichever process it reaches. */
    streams: async (node: OneNode, verb: Verb, line: FakeLine): Promise<boolean> =>
      verb.do === 'stream' && node.switchboard.attach({ callId: id, token: verb.token }, line),
  };
}
