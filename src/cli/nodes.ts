// `liveline nodes` and `drain`: the processes that take calls on this database, and that one of them lets the others have its calls.
import type { Clock } from '../base/clock.ts';
import { nodesNamed } from '../console/node-entry.ts';
import { environment } from '../config.ts';
import { LEASE_MS, type SeenNode } from '../store/nodes/node.ts';
import { askToDrain, listNodes } from '../store/nodes/nodes-table.ts';
import { openedDatabase } from './opened-database.ts';
import { jsonText, visible } from './plain-text.ts';
import { configOrExit, EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';
import { columnOf, tableLines } from './table.ts';
import { systemTerminal, type Terminal } from './terminal.ts';

export interface OpenNodes {
  list(): Promise<readonly SeenNode[]>;
  /** False: it is not there any more. */
  askToDrain(node: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface NodeDesk {
  readonly open: () => Promise<OpenNodes>;
  readonly terminal: Terminal;
  readonly clock: Pick<Clock, 'after' | 'nowMs'>;
}

/** Thirty seconds is what a drain takes at most; a node hears of it within one, and says when it is done. */
const DRAINED_WITHIN_MS = 45_000;
const LOOK_EVERY_MS = 500;

export function systemNodeDesk(clock: Clock): NodeDesk {
  return {
    open: async () => {
      const { database } = await openedDatabase(configOrExit(environment(), 'Nothing was done'));
      return {
        list: () => listNodes(database.sql),
        askToDrain: (node) => askToDrain(database.sql, node),
        close: () => database.close(),
      };
    },
    terminal: systemTerminal(environment()),
    clock,
  };
}

/** Resolves to the exit code; throws what the database throws. */
export async function showNodes(
  { json = false }: { readonly json?: boolean | undefined },
  { open, terminal }: NodeDesk,
): Promise<number> {
  const nodes = await withNodes(open, (opened) => opened.list());
  if (json) {
    const shown = nodes.map(({ key, node, capacity = null, agoMs, startedAt, ...rest }) => ({
      ...{ id: key, node, ...rest, capacity, startedAt: startedAt.toISOString() },
      ...{ seenAgoMs: Math.round(agoMs), isAlive: agoMs <= LEASE_MS },
    }));
    terminal.print(jsonText({ nodes: shown }, 2));
    return 0;
  }
  if (nodes.length === 0) {
    terminal.print('No process takes calls on this database.');
    return 0;
  }
  const column = (title: string, least: number, cell: (node: SeenNode) => string, end = false) =>
    columnOf(nodes, { title, least, end }, cell);
  const columns = [
    column('id', 8, ({ key }) => key),
    column('name', 8, ({ name }) => name),
    column('state', 8, stateOf),
    column(
      'calls',
      5,
      ({ calls, capacity }) => (capacity === undefined ? `${calls}` : `${calls}/${capacity}`),
      true,
    ),
    column('lag', 4, ({ lagMs }) => `${Math.round(lagMs)} ms`, true),
    column('address', 8, ({ address }) => address),
  ];
  for (const line of tableLines(columns, terminal.columns)) terminal.print(line);
  return 0;
}

/** `wait`: until it is drained. Resolves to the exit code; throws what the database throws. */
export function drainNode(
  typed: string,
  { wait = true }: { readonly wait?: boolean | undefined },
  { open, terminal, clock }: NodeDesk,
): Promise<number> {
  return withNodes(open, async (opened) => {
    const alive = (await opened.list()).filter(({ agoMs }) => agoMs <= LEASE_MS);
    const [node, ...more] = nodesNamed(alive, typed);
    if (!node || more.length > 0) {
      const why = node ? 'is the name of several nodes: give the id' : 'is no node that is alive';
      terminal.say(visible(`${typed} ${why}; liveline nodes lists them`));
      return EXIT_BAD_INPUT;
    }
    if (!(await opened.askToDrain(node.node))) {
      terminal.say(visible(`${node.name} has just gone.`));
      return EXIT_FAILED;
    }
    const others = alive.filter(
      (other) => other !== node && !other.isDraining && other.publicUrl === node.publicUrl,
    );
    terminal.print(
      visible(
        others.length === 0
          ? `${node.name} takes no new calls. No other node has room for those that it has: they end by themselves, within 30 s.`
          : `${node.name} takes no new calls, and lets ${others.map(({ name }) => name).join(', ')} have those that it has.`,
      ),
    );
    if (!wait) return 0;
    const isDrained = await drained(opened, node, clock);
    if (isDrained) terminal.print(visible(`${node.name} is drained.`));
    else terminal.say(visible(`${node.name} still has calls; liveline nodes says how many.`));
    return isDrained ? 0 : EXIT_FAILED;
  });
}

/** It has no calls, or is gone. */
async function drained(
  { list }: Pick<OpenNodes, 'list'>,
  { node }: SeenNode,
  clock: NodeDesk['clock'],
): Promise<boolean> {
  const untilMs = clock.nowMs() + DRAINED_WITHIN_MS;
  for (;;) {
    const now = (await list()).find((each) => each.node === node);
    if (!now || now.agoMs > LEASE_MS || (now.isDraining && now.calls === 0)) return true;
    if (clock.nowMs() >= untilMs) return false;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    clock.after(LOOK_EVERY_MS, () => resolve(undefined));
    await promise;
  }
}

function stateOf({ agoMs, isDraining }: SeenNode): string {
  if (agoMs > LEASE_MS) return `not seen for ${Math.round(agoMs / 1_000)} s`;
  return isDraining ? 'draining' : 'takes calls';
}

async function withNodes<Result>(
  open: NodeDesk['open'],
  use: (opened: OpenNodes) => Promise<Result>,
): Promise<Result> {
  const opened = await open();
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
