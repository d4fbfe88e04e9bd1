// What nodes know of each other: one process each, by a name, where it is reached, and how it is. Pure.

/** Who was not seen for so long is dead. */
export const LEASE_MS = 5_000;
/** Whoever waits longer for its event loop comes near what the phones of its calls have ahead: 400 ms (call/playout.ts). */
export const MOST_LAG_MS = 250;

/** What does not change while the process runs. */
export interface NodeSelf {
  /** `installation/pid-start-place`. */
  readonly node: string;
  /** 8 characters, safe in URLs; of this start of the process. */
  readonly key: string;
  /** `http://host:port`, as the other nodes reach it. */
  readonly address: string;
  /** As the carrier reaches it. Nodes behind the same one share their calls, and are nothing to others on the same database. */
  readonly publicUrl: string;
  /** For people. */
  readonly name: string;
}

export interface NodeFigures {
  /** In progress. */
  readonly calls: number;
  /** So many it takes; undefined: any number. */
  readonly capacity: number | undefined;
  readonly isDraining: boolean;
  /** By which its event loop is late, in the last seconds. */
  readonly lagMs: number;
}

export interface SeenNode extends NodeSelf, NodeFigures {
  readonly startedAt: Date;
  /** Since it was last seen, by the database's clock. */
  readonly agoMs: number;
}

/** `unknown`: it may be that the database was away for it too. */
export type Life = 'alive' | 'unknown' | 'dead';

export interface OtherNode extends SeenNode {
  readonly life: Life;
}

/** `contactMs`: for so long the database has answered us without a gap. */
export function lifeOf({ agoMs }: Pick<SeenNode, 'agoMs'>, contactMs: number): Life {
  if (agoMs <= LEASE_MS) return 'alive';
  return contactMs >= LEASE_MS ? 'dead' : 'unknown';
}

/** Whether a node has room for one more call. */
export const hasRoom = ({ calls, capacity, isDraining, lagMs }: NodeFigures): boolean =>
  !isDraining && (capacity === undefined || calls < capacity) && (calls === 0 || lagMs <= MOST_LAG_MS);

/** Who is to have one more call: of those that live and may have it, the one with the fewest. */
export function leastLoaded<Node extends OtherNode>(
  nodes: readonly Node[],
  may: (node: NodeFigures) => boolean = hasRoom,
): Node | undefined {
  return nodes
    .filter((node) => node.life === 'alive' && may(node))
    .reduce<Node | undefined>(
      (least, node) => (least && load(least) <= load(node) ? least : node),
      undefined,
    );
}

const load = ({ calls, capacity }: NodeFigures): number => calls / (capacity ?? 1_000);
