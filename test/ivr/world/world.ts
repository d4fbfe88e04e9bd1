// A world of callers: the carrier, the processes of ours that its webhooks reach, and what is lost, late and doubled on the
// way. Counts what was reached.
import { isDeepStrictEqual } from 'node:util';
import { callId, type CallId } from '../../../src/base/ids.ts';
import type { CallStatus, Verb } from '../../../src/carrier/webhooks.ts';
import type { CallbackKeeper } from '../../../src/ivr/called-back.ts';
import { whileClosed } from '../../../src/ivr/closed.ts';
import { createMemoryRoutes } from '../../../src/ivr/route-store-memory.ts';
import type { Route } from '../../../src/ivr/route.ts';
import type { PromisedCallback } from '../../../src/tools/callbacks.ts';

/** With its id. */
type Promised = PromisedCallback & { readonly id: string };
import { FakeControl, type Reached } from '../../doubles/fake-control.ts';
import { NOW_MS } from '../routes-rig.ts';
import { Carrier, living, talking } from './carrier.ts';
import { Dice } from './dice.ts';
import { Laws } from './laws.ts';
import { isOver, type Leg } from './leg.ts';
import type { Office } from './profiles.ts';
import { Server } from './server.ts';
import { settled, WorldClock } from './world-clock.ts';

/** A webhook that was answered, and how to send it again. */
interface Sent {
  readonly what: 'question' | 'person' | 'wait' | 'status';
  readonly again: (server: Server) => Promise<Verb | undefined>;
  readonly of: CallId;
}

const MINUTE_MS = 60_000;
const STATUS_LATE_MS = 10_000;
const REST_LATE_MS = 3_000;

export class World {
  readonly clock = new WorldClock(NOW_MS);
  readonly control = new FakeControl();
  readonly laws: Laws;
  readonly carrier: Carrier;
  readonly servers: Server[];
  readonly sent: Sent[] = [];
  readonly reached = new Map<string, number>();
  readonly trace: string[] = [];
  dice = new Dice(0);
  /** From then on nothing is lost any more, nobody answers, and agents say goodbye. */
  isQuiet = false;
  /** Nothing can be promised. */
  isBookAway = false;
  readonly #office: Office;
  readonly #store = createMemoryRoutes(this.clock);
  readonly #promised: Promised[] = [];
  readonly #connected = new Set<string>();
  #carriedOut = 0;
  #did = 0;
  #tokens = 0;

