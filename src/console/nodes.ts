// The other nodes of the same database: what they tell of their calls while somebody looks at the board here, what they are told
// of ours while somebody looks there, and commands to calls that are theirs. Knows no database: texts go out and come in.
import { randomUUID } from 'node:crypto';
import type { Clock, StopTimer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Change, NodeView } from './board.ts';
import type { CallCommand, CommandAnswer } from './call-commands.ts';
import type { CallView } from './call-view.ts';
import type { Levels } from './live-messages.ts';
import { readNodeMessage, type NodeMessage } from './node-messages.ts';

export interface NodesOptions {
  /** Ours. */
  readonly node: string;
  readonly send: (text: string) => void;
  readonly own: () => { readonly view: NodeView; readonly calls: readonly CallView[] };
  /** Of the others: for our board. */
  readonly onChange: (change: Change) => void;
  readonly onLevels: (levels: Levels) => void;
  /** On a call of ours. */
  readonly carryOut: (command: CallCommand) => CommandAnswer;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOKED_AT_EVERY_MS = 10_000;
/** Two that were lost, and some. */
const SILENT_FOR_MS = 25_000;
/** One that was killed does not come back by its name. */
const FORGOTTEN_AFTER_MS = 600_000;
const ANSWER_WITHIN_MS = 1_500;
/** What changes within it goes together. */
const TOGETHER_MS = 50;
/** Of each call, at first: the whole of long conversations is not sent around. */
const ITEMS_AT_FIRST = 100;
/** Of all together: what goes out at once is bounded by the channel. */
const MOST_ITEMS_AT_FIRST = 5_000;

interface Peer {
  /** Of its last message of changes. */
  n: number;
  heardMs: number;
  /** `asked`: some was lost, and what follows is of no use until all there is has come. `silent`: so for too long. */
  is: 'heard' | 'asked' | 'silent';
}

export class Nodes {
  readonly #options: NodesOptions;
  /** Who looks at our calls, and since when nothing was heard of that. */
  readonly #lookers = new Map<string, number>();
  readonly #peers = new Map<string, Peer>();
  readonly #asked = new Map<string, (answer: CommandAnswer) => void>();
  #isLooking = false;
  #n = 0;
  #changes: Change[] = [];
  #stopFlush: StopTimer | undefined;
  readonly #stopTicks: StopTimer;

  constructor(options: NodesOptions) {
    this.#options = options;
    this.#stopTicks = options.clock.every(LOOKED_AT_EVERY_MS, () => this.#tick());
  }

  /** Whether anybody elsewhere looks at our calls. */
  get isLookedAt(): boolean {
    return this.#lookers.size > 0;
  }

