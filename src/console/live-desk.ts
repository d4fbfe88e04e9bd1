// The live side of the console, put together: what happens in calls becomes changes of the board, for the pages that look at it
// here and at other nodes. Levels are told only while somebody looks.
import type { Clock, StopTimer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { callId as idOf } from '../base/ids.ts';
import type { Notice, Notices } from '../call/notices.ts';
import type { Switchboard } from '../call/switchboard.ts';
import { openChannel, type Channel } from '../store/channel.ts';
import type { Database } from '../store/database.ts';
import type { Change, NodeView } from './board.ts';
import type { CallCommand, CommandAnswer, CommandFault } from './call-commands.ts';
import { CallSounds } from './call-sounds.ts';
import type { Commands, commandsOf } from './commands.ts';
import { Feed, type FeedWatcher } from './feed.ts';
import { Nodes } from './nodes.ts';
import { isReached, withoutSound } from './node-reach.ts';
import { forBoard } from './notice-bounds.ts';
import type { Tickets, Visit } from './tickets.ts';

export interface LiveDeskOptions {
  readonly notices: Pick<Notices, 'subscribe'>;
  readonly switchboard: Pick<Switchboard, 'tape' | 'callCount' | 'isDraining' | 'has'>;
  readonly database: Pick<Database, 'connect'>;
  readonly node: { readonly id: string; readonly name: string };
  /** Sessions with the model at once. */
  readonly capacity: number | undefined;
  /** Of this process. */
  readonly commands: ReturnType<typeof commandsOf>;
  /** By which operators whose page is at another process come into calls of this one. */
  readonly door: { readonly address: string; readonly tickets: Tickets };
  readonly clock: Clock;
  readonly log: Log;
}

/** Where an operator is let into a call of another process. */
export interface Opened {
  readonly address: string;
  readonly ticket: string;
}

const CHANNEL = 'liveline_console';
const LEVELS_EVERY_MS = 100;
/** To other nodes one in so many: each crosses the database. */
const LEVELS_TO_NODES = 4;
const FIGURES_EVERY_MS = 5_000;
/** Pages are loaded anew, and each time would have all nodes tell all they have. */
const LOOKS_ON_MS = 10_000;
/** Long enough to see why it ended. */
const LEAVES_AFTER_MS = 5_000;

export class LiveDesk {
  readonly #options: LiveDeskOptions;
  readonly #feed: Feed;
  readonly #nodes: Nodes;
  readonly #channel: Channel;
  readonly #sounds: CallSounds;
  readonly #stops: StopTimer[];
  readonly #leaving = new Set<StopTimer>();
  #watchers = 0;
  #stopLooking: StopTimer | undefined;
  #ticks = 0;

  constructor(options: LiveDeskOptions) {
    const { notices, switchboard, node, database, clock, log } = options;
    this.#options = options;
    this.#feed = new Feed(node.id, clock);
    this.#sounds = new CallSounds({
      tape: (id) => switchboard.tape(id),
      onAnswered: (callId, atMs, ms) => this.#push({ is: 'answered', callId, atMs, ms }),
      clock,
    });
    this.#nodes = new Nodes({
      node: node.id,
      send: (text) => this.#channel.send(text),
      own: () => ({
        view: this.#figures(),
        calls: [...this.#feed.board.calls.values()].filter((call) => call.node === node.id),
      }),
      onChange: (change) => this.#feed.push(change),
      onLevels: (levels) => this.#feed.tell({ type: 'levels', levels }),
      carryOut: (command) => this.#answerOthers(command),
      ...{ clock, log },
    });
    const nodes = this.#nodes;
    this.#channel = openChannel({
      ...{ database, clock, log, name: CHANNEL },
      to: {
        onOpen: () => {
          this.#tellFigures();
          nodes.onOpen();
        },
        onText: (text) => nodes.onText(text),
        onLost: () => {
          nodes.onLost();
          this.#tellFigures();
        },
      },
    });
    this.#stops = [
      notices.subscribe((notice) => this.#take(notice)),
      clock.every(LEVELS_EVERY_MS, () => this.#tellLevels()),
      clock.every(FIGURES_EVERY_MS, () => this.#tellFigures()),
    ];
  }

  /** What somebody who looks at the board is told from now on. `since`: as they were told last. Gives back how to stop. */
  watch(watcher: FeedWatcher, since?: string): () => void {
    this.#watchers += 1;
    this.#stopLooking?.();
    this.#tellFigures();
    const leave = this.#feed.join(watcher, since);
    this.#nodes.look(true);
    return () => {
      leave();
      this.#watchers -= 1;
      if (this.#watchers === 0)
        this.#stopLooking = this.#options.clock.after(LOOKS_ON_MS, () => this.#nodes.look(false));
    };
  }

  /** Of this node and of the others. */
  get commands(): Commands {
    const { switchboard, commands } = this.#options;
    return {
      carryOut: (command) => {
        if (switchboard.has(idOf(command.callId))) return commands.carryOut(command);
        return this.#channel.isOpen ? this.#askOthers(command) : { fault: 'out-of-reach' };
      },
    };
  }

  /** Into a call that is not of this process. */
  async open({ way, callId, name }: Visit): Promise<Opened | { readonly fault: CommandFault }> {
    if (!this.#channel.isOpen) return { fault: 'out-of-reach' };
    const answer = await this.#askOthers({ act: 'open', callId, way, name });
    if ('fault' in answer) return answer;
    const { address, ticket } = answer.door ?? {};
    if (address === undefined || ticket === undefined || !isReached(answer, this.#options.node.id))
      return { fault: 'no-way-there' };
    return { address, ticket };
  }

  /** Of a call that is nobody's, nobody answers. */
  async #askOthers(command: CallCommand): Promise<CommandAnswer> {
    const answer = await this.#nodes.carryOut(command);
    if ('ok' in answer) return isReached(answer, this.#options.node.id) ? answer : withoutSound(answer);
    if (answer.fault !== 'no-answer') return answer;
    const shown = this.#feed.board.calls.get(command.callId);
    return shown && !shown.ended ? answer : { fault: 'no-such-call' };
  }

  /** Another process, for an operator there. */
  #answerOthers(command: CallCommand): CommandAnswer {
    const { commands, door, node } = this.#options;
    const answer = commands.carryOut(command);
    if ('fault' in answer) return answer;
    const ticket = command.act === 'open' ? door.tickets.give(command) : undefined;
    return {
      ...answer,
      door: { node: node.id, address: door.address, ...(ticket !== undefined && { ticket }) },
    };
  }

  async close(): Promise<void> {
    for (const stop of [...this.#stops, ...this.#leaving]) stop();
    this.#stopLooking?.();
    this.#nodes.close();
    await this.#channel.close();
  }

  #take(notice: Notice): void {
    this.#sounds.notice(notice);
    const { node, clock } = this.#options;
    const shown = forBoard(notice);
    if (shown) this.#push({ is: 'told', node: node.id, notice: shown });
    if (notice.type !== 'call-ended') return;
    const { callId } = notice;
    const stop = clock.after(LEAVES_AFTER_MS, () => {
      this.#leaving.delete(stop);
      this.#push({ is: 'left', callId });
    });
    this.#leaving.add(stop);
  }

  #push(change: Change): void {
    this.#feed.push(change);
    this.#nodes.tell(change);
  }

  get #isLookedAt(): boolean {
    return this.#watchers > 0 || this.#nodes.isLookedAt;
  }

  #tellLevels(): void {
    if (!this.#isLookedAt) return;
    const levels = this.#sounds.takeLevels();
    if (Object.keys(levels).length === 0) return;
    this.#feed.tell({ type: 'levels', levels });
    this.#ticks += 1;
    if (this.#ticks % LEVELS_TO_NODES === 0) this.#nodes.tellLevels(levels);
  }

  #tellFigures(): void {
    if (this.#isLookedAt) this.#push({ is: 'node', node: this.#figures() });
  }

  #figures(): NodeView {
    const { node, switchboard, capacity = null } = this.#options;
    return {
      ...{ node: node.id, name: node.name, calls: switchboard.callCount, capacity },
      ...{ isDraining: switchboard.isDraining, hearsOthers: this.#channel.isOpen, ...this.#sounds.spreads },
    };
  }
}