  constructor(office: Office) {
    this.#office = office;
    this.laws = new Laws(this.clock, office);
    this.carrier = new Carrier(
      this.clock,
      {
        ask: (question) =>
          this.#knock('question', question.call.id, (server) => server.ask(question)) as Promise<Verb>,
        askPerson: (question) =>
          this.#knock('person', callId(question.errand.of), (server) => server.askPerson(question)) as Promise<Verb>,
        wait: (waiting) =>
          this.#knock('wait', waiting.callId, (server) => server.wait(waiting)) as Promise<Verb>,
        status: (leg, status) => this.#status(leg, status),
        callerIsOver: (leg) => this.#callerIsOver(leg),
        streamOpens: (leg, token) => this.#streamOpens(leg, token),
      },
      (leg, verb) => {
        this.count(verb.do);
        this.say(`  ${leg.is} ${leg.id.slice(-3)} gets ${verb.do}`);
        this.laws.given(leg, verb);
      },
    );
    this.servers = [this.#server(), this.#server()];
  }

  get office(): Office {
    return this.#office;
  }

  get promised(): readonly Promised[] {
    return this.#promised;
  }

  count(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  }

  say(what: string): void {
    this.trace.push(`${(this.clock.nowMs() / 1_000).toFixed(1)} ${what}`);
  }

  /** Somebody calls, and the process of that number answers. */
  begins(leg: Leg, how: 'agent' | 'closed' | 'fallback' | 'unknown', at: number): void {
    const { profile } = this.#office;
    const server = this.servers[at]!;
    const call = { ...leg.call, status: 'in-progress' } as const;
    if (how === 'unknown') return void this.carrier.ask(leg, { of: 'stream' });
    if (how === 'fallback') return this.carrier.follow(leg, server.routes.fallBack(call, profile, 'no-session'));
    const { closed } = profile;
    if (how === 'agent' || !closed || closed.then.do === 'agent') server.agents.set(leg.id, 0);
    const verb = server.routes.begin(call, profile, (route, view) =>
      how === 'closed' && closed ? whileClosed(route, closed, closed.greeting, view) : undefined,
    );
    this.carrier.follow(leg, verb);
  }

  /** With the agent of this call; undefined: it is gone. */
  serverOf(id: CallId): Server | undefined {
    return this.servers.find(({ agents }) => agents.has(id));
  }

  /** Whose number is promised to be called, is. */
  async callsBack({ id, to, from }: Promised): Promise<void> {
    if (this.#connected.has(`${id} called`)) return;
    this.#connected.add(`${id} called`);
    const errand = { is: 'callback', of: id, attempt: 1 } as const;
    await this.control.place({ to, from, ringS: 20, errand }).catch(() => undefined);
  }

  restart(at: number): void {
    const dead = this.servers[at]!;
    this.laws.unsure();
    dead.die();
    this.servers[at] = this.#server();
    for (const leg of living(this.carrier))
      if (leg.place.at === 'stream' && this.serverOf(leg.id) === undefined)
        void this.carrier.ask(leg, { of: 'stream' });
  }

  /** A webhook comes again: nothing may come of it. */
  async again(sent: Sent, server: Server): Promise<void> {
    const before = await this.#pictureOf(sent.of);
    const known = server.routes.again(sent.of);
    const verb = await sent.again(server);
    await settled();
    this.#carryOut();
    const after = await this.#pictureOf(sent.of);
    this.say(`  repeated ${sent.what} got ${verb?.do}`);
    // Music is asked for again and again: then too it is looked whether somebody waits for too long.
    const isSame =
      sent.what === 'wait'
        ? before.route?.step === after.route?.step
        : isDeepStrictEqual(before, after);
    if (!isSame)
      this.laws.break(
        `5: a repeated ${sent.what}: ${whereOf(before.route)}, ${before.did} → ${whereOf(after.route)}, ${after.did}`,
      );
    const given = after.route?.given;
    // Of a process that another has overtaken, it is answered as it was then.
    const mayBe = [given?.do, known?.do, 'hang-up'];
    if (sent.what === 'question' && verb && given && !mayBe.includes(verb.do))
      this.laws.break(`5: a repeated question gets ${verb.do}, and not ${given.do}`);
  }

  async pass(forMs: number): Promise<void> {
    await this.clock.pass(forMs, () => this.#look());
  }

  /** Until everything is over, or for so long. */
  async quiet(): Promise<void> {
    this.isQuiet = true;
    for (const leg of living(this.carrier))
      if (leg.place.at === 'stream') this.#streamOpens(leg, this.serverOf(leg.id)?.token ?? '');
    for (let minute = 0; minute < 120 && living(this.carrier).length > 0; minute++) {
      await this.pass(MINUTE_MS);
      // Nobody talks for ever.
      if (minute % 10 === 9) for (const leg of talking(this.carrier).filter(({ is }) => is !== 'caller')) this.carrier.hangsUp(leg);
    }
    for (const leg of living(this.carrier))
      this.laws.break(`1: ${leg.is} ${leg.id} is at ${leg.place.at} for ever`);
  }

  #look(): void {
    this.#carryOut();
    this.laws.look(this.carrier);
  }

  /** What was asked of the carrier by REST reaches it some time later. */
  #carryOut(): void {
    for (const reached of this.control.reached.slice(this.#carriedOut)) {
      this.#carriedOut++;
      this.count(reached.do);
      this.say(`  rest ${reached.do} ${reached.id.slice(-3)}`);
      if (reached.do === 'place') this.laws.placed(reached.call);
      else this.laws.takesOut(this.carrier, reached.id, reached.do);
      this.clock.after(this.dice.from(0, REST_LATE_MS), () => this.#reaches(reached));
    }
  }

  #reaches(reached: Reached): void {
    if (reached.do === 'place') this.carrier.places(reached.id, reached.call);
    else if (reached.do === 'hang-up') this.carrier.hangUp(reached.id);
    else this.carrier.takeBack(reached.id, reached.step);
  }

  #server(): Server {
    const shared = {
      ...{ clock: this.clock, control: this.control, office: this.#office, callbacks: this.#book() },
      store: {
        ...this.#store,
        save: (route: Route) => {
          this.count(`at ${route.where.at}`);
          this.#store.save(route);
        },
      },
      did: (what: string, id: CallId) => {
        this.#did++;
        this.count(what);
        if (what !== 'notice') this.say(`  ${what} ${id.slice(-3)}`);
      },
    };
    return new Server(shared, `process ${++this.#tokens}`);
  }

  #book(): CallbackKeeper {
    return {
      promise: (callback) => {
        if (this.isBookAway) return Promise.reject(new Error('no database'));
        this.#promised.push({ ...callback, id: `b${this.#promised.length}` });
        this.count('promise');
        return Promise.resolve();
      },
      of: (id) => Promise.resolve(this.#connected.has(id) ? undefined : this.#promised.find((one) => one.id === id)),
      connected: (id) => void this.#connected.add(id),
      status: () => undefined,
    };
  }

  /** Mostly the same process is asked. */
  #knock(what: Sent['what'], of: CallId, send: (server: Server) => Promise<Verb | undefined>): Promise<Verb | undefined> {
    const server = this.dice.chance(0.2) ? this.dice.pick(this.servers) : (this.serverOf(of) ?? this.servers[0]!);
    this.sent.push({ what, of, again: send });
    return send(server).catch((thrown: unknown) => {
      this.laws.break(`6: a ${what} throws ${String(thrown)}`);
      return { do: 'hang-up' };
    });
  }

  #status(leg: Leg, status: CallStatus): void {
    const { errand } = leg;
    if (!errand) return;
    this.#later(() => {
      void this.#knock('status', callId(errand.of), (server) =>
        server.personStatus({ id: leg.id, errand, status }).then(() => undefined),
      );
    });
  }

  #callerIsOver(leg: Leg): void {
    this.control.end(leg.id);
    this.#later(() => {
      void this.#knock('status', leg.id, (server) =>
        server.callStatus({ ...leg.call, status: 'completed' }).then(() => undefined),
      );
    });
  }

  /** A status callback: late, out of order, twice, or never. */
  #later(send: () => void): void {
    if (!this.isQuiet && this.dice.chance(0.1)) return this.laws.unsure();
    const times = !this.isQuiet && this.dice.chance(0.1) ? 2 : 1;
    for (let time = 0; time < times; time++)
      this.clock.after(this.dice.chance(0.5) ? 0 : this.dice.from(0, STATUS_LATE_MS), send);
  }

  #streamOpens(leg: Leg, token: string): void {
    const { turn } = leg;
    const server = this.servers.find((one) => one.token === token && one.agents.has(leg.id));
    const isIn = (): boolean => leg.turn === turn && !isOver(leg);
    if (!server)
      this.clock.after(1_000, () => {
        if (isIn()) void this.carrier.ask(leg, { of: 'stream' });
      });
    else if (this.isQuiet)
      this.clock.after(MINUTE_MS, () => {
        if (!isIn()) return;
        if (server.agents.has(leg.id)) {
          leg.credits.add('agent');
          server.depart(leg.id, { to: 'hang-up' });
        }
        void this.carrier.ask(leg, { of: 'stream' });
      });
  }

  async #pictureOf(id: CallId): Promise<{ route: Route | undefined; did: number }> {
    const route = await this.#store.load(id, new AbortController().signal);
    return { route, did: this.#did + this.control.reached.length };
  }
}

const whereOf = (route: Route | undefined): string => (route ? `${route.where.at} ${route.step}` : 'nowhere');
