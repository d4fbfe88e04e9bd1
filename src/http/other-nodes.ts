// Whose a request of the carrier is: any node behind the same address may be asked, and one of them has the call. Decides who
// answers; knows neither verbs nor sockets.
import type { Clock } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Journals } from '../call/journal.ts';
import type { OtherNode } from '../store/nodes/node.ts';
import type { NodeRegistry } from '../store/nodes/registry.ts';
import { handOn, isStopping, STOPPING, type Answered, type CarrierPost } from './handing-on.ts';

/** The calls of this process, and what it may do about those of others. */
export interface OwnCalls {
  /** Whether the call is in progress here. */
  has(id: CallId): boolean;
  readonly isDraining: boolean;
  /** Whether there is room for one more call. */
  readonly hasRoom: boolean;
  /** Goes on with a call that another process had. False: nobody knows of such a call. Never rejects. */
  takeUp(id: CallId): Promise<boolean>;
}

export interface OtherNodesOptions {
  readonly nodes: Pick<NodeRegistry, 'other' | 'find' | 'pick' | 'heir' | 'isAlone'>;
  readonly journals: Pick<Journals, 'ownerOf'>;
  readonly calls: OwnCalls;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
}

export interface AskedOf {
  readonly post: CarrierPost;
  /** Undefined: it is of no call that anybody could have. */
  readonly id: CallId | undefined;
  /** By its key the node that gave the carrier the URL. */
  readonly named: string | undefined;
  /** A call is to be answered. Left out: it is about one that was. */
  readonly isAnswer?: boolean;
  /** Beyond that, the node counts as one that does not answer. */
  readonly withinMs: number;
}

const OWNER_WITHIN_MS = 300;
/** A route is written at once, and a database that is busy takes its time. */
const WRITTEN_WITHIN_MS = 500;

export class OtherNodes {
  readonly #options: OtherNodesOptions;

  constructor(options: OtherNodesOptions) {
    this.#options = options;
  }

  /** The answer of the node whose call it is; undefined: it is to be answered here. Never rejects. */
  async ofOwner(asked: AskedOf): Promise<Answered | undefined> {
    const { nodes, calls } = this.#options;
    if (asked.id !== undefined && calls.has(asked.id)) return undefined;
    // Who has given the URL may have come a moment ago.
    if (asked.named !== undefined) await nodes.find(asked.named);
    return nodes.isAlone ? undefined : this.#asWritten(asked);
  }

  /**
   * A caller waits for an agent who is not here, and whose node does not answer: the call is taken up here, or, when this node
   * drains, at another one, whose answer this is. Never rejects.
   */
  async takeUp(asked: AskedOf & { readonly id: CallId }): Promise<Answered | undefined> {
    const { calls, nodes } = this.#options;
    if (calls.has(asked.id)) return undefined;
    // To whom this node has handed it, it may be, and who has much to do.
    const heir = calls.isDraining ? ((await this.#livingOwner(asked.id)) ?? nodes.heir()) : undefined;
    const answered = heir && (await this.#handOn(asked, heir));
    if (answered !== undefined || (await calls.takeUp(asked.id))) return answered;
    // Who looked for the calls of a dead node may have been here too, and lost it to whoever did so elsewhere.
    const owner = await this.#livingOwner(asked.id);
    return owner && this.#handOn(asked, owner);
  }

  /**
   * The answer of another node that has room. Where none comes of it, it may have answered all the same: what is written of the
   * call by then is gone on with. Undefined: it is to be answered here. Never rejects.
   */
  async instead(asked: AskedOf): Promise<Answered | undefined> {
    const { nodes, calls } = this.#options;
    if (asked.id !== undefined && calls.has(asked.id)) return undefined;
    const stopping: string[] = [];
    for (let other = nodes.pick(); other; other = nodes.pick(stopping)) {
      const answered = await this.#ask(asked, other);
      if (!answered) return this.#asWritten({ ...asked, named: undefined, isAnswer: true });
      if (!isStopping(answered)) return answered;
      // It has told nobody yet that it drains.
      stopping.push(other.node);
    }
    return undefined;
  }

  /**
   * To be waited for before the end of a call is believed that the carrier tells of: what another node has given it last may not
   * be written down yet, and would look unfinished. Never rejects.
   */
  async written(id: CallId): Promise<void> {
    const { nodes, calls, clock } = this.#options;
    if (nodes.isAlone || calls.has(id)) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    clock.after(WRITTEN_WITHIN_MS, () => resolve(undefined));
    await promise;
  }

  /** For a call that is new: whether it is better off with another node. */
  get isFull(): boolean {
    const { calls } = this.#options;
    return calls.isDraining || !calls.hasRoom;
  }

  async #asWritten(asked: AskedOf): Promise<Answered | undefined> {
    const { nodes, calls } = this.#options;
    // Calls of which nothing is written down, and all while the database is away, are with whoever gave the URL.
    const written = await this.#ownerOf(asked.id);
    const owner = written ?? asked.named;
    const other = owner === undefined ? undefined : nodes.other(owner);
    const answered = other && other.life !== 'dead' ? await this.#handOn(asked, other) : undefined;
    // It was answered before, and the carrier did not hear of it: the session that was opened for it is gone on with.
    if (!answered && asked.isAnswer && written !== undefined && asked.id !== undefined)
      await calls.takeUp(asked.id);
    return answered;
  }

  /** Undefined: it is ours, or nobody's who is there. */
  async #livingOwner(id: CallId): Promise<OtherNode | undefined> {
    const owner = await this.#ownerOf(id);
    const other = owner === undefined ? undefined : this.#options.nodes.other(owner);
    return other?.life === 'alive' ? other : undefined;
  }

  async #handOn(asked: AskedOf, other: OtherNode): Promise<Answered | undefined> {
    const answered = await this.#ask(asked, other);
    return answered && isStopping(answered) ? undefined : answered;
  }

  #ask({ post, withinMs }: AskedOf, other: OtherNode): Promise<Answered | undefined> {
    const { clock, log } = this.#options;
    return handOn(post, other, withinMs, { clock, log });
  }

  async #ownerOf(id: CallId | undefined): Promise<string | undefined> {
    if (id === undefined) return undefined;
    return this.#options.journals.ownerOf(id, OWNER_WITHIN_MS).catch(() => undefined);
  }
}

/**
 * For what another node has handed on: it is not handed on once more, and of a call that is nobody's it is answered here. A new
 * call that comes to a node which drains is for the other to hand on elsewhere.
 */
export const toldOnce = (
  calls: Pick<OwnCalls, 'has' | 'isDraining' | 'takeUp'>,
): Pick<OtherNodes, 'ofOwner' | 'takeUp' | 'instead' | 'written' | 'isFull'> => ({
  get isFull() {
    return calls.isDraining;
  },
  ofOwner: () => Promise.resolve(undefined),
  instead: ({ id }) =>
    Promise.resolve(calls.isDraining && !(id !== undefined && calls.has(id)) ? STOPPING : undefined),
  written: () => Promise.resolve(),
  takeUp: async ({ id }) => {
    await calls.takeUp(id);
    return undefined;
  },
});
