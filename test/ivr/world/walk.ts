// What may happen next in a world, and one of it, by chance.
import { callId } from '../../../src/base/ids.ts';
import { DEPARTURE_HOLDS_MS } from '../../../src/ivr/after-stream.ts';
import type { Departure } from '../../../src/ivr/departure.ts';
import type { ControlFault } from '../../doubles/fake-control.ts';
import { CALLER, to } from '../routes-rig.ts';
import type { Health } from './database.ts';
import { living } from './meetings.ts';
import { Dice } from './dice.ts';
import { isOver, isRinging, type Leg } from './leg.ts';
import type { World } from './world.ts';

interface Happening {
  readonly what: string;
  readonly weight: number;
  readonly then: (dice: Dice) => unknown;
}

const FAULTS: readonly ControlFault[] = ['away', 'busy', 'refused', 'failing', 'silent', 'garbled', 'lost'];
const HOW = [...Array.from({ length: 6 }, () => 'agent' as const), 'fallback', 'closed', 'unknown'] as const;
const KEYS = ['1', '1', '1', '2', '3', '4', '5', '0', '*', '#'];
/** Of any walk. */
const MOST_REQUESTS = 400;
const CALLERS = [CALLER, CALLER, 'anonymous', 'sip:ada@example.com'];

/** `choice`: which, as a seed. */
export async function happens(world: World, choice: number): Promise<void> {
  const dice = new Dice(choice);
  world.dice = dice;
  const enabled = [...happenings(world)];
  const sum = enabled.reduce((weights, { weight }) => weights + weight, 0);
  let at = dice.next() * sum;
  const one = enabled.find(({ weight }) => (at -= weight) < 0) ?? enabled[0]!;
  world.say(one.what);
  await one.then(dice);
  await world.pass(0);
}

function* happenings(world: World): Generator<Happening> {
  const { carrier, control, book, servers } = world;
  const { sent } = world.post;
  const passes = (what: string, weight: number, leastS: number, mostS: number): Happening => ({
    ...{ what, weight },
    then: (dice) => world.pass(dice.from(leastS, mostS) * 1_000),
  });
  yield passes('a moment', 3, 0, 5);
  yield passes('half a minute', 1.5, 5, 40);
  yield passes('minutes', 0.5, 60, 400);
  const calls = [...carrier.legs.values()].filter(({ is, errand }) => is === 'caller' && !errand).length;
  const weight = [1_000, 0.5][calls];
  if (weight !== undefined)
    yield { ...{ what: 'somebody calls', weight }, then: (dice) => begin(world, calls, dice) };
  yield { what: 'the carrier fails', weight: 0.3, then: (dice) => fail(world, dice) };
  yield* ofOperator(world);
  yield { what: 'a restart', weight: 0.15, then: (dice) => world.restart(dice.from(0, servers.length - 1)) };
  const comesAgain = (what: string, of: number, often: number): Happening => ({
    ...{ what, weight: often },
    then: (dice) => world.again(dice.pick(sent.slice(-of)), dice.pick(servers)),
  });
  // Processes that cannot see the same rows need not say the same.
  if (sent.length > 0 && world.database.wasAlwaysWell) {
    yield comesAgain('a webhook comes twice', 2, 1);
    yield comesAgain('a webhook comes late', 40, 0.7);
  }
  if (book.promised.length > 0) yield { what: 'a callback is due', weight: 4, then: () => callsBack(world) };
  yield {
    ...{ what: 'the book is away, or back', weight: 0.1 },
    then: () => {
      book.isAway = !book.isAway;
    },
  };
  for (const leg of living(carrier.legs)) yield* of(world, leg);
  if (control.reached.length > MOST_REQUESTS) world.laws.break('1: there is no end to the requests');
}

function* of(world: World, leg: Leg): Generator<Happening> {
  const { carrier } = world;
  const { place } = leg;
  const who = `${leg.is} ${leg.id.slice(-3)}`;
  const one = (what: string, weight: number, then: Happening['then']): Happening => ({
    what: `${who} ${what}`,
    weight,
    then,
  });
  const hangsUp = (weight: number): Happening => one('hangs up', weight, () => carrier.hangsUp(leg));
  if (isRinging(leg)) {
    // Whom nobody waits for any more, later: their caller may be sent to somebody else first.
    const isLate = leg.is === 'person' && carrier.callerOf(leg)?.place.at === 'stream';
    yield one('picks up', isLate ? 0.5 : 6, () => carrier.picksUp(leg));
    for (const status of ['busy', 'no-answer', 'failed'] as const)
      yield one(status, 0.3, () => carrier.doesNotCome(leg, status));
    return;
  }
  const waits = place.at === 'conference' || place.at === 'dial';
  yield hangsUp(leg.is === 'caller' ? (waits ? 1.5 : 0.2) : 0.6);
  if (leg.is === 'person') {
    yield one('slips out', place.at === 'conference' ? 0.2 : 0, () => carrier.slipsOut(leg));
    if (place.at === 'keys') {
      yield one('presses 1', 10, () => carrier.presses(leg, '1'));
      yield one('presses 2', 0.5, () => carrier.presses(leg, '2'));
      const caller = carrier.callerOf(leg);
      if (caller && !isOver(caller))
        yield one('presses 1 just when their caller hangs up', 0.5, () => {
          carrier.hangsUp(caller);
          carrier.presses(leg, '1');
        });
    }
    return;
  }
  yield* ofAgentTooLate(world, leg);
  switch (place.at) {
    case 'stream':
      yield* ofAgent(world, leg);
      return;
    case 'refer':
      yield one('is taken', 2, () => {
        leg.credits.add('referred');
        void carrier.ask(leg, { of: 'refer', result: 'taken' });
      });
      return;
    case 'queue':
      yield one('presses 1', 2, () => wantsCallback(world, leg));
      return;
    case 'record':
      yield one('leaves a message', 3, (dice) => carrier.records(leg, dice.from(1, 60)));
      return;
    case 'keys':
      if (leg.errand) yield one('presses 1', 10, () => carrier.presses(leg, '1'));
      yield one('presses a key', 4, (dice) => carrier.presses(leg, dice.pick(KEYS)));
      return;
    default:
  }
}

