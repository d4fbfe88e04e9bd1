// The registry: this node tells the others that it is there, and knows of them. A database that is away leaves everybody as
// they were.
import type { Clock, StopTimer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Database } from '../database.ts';
import {
  hasRoom,
  leastLoaded,
  lifeOf,
  type NodeFigures,
  type NodeSelf,
  type OtherNode,
  type SeenNode,
} from './node.ts';
import { askToDrain, beat, leave, type Beat } from './nodes-table.ts';

export interface RegistryOptions {
  readonly self: NodeSelf;
  readonly database: Pick<Database, 'ready' | 'sql'>;
  /** As they are now. */
  readonly figures: () => NodeFigures;
  readonly clock: Clock;
  readonly log: Log;
}

const BEAT_MS = 1_000;
/** A request of the carrier waits for it. */
const ASK_WITHIN_MS = 300;
/** Between two answers of the database: two beats that were lost, and some. */
const CONTACT_GAP_MS = 3_000;

export class NodeRegistry {
  readonly self: NodeSelf;
  readonly #options: RegistryOptions;
  readonly #onDrain: (() => void)[] = [];
  readonly #startedAt: Date;
  #others: readonly OtherNode[] = [];
  #beating: Promise<void> | undefined;
  #stop: StopTimer | undefined;
  #contact: { readonly sinceMs: number; readonly lastMs: number } | undefined;
  #drainAsked = false;
  #isClosed = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.self = options.self;
    this.#startedAt = new Date(options.clock.epochMs());
  }

  /** Resolves once the others know of us, or cannot be told yet. */
  async start(withinMs: number): Promise<void> {
    const { clock } = this.#options;
    this.#stop = clock.every(BEAT_MS, () => void this.beat());
    const late = Promise.withResolvers<undefined>();
    const stopTimer = clock.after(withinMs, () => late.resolve(undefined));
    await Promise.race([this.beat(), late.promise]);
    stopTimer();
  }

  /** All others of the last day behind the same public address, as they were when the database last answered. */
  get others(): readonly OtherNode[] {
    return this.#others;
  }

  /** By its name or its key. Undefined: it is ourselves, or nobody knows of it: it was closed, or never was. */
  other(nameOrKey: string): OtherNode | undefined {
    return this.#others.find(({ node, key }) => node === nameOrKey || key === nameOrKey);
  }

  /** As it is now. */
  get own(): NodeSelf & NodeFigures & Pick<SeenNode, 'startedAt'> {
    return { ...this.self, ...this.#options.figures(), startedAt: this.#startedAt };
  }

  /** As `other`; whoever is not known is asked for once: they may have come a moment ago. Never rejects. */
  async find(nameOrKey: string): Promise<OtherNode | undefined> {
    const { self } = this;
    if (nameOrKey === self.node || nameOrKey === self.key) return undefined;
    const known = this.other(nameOrKey);
    if (known) return known;
    const late = Promise.withResolvers<undefined>();
    const stopTimer = this.#options.clock.after(ASK_WITHIN_MS, () => late.resolve(undefined));
    // One that is under way may have looked before they came.
    const heard = Promise.resolve(this.#beating).then(() => this.beat());
    await Promise.race([heard, late.promise]);
    stopTimer();
    return this.other(nameOrKey);
  }

  /** Whether the database has answered lately. */
  get isInContact(): boolean {
    const { clock } = this.#options;
    return this.#contact !== undefined && clock.nowMs() - this.#contact.lastMs <= CONTACT_GAP_MS;
  }

  /** Whether there may be anybody else at all. */
  get isAlone(): boolean {
    return this.#others.every(({ life }) => life === 'dead');
  }

  /**
   * Who is to have a call that we do not take: it counts as theirs at once. `besides`: names of nodes that are left out.
   * Undefined: nobody has room.
   */
  pick(besides: readonly string[] = []): OtherNode | undefined {
    const asked = this.#others.filter(({ node }) => !besides.includes(node));
    return this.#countFor(leastLoaded(asked, hasRoom));
  }

  /** As `pick`, for a call that goes on somewhere in any case: where nobody has room, with whoever has the fewest. */
  heir(): OtherNode | undefined {
    return this.pick() ?? this.#countFor(leastLoaded(this.#others, ({ isDraining }) => !isDraining));
  }

  /** An operator wants this node to drain. Once; at once if that is known already. */
  onDrain(then: () => void): void {
    if (this.#drainAsked) then();
    else this.#onDrain.push(then);
  }

  /** By name or key, ourselves too. False: nobody knows of it. Rejects when the database cannot be asked. */
  async askToDrain(nameOrKey: string): Promise<boolean> {
    const { database, self } = this.#options;
    const isOurs = nameOrKey === self.node || nameOrKey === self.key;
    const node = isOurs ? self.node : (await this.find(nameOrKey))?.node;
    if (node === undefined) return false;
    await database.ready();
    const isAsked = await askToDrain(database.sql, node);
    if (isOurs) void this.beat();
    return isAsked;
  }

  /** Tells the others now, e.g. that we drain. Never two at once; never rejects. */
  beat(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return (this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined;
    }));
  }

  /** Nobody sends us anything any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop?.();
    await this.#beating;
    if (!this.#contact) return;
    const { database, self, log } = this.#options;
    await leave(database.sql, self.node).catch((thrown: unknown) =>
      log.debug({ reason: messageOf(thrown) }, 'the other nodes were not told that this one has gone'),
    );
  }

  #countFor(picked: OtherNode | undefined): OtherNode | undefined {
    if (picked)
      this.#others = this.#others.map((node) =>
        node === picked ? { ...node, calls: node.calls + 1 } : node,
      );
    return picked;
  }

  async #beat(): Promise<void> {
    const { database, log } = this.#options;
    try {
      await database.ready();
      this.#take(await beat(database.sql, this.own));
    } catch (thrown) {
      log.debug({ reason: messageOf(thrown) }, 'the other nodes were not told that this one is there');
    }
  }

  #take({ others, drainAsked }: Beat): void {
    const nowMs = this.#options.clock.nowMs();
    const last = this.#contact;
    const goesOn = last !== undefined && nowMs - last.lastMs <= CONTACT_GAP_MS;
    this.#contact = { sinceMs: goesOn ? last.sinceMs : nowMs, lastMs: nowMs };
    const contactMs = nowMs - this.#contact.sinceMs;
    this.#tellLives(others.map((node) => ({ ...node, life: lifeOf(node, contactMs) })));
    if (!drainAsked || this.#drainAsked) return;
    this.#drainAsked = true;
    for (const then of this.#onDrain) then();
  }

  #tellLives(others: readonly OtherNode[]): void {
    const { log } = this.#options;
    const before = new Map(this.#others.map(({ node, life }) => [node, life]));
    this.#others = others;
    for (const { node, name, address, life, agoMs } of others) {
      const was = before.get(node);
      if (life === was) continue;
      if (life === 'alive') log.info({ node, name, address }, 'another node is there');
      if (life === 'dead' && was !== undefined)
        log.warn(
          { node, name, address, notSeenForMs: Math.round(agoMs) },
          'another node is not seen any more',
        );
    }
  }
}
