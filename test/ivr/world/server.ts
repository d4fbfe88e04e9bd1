// One process of ours: the real routes, and agents that are scripted. When it is dead nothing of it does anything any more.
import { callId, type CallId } from '../../../src/base/ids.ts';
import { silentLog } from '../../../src/base/log.ts';
import type {
  CarrierCall,
  PersonQuestion,
  PersonStatus,
  Question,
  Verb,
  Waiting,
} from '../../../src/carrier/webhooks.ts';
import { ANYBODY } from '../../../src/ivr/anybody.ts';
import type { CallbackKeeper } from '../../../src/ivr/called-back.ts';
import type { Departure } from '../../../src/ivr/departure.ts';
import type { RouteStore } from '../../../src/ivr/route-store.ts';
import { Routes } from '../../../src/ivr/routes.ts';
import type { CallControl } from '../../../src/carrier/control.ts';
import type { Office } from './office.ts';
import type { WorldClock } from './world-clock.ts';

export interface Shared {
  readonly clock: WorldClock;
  readonly store: RouteStore;
  readonly control: CallControl;
  readonly callbacks: CallbackKeeper;
  readonly office: Office;
  /** What is done, by its name; `id`: to whose call. */
  readonly did: (what: string, id: CallId) => void;
  readonly count: (what: string) => void;
  readonly onDeath: () => void;
}

/** Of a person who has left, and of one who rings so long and is briefed then. */
const WAKES_MS: ReadonlySet<number> = new Set([3_000, 75_000, 80_000, 95_000, 135_000]);
/** After so many streams it gives up. */
const MOST_STREAMS = 4;
const TAKES_NO_VERB: Verb = { do: 'hang-up' };
/** Of a number that no profile has any more. */
const NOT_IN_SERVICE: Verb = { do: 'say-and-hang-up', text: 'Not in service.', language: 'en-US' };

export class Server {
  readonly routes: Routes;
  /** Those that are there, with how many streams were lost. */
  readonly agents = new Map<CallId, number>();
  readonly token: string;
  readonly #onDeath: () => void;
  #alive = true;

  constructor(shared: Shared, token: string) {
    const { store, control, clock, callbacks, office, did, count } = shared;
    this.token = token;
    this.#onDeath = shared.onDeath;
    const whileAlive =
      <Rest extends readonly unknown[]>(then: (...rest: Rest) => void) =>
      (...rest: Rest): void => {
        if (this.#alive) then(...rest);
      };
    const never = new Promise<never>(() => undefined);
    this.routes = new Routes({
      ...{ callbacks, log: silentLog },
      clock: {
        nowMs: () => clock.nowMs(),
        epochMs: () => clock.epochMs(),
        after: (delayMs, then) => {
          if (WAKES_MS.has(delayMs)) count('does wake');
          return clock.after(delayMs, whileAlive(then));
        },
        every: (periodMs, then) => clock.every(periodMs, whileAlive(then)),
      },
      store: {
        load: (id, signal) => store.load(id, signal),
        claim: (name, forMs, signal) => store.claim(name, forMs, signal),
        save: whileAlive((route) => store.save(route)),
        hold: whileAlive((name, forMs) => store.hold(name, forMs)),
      },
      control: {
        hangUp: (id) => (this.#alive ? control.hangUp(id) : never),
        takeBack: (id, step) => (this.#alive ? control.takeBack(id, step) : never),
        place: (call) => (this.#alive ? control.place(call) : never),
      },
      agents: {
        isHere: (id) => this.agents.has(id),
        mint: () => this.token,
        streamLost: (id) => this.#streamLost(id, did),
        returned: (id) => did('returnToAgent', id),
        handedOver: (id) => {
          did('handOver', id);
          this.agents.delete(id);
        },
        callerGone: (id) => void this.agents.delete(id),
      },
      profiles: () => (office.profile ? [office.profile] : []),
      profileNamed: () => office.profile,
      profileOf: () => office.profile,
      mayDial: (to) => !office.refused.has(to),
      musicOf: () => 'hold',
      popScreen: (_url, { callId: id }) => did('popScreen', id),
      notice: ({ callId: id }) => did('notice', id),
    });
  }

  die(): void {
    this.#alive = false;
    this.#onDeath();
    this.agents.clear();
  }

  depart(id: CallId, wants: Departure): void {
    this.routes.depart(id, wants);
    if (wants.to !== 'destination') this.agents.delete(id);
  }

  async ask(question: Question): Promise<Verb | undefined> {
    const { id, status } = question.call;
    await this.routes.recall(id);
    if (status !== 'completed') return this.routes.ask(question) ?? NOT_IN_SERVICE;
    this.#over(id);
    return TAKES_NO_VERB;
  }

  async askPerson(question: PersonQuestion): Promise<Verb> {
    const { is, of } = question.errand;
    if (is === 'transfer') await this.routes.recall(callId(of));
    return (await this.routes.personAsks(question)) ?? ANYBODY.asks();
  }

  async wait(waiting: Waiting): Promise<Verb> {
    await this.routes.recall(waiting.callId);
    return (await this.routes.waits(waiting)) ?? ANYBODY.waits(waiting);
  }

  async personStatus(status: PersonStatus): Promise<void> {
    const { is, of } = status.errand;
    if (is === 'transfer') await this.routes.recall(callId(of));
    this.routes.personStatus(status);
  }

  async callStatus({ id }: CarrierCall): Promise<void> {
    await this.routes.recall(id);
    this.#over(id);
  }

  #over(id: CallId): void {
    this.agents.delete(id);
    this.routes.over(id);
  }

  #streamLost(id: CallId, did: Shared['did']): void {
    did('streamLost', id);
    const lost = (this.agents.get(id) ?? 0) + 1;
    this.agents.set(id, lost);
    if (lost >= MOST_STREAMS) this.depart(id, { to: 'fallback', because: 'line-lost' });
  }
}