  /** Somebody looks at the board here, or nobody does any more. */
  look(isLooking: boolean): void {
    if (isLooking === this.#isLooking) return;
    this.#isLooking = isLooking;
    if (isLooking) return this.#send({ is: 'look', isFirst: true });
    this.#send({ is: 'look-away' });
    for (const node of this.#peers.keys()) this.#options.onChange({ is: 'gone', node });
    this.#peers.clear();
  }

  /** Of ours. */
  tell(change: Change): void {
    if (!this.isLookedAt) return;
    this.#changes.push(change);
    this.#stopFlush ??= this.#options.clock.after(TOGETHER_MS, () => this.#flush());
  }

  tellLevels(levels: Levels): void {
    if (this.isLookedAt) this.#send({ is: 'levels', levels });
  }

  /** Of a call that is not ours. */
  carryOut(command: CallCommand): Promise<CommandAnswer> {
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<CommandAnswer>();
    const late = this.#options.clock.after(ANSWER_WITHIN_MS, () => answer({ fault: 'no-answer' }));
    const answer = (given: CommandAnswer): void => {
      this.#asked.delete(id);
      late();
      resolve(given);
    };
    this.#asked.set(id, answer);
    this.#send({ is: 'command', id, command });
    return promise;
  }

  onOpen(): void {
    if (this.#isLooking) this.#send({ is: 'look', isFirst: true });
  }

  /** Nothing is known of the others any more. */
  onLost(): void {
    this.#lookers.clear();
    for (const [node, peer] of this.#peers) this.#fallSilent(node, peer);
    for (const answer of this.#asked.values()) answer({ fault: 'out-of-reach' });
  }

  onText(text: string): void {
    const message = readNodeMessage(text);
    if (!message) return this.#options.log.debug('another node says what this one does not understand');
    if (message.from !== this.#options.node) this.#take(message);
  }

  close(): void {
    this.#send({ is: 'gone' });
    this.#stopTicks();
    this.#stopFlush?.();
    for (const answer of this.#asked.values()) answer({ fault: 'out-of-reach' });
  }

  #take(message: NodeMessage): void {
    const { node, clock, onChange, onLevels, carryOut } = this.#options;
    const { from } = message;
    switch (message.is) {
      case 'look': {
        const isNew = message.isFirst || !this.#lookers.has(from);
        this.#lookers.set(from, clock.nowMs());
        return isNew ? this.#sendAll() : undefined;
      }
      case 'look-away':
        this.#lookers.delete(from);
        return;
      case 'ask':
        return message.to === node ? this.#sendAll() : undefined;
      case 'all':
        if (!this.#isLooking) return;
        this.#peers.set(from, { n: message.n, heardMs: clock.nowMs(), is: 'heard' });
        onChange({ is: 'node', node: message.view });
        return onChange({ is: 'calls', node: from, calls: message.calls });
      case 'changes':
        return this.#isLooking ? this.#takeChanges(from, message.n, message.changes) : undefined;
      case 'levels':
        return this.#peers.get(from)?.is === 'heard' ? onLevels(message.levels) : undefined;
      case 'command': {
        const answer = carryOut(message.command);
        // Of a call that is nobody's, nobody answers.
        if ('fault' in answer && answer.fault === 'no-such-call') return;
        return this.#send({ is: 'answer', id: message.id, answer });
      }
      case 'answer':
        return this.#asked.get(message.id)?.(message.answer);
      case 'gone':
        this.#lookers.delete(from);
        if (this.#peers.delete(from)) onChange({ is: 'gone', node: from });
    }
  }

  #takeChanges(from: string, n: number, changes: readonly Change[]): void {
    const peer = this.#peers.get(from);
    // All there is comes first, and is on its way.
    if (!peer) return;
    peer.heardMs = this.#options.clock.nowMs();
    if (peer.is === 'asked') return;
    if (peer.is === 'silent' || peer.n !== n - 1) return this.#ask(from, peer);
    peer.n = n;
    for (const change of changes) this.#options.onChange(change);
  }

  #flush(): void {
    this.#stopFlush = undefined;
    const changes = this.#changes;
    this.#changes = [];
    if (changes.length === 0 || !this.isLookedAt) return;
    this.#n += 1;
    this.#send({ is: 'changes', n: this.#n, changes });
  }

  /** What waits to be told is in it already: it goes out first, so that what follows is new. */
  #sendAll(): void {
    this.#flush();
    const { view, calls } = this.#options.own();
    const mostItems = Math.min(ITEMS_AT_FIRST, Math.ceil(MOST_ITEMS_AT_FIRST / Math.max(1, calls.length)));
    this.#send({ is: 'all', n: this.#n, view, calls: calls.map((call) => shortened(call, mostItems)) });
  }

  #ask(node: string, peer: Peer): void {
    peer.is = 'asked';
    this.#send({ is: 'ask', to: node });
  }

  #fallSilent(node: string, peer: Peer): void {
    if (peer.is === 'silent') return;
    peer.is = 'silent';
    this.#options.onChange({ is: 'silent', node });
  }

  #tick(): void {
    const { clock, onChange } = this.#options;
    const nowMs = clock.nowMs();
    for (const [node, heardMs] of this.#lookers)
      if (nowMs - heardMs > SILENT_FOR_MS) this.#lookers.delete(node);
    for (const [node, peer] of this.#peers) {
      const silentMs = nowMs - peer.heardMs;
      if (silentMs > FORGOTTEN_AFTER_MS && this.#peers.delete(node)) onChange({ is: 'gone', node });
      else if (silentMs > SILENT_FOR_MS) this.#fallSilent(node, peer);
      else if (peer.is === 'asked') this.#ask(node, peer);
    }
    if (this.#isLooking) this.#send({ is: 'look', isFirst: false });
  }

  #send(message: WithoutFrom<NodeMessage>): void {
    this.#options.send(JSON.stringify({ ...message, from: this.#options.node }));
  }
}

type WithoutFrom<Message> = Message extends unknown ? Omit<Message, 'from'> : never;

function shortened(call: CallView, mostItems: number): CallView {
  const tooMany = Math.max(0, call.items.length - mostItems);
  return tooMany === 0
    ? call
    : { ...call, items: call.items.slice(tooMany), itemsBefore: call.itemsBefore + tooMany };
}
