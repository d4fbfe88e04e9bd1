// A world of callers: the carrier, and the processes of ours that its webhooks reach. Counts what was reached, and notes
// what happened.
import { isDeepStrictEqual } from 'node:util';
import { callId, type CallId } from '../../../src/base/ids.ts';
import { whileClosed } from '../../../src/ivr/closed.ts';
import type { Route } from '../../../src/ivr/route.ts';
import { FakeControl } from '../../doubles/fake-control.ts';
import { NOW_MS } from '../routes-rig.ts';
import { Book } from './book.ts';
import { Carrier } from './carrier.ts';
import { Database } from './database.ts';
import { Dice } from './dice.ts';
import { Laws } from './laws.ts';
import type { Leg } from './leg.ts';
import { living } from './meetings.ts';
import { Post, type Sent } from './post.ts';
import { Office } from './office.ts';
import type { Offices } from './profiles.ts';
import { Requests } from './requests.ts';
import { lateControl } from './rest.ts';
import { Server } from './server.ts';
import { settled, WorldClock } from './world-clock.ts';

const MINUTE_MS = 60_000;
/** Twilio docs, Webhooks: in all. */
const RETRIED_WITHIN_MS = 15_000;
/** An account that has many to call lets some wait (Twilio docs, Calls per second). */
const DIALS_LATE = 0.15;
const DIALS_LATE_MS = 120_000;
/** Nobody talks for longer. */
const TALK_MIN = 10;
const OVER_WITHIN_MIN = 120;

export class World {
  readonly clock = new WorldClock(NOW_MS);
  readonly control = new FakeControl();
  readonly reached = new Map<string, number>();
  readonly book = new Book((what) => this.count(what));
  readonly trace: string[] = [];
  readonly office: Office;
  readonly laws: Laws;
  readonly post: Post;
  readonly carrier: Carrier;
  readonly servers: Server[];
  dice = new Dice(0);
  readonly database = new Database(this.clock, () => this.dice);
  /** From then on nothing is lost any more, nobody answers, and agents say goodbye. */
  #isQuiet = false;
  readonly #requests: Requests;
  #did = 0;
  readonly #begunBy = new Map<CallId, Server>();
  #begun = 0;

