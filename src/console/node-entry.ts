// A node as it is listed for people and programs: one process of those behind the public address. The schema is its type and its
// documentation.
import { z } from 'zod';
import {
  MOST_LAG_MS,
  type NodeFigures,
  type NodeSelf,
  type OtherNode,
  type SeenNode,
} from '../store/nodes/node.ts';

export const nodeEntry = z
  .object({
    id: z.string().describe('Of this start of the process: 8 characters.'),
    name: z.string().describe('Host, port and worker.'),
    address: z.string().describe('Where the other nodes reach it.'),
    isThis: z.boolean().describe('It is the one that answers.'),
    life: z
      .enum(['alive', 'unknown', 'dead'])
      .describe(
        '`dead`: not seen for more than 5 s. `unknown`: likewise, but the database may have been away for it.',
      ),
    isDraining: z.boolean().describe('It takes no new calls, and lets other nodes have those that it has.'),
    calls: z.int().min(0).describe('In progress.'),
    capacity: z.int().nullable().describe('So many calls it takes; null: any number.'),
    lagMs: z
      .int()
      .min(0)
      .describe(
        `By which its event loop was late during the last seconds; above ${MOST_LAG_MS} it takes no more calls.`,
      ),
    startedAt: z.iso.datetime(),
    seenAgoMs: z.int().min(0).describe('When it was last seen, by the clock of the database.'),
  })
  .meta({ id: 'Node' });
export type NodeEntry = z.output<typeof nodeEntry>;

export const nodeList = z
  .object({ nodes: z.array(nodeEntry).describe('This one first, then by when they started.') })
  .meta({ id: 'NodeList' });

export const drainAsked = z
  .object({ status: z.literal('asked') })
  .meta({ id: 'DrainAsked', description: 'The node hears of it within about a second.' });

export const ownEntry = (own: NodeSelf & NodeFigures & Pick<SeenNode, 'startedAt'>): NodeEntry =>
  entry({ ...own, life: 'alive', agoMs: 0 }, true);

export const otherEntry = (node: OtherNode): NodeEntry => entry(node, false);

function entry(node: OtherNode, isThis: boolean): NodeEntry {
  const { key: id, name, address, life, isDraining, calls, capacity = null, startedAt } = node;
  return {
    ...{ id, name, address, isThis, life, isDraining, calls, capacity },
    ...{ lagMs: Math.round(node.lagMs), seenAgoMs: Math.round(node.agoMs) },
    startedAt: startedAt.toISOString(),
  };
}

/** What people type: the id, or the name where it is the only one of that name. */
export function nodesNamed<Node extends Pick<SeenNode, 'key' | 'name' | 'node'>>(
  nodes: readonly Node[],
  typed: string,
): readonly Node[] {
  const byId = nodes.filter(({ key, node }) => key === typed || node === typed);
  return byId.length > 0 ? byId : nodes.filter(({ name }) => name === typed);
}