function* ofAgent(world: World, leg: Leg): Generator<Happening> {
  const { carrier } = world;
  const server = world.serverOf(leg.id);
  const closes = () => void carrier.ask(leg, { of: 'stream' });
  yield {
    ...{ what: 'the stream is lost', weight: 0.8 },
    then: () => {
      leg.isSent = false;
      closes();
    },
  };
  if (!server) return;
  const departs = (what: string, weight: number, wants: Departure, waitsMs = 0): Happening => ({
    what: `the agent: ${what}`,
    weight,
    then: async () => {
      if (wants.to === 'hang-up') leg.credits.add('agent');
      leg.isSent = wants.to === 'destination';
      server.depart(leg.id, wants);
      await world.pass(waitsMs);
      if (waitsMs > DEPARTURE_HOLDS_MS) leg.isSent = false;
      if (leg.place.at === 'stream') closes();
    },
  });
  const isAwaited = living(carrier.legs).some((one) => one.is === 'person' && carrier.callerOf(one) === leg);
  for (const name of namesOf(world)) {
    yield departs(name, isAwaited ? 6 : 1.5, to(name));
    yield departs(`${name}, and two minutes`, 0.05, to(name), 120_000);
  }
  yield departs('press', 0.2, to('press'));
  yield departs('hang up', 0.3, { to: 'hang-up' });
  yield departs('voicemail', 0.4, { to: 'voicemail' });
  yield departs('fallback', 0.6, { to: 'fallback', because: 'model-failed' });
  yield {
    what: 'the agent dies',
    weight: 0.3,
    then: () => {
      server.agents.delete(leg.id);
      closes();
    },
  };
}

function begin(world: World, calls: number, dice: Dice): void {
  const leg = world.carrier.calls(callId(`CA${String(calls + 1).padStart(32, '0')}`), dice.pick(CALLERS));
  world.begins(leg, dice.pick(HOW), dice.pick(world.servers));
}

/** A job of the book's own, which asks the carrier. */
async function callsBack({ book, control }: World): Promise<void> {
  const due = book.next();
  if (!due) return;
  const { to: callee, from, id } = due;
  const errand = { is: 'callback', of: id, attempt: 1 } as const;
  await control.place({ to: callee, from, ringS: 20, errand }).catch(() => undefined);
}

function fail(world: World, dice: Dice): void {
  world.laws.unsure();
  world.control.fail(...Array.from({ length: dice.from(1, 3) }, () => dice.pick(FAULTS)));
}

function wantsCallback(world: World, leg: Leg): void {
  leg.credits.add('key');
  void world.carrier.wait(leg, '1');
}

function* ofOperator({ office, database, laws, count }: World): Generator<Happening> {
  const happens = (what: string, weight: number, then: Happening['then']): Happening => ({
    ...{ what: `the operator ${what}`, weight },
    then: (dice) => {
      count(`sees that the operator ${what}`);
      return then(dice);
    },
  });
  if (office.versions.length > 1)
    yield happens('changes the profile', 0.4, (dice) => office.reload(dice.pick(office.versions)));
  if (office.profile) yield happens('removes the profile', 0.05, () => office.reload(undefined));
  else yield happens('brings the profile back', 2, (dice) => office.reload(dice.pick(office.versions)));
  const becomes = (health: Health): (() => void) => {
    return () => {
      laws.unsure();
      database.becomes(health);
    };
  };
  if (database.is !== 'well') yield happens('has the database again', 1, becomes('well'));
  if (database.is !== 'slow') yield happens('has a slow database', 0.1, becomes('slow'));
  if (database.is !== 'away') yield happens('has no database', 0.1, becomes('away'));
}

/** What the agent began while the caller was still there, and comes to its end now. */
function* ofAgentTooLate(world: World, leg: Leg): Generator<Happening> {
  const { at } = leg.place;
  if (at !== 'dial' && at !== 'conference' && at !== 'queue') return;
  const server = world.serverOf(leg.id);
  const [name] = namesOf(world);
  if (server && name !== undefined)
    yield {
      ...{ what: `the agent, too late: ${name}`, weight: 0.3 },
      then: () => server.depart(leg.id, to(name)),
    };
}

/** Of all that the agent was ever told of. */
const namesOf = ({ office }: World): readonly string[] => [
  ...new Set(office.versions.flatMap(({ destinations }) => destinations.map(({ name }) => name))),
];