  constructor(offices: Offices) {
    const { clock } = this;
    const office = (this.office = new Office(offices, () => clock.nowMs()));
    const laws = (this.laws = new Laws(clock, office, (id) => this.#isOfTwoMinds(id)));
    const post = (this.post = new Post({
      ...{ clock, laws },
      dice: () => this.dice,
      servers: () => this.servers,
      isQuiet: () => this.#isQuiet,
      gives: (verb) => this.count(`gives ${verb.do}`),
    }));
    this.carrier = new Carrier(
      clock,
      {
        ...{ ask: post.ask, askPerson: post.askPerson, wait: post.wait },
        status: (leg, status) => post.status(leg, status),
        callerIsOver: (leg) => {
          this.control.end(leg.id);
          post.over(leg);
        },
        streamOpens: (leg, token) => this.#streamOpens(leg, token),
      },
      (leg, verb) => {
        this.count(`gives ${verb.do}`);
        this.say(`  ${leg.is} ${leg.id.slice(-3)} gets ${verb.do}`);
        laws.given(leg, verb, this.carrier.callerOf(leg));
      },
      () => (this.dice.chance(DIALS_LATE) ? this.dice.from(1, DIALS_LATE_MS) : 0),
    );
    this.#requests = new Requests({
      ...{ clock, laws, control: this.control, carrier: this.carrier },
      dice: () => this.dice,
      onRequest: ({ do: what, id }) => {
        this.count(`asks to ${what}`);
        this.say(`  asks the carrier to ${what} ${id.slice(-3)}`);
      },
    });
    this.servers = [this.#server(), this.#server()];
  }

  readonly count = (what: string): void => {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  };

  say(what: string): void {
    this.trace.push(`${(this.clock.nowMs() / 1_000).toFixed(1)} ${what}`);
  }

  /** Somebody calls, and a process answers. */
  begins(leg: Leg, how: 'agent' | 'closed' | 'fallback' | 'unknown', server: Server): void {
    const { profile } = this.office;
    const call = { ...leg.call, status: 'in-progress' } as const;
    this.#begunBy.set(leg.id, server);
    if (!profile)
      return this.carrier.follow(leg, { do: 'say-and-hang-up', text: 'Sorry.', language: 'en-US' });
    if (how === 'unknown') return void this.carrier.ask(leg, { of: 'stream' });
    if (how === 'fallback')
      return this.carrier.follow(leg, server.routes.fallBack(call, profile, 'no-session'));
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

  restart(at: number): void {
    this.laws.unsure();
    this.servers[at]!.die();
    this.servers[at] = this.#server();
    for (const leg of living(this.carrier.legs))
      if (leg.place.at === 'stream' && this.serverOf(leg.id) === undefined)
        void this.carrier.ask(leg, { of: 'stream' });
  }

  /** A webhook comes again: nothing may come of it. */
  async again({ what, of, by, again, atMs }: Sent, other: Server): Promise<void> {
    // Music is asked for again and again; one that is late for longer is somebody who waits.
    if (what === 'wait' && this.clock.nowMs() - atMs > RETRIED_WITHIN_MS) return;
    // Who is first in a queue, and so whose summary is shown, only the process knows that has called for them.
    const server = of === undefined ? by : other;
    if (!this.servers.includes(server)) return;
    const before = await this.#pictureOf(of);
    const verb = await again(server);
    await settled();
    this.#requests.carryOut();
    const after = await this.#pictureOf(of);
    this.say(`  a repeated ${what} got ${verb?.do}`);
    // Music is asked for again and again: then too it is looked whether somebody waits for too long.
    const isSame =
      what === 'wait' ? before.route?.step === after.route?.step : isDeepStrictEqual(before, after);
    if (!isSame)
      this.laws.break(`5: a repeated ${what}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
    const given = after.route?.given;
    if (what === 'question' && verb && given && verb.do !== given.do && verb.do !== 'hang-up')
      this.laws.break(`5: a repeated question gets ${verb.do}, and not ${given.do}`);
  }

  async pass(forMs: number): Promise<void> {
    await this.clock.pass(forMs, () => {
      this.#requests.carryOut();
      this.laws.look(this.carrier, (leg) => this.#isTold(leg));
    });
  }

  /** Until everything is over, or for so long. */
  async quiet(): Promise<void> {
    this.#isQuiet = true;
    this.database.becomes('well');
    for (const leg of living(this.carrier.legs))
      if (leg.place.at === 'stream') this.#streamOpens(leg, this.serverOf(leg.id)?.token ?? '');
    for (let minute = 1; minute <= OVER_WITHIN_MIN && living(this.carrier.legs).length > 0; minute++) {
      if (this.laws.broken.length > 0) return;
      await this.pass(MINUTE_MS);
      if (minute % TALK_MIN > 0) continue;
      for (const leg of living(this.carrier.legs))
        if (leg.is !== 'caller' && this.carrier.meetings.isTalk(leg)) this.carrier.hangsUp(leg);
    }
    for (const leg of living(this.carrier.legs))
      this.laws.break(`1: ${leg.is} ${leg.id} is at ${leg.place.at} for ever`);
  }

  #server(): Server {
    const { clock, office, book, laws } = this;
    const control = lateControl({
      ...{ clock, control: this.control },
      dice: () => this.dice,
      onFault: () => laws.unsure(),
      onLate: () => this.count('hears late of what it asked'),
    });
    const connection = this.database.connect();
    const store = {
      ...connection.store,
      save: (route: Route) => {
        const { where } = route;
        this.count(`is ${where.at}`);
        if (where.at === 'held') this.count(`is held, their person ${where.person.is}`);
        connection.store.save(route);
      },
    };
    return new Server(
      {
        ...{ clock, control, office, store, callbacks: book },
        onDeath: () => {
          if (connection.dies()) this.count('dies with what it had not written');
        },
        count: (what) => this.count(what),
        did: (what, id) => {
          this.#did++;
          this.count(`does ${what}`);
          if (what !== 'notice') this.say(`  ${what} ${id.slice(-3)}`);
        },
      },
      `process ${++this.#begun}`,
    );
  }

  /** A stream for an agent who is not there closes at once; left alone, an agent says goodbye after a minute. */
  #streamOpens(leg: Leg, token: string): void {
    const { turn } = leg;
    const server = this.servers.find((one) => one.token === token && one.agents.has(leg.id));
    if (server && !this.#isQuiet) return;
    this.clock.after(server ? MINUTE_MS : 1_000, () => {
      if (leg.turn !== turn) return;
      if (server?.agents.has(leg.id)) {
        leg.credits.add('agent');
        server.depart(leg.id, { to: 'hang-up' });
      }
      void this.carrier.ask(leg, { of: 'stream' });
    });
  }

  /** All that was told of this call was told to the process that has its agent. */
  #isTold(leg: Leg): boolean {
    const home = this.serverOf(leg.id);
    return home !== undefined && this.post.sent.every(({ of, by }) => of !== leg.id || by === home);
  }

  #isOfTwoMinds(id: CallId): boolean {
    if (this.database.wasAlwaysWell) return false;
    const person = this.carrier.legs.get(id)?.errand;
    const of = person?.is === 'transfer' ? callId(person.of) : id;
    const first = this.#begunBy.get(of);
    return this.post.sent.some((sent) => sent.of === of && sent.by !== first);
  }

  async #pictureOf(id: CallId | undefined): Promise<{ route: Route | undefined; did: number }> {
    const route = id && (await this.database.load(id));
    return { route, did: this.#did + this.control.reached.length };
  }
}
