// What may happen next in a world, and one of it, by chance.
import { callId } from '../../../src/base/ids.ts';
import type { Departure } from '../../../src/ivr/departure.ts';
import type { ControlFault } from '../../doubles/fake-control.ts';
import { CALLER, to } from '../routes-rig.ts';
import { living } from './carrier.ts';
import { Dice } from './dice.ts';
import { isRinging, type Leg } from './leg.ts';
import type { World } from './world.ts';

interface Happening {
  readonly what: string;
  readonly weight: number;
  readonly then: (dice: Dice) => unknown;
}

const FAULTS: readonly ControlFault[] = ['away', 'busy', 'refused', 'failing', 'silent', 'garbled', 'lost'];
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
  const { carrier, control, sent, servers } = world;
  const seconds = (least: number, most: number) => (dice: Dice) => world.pass(dice.from(least, most) * 1_000);
  yield { what: 'a moment', weight: 3, then: seconds(0, 5) };
  yield { what: 'half a minute', weight: 1.5, then: seconds(5, 40) };
  yield { what: 'minutes', weight: 0.5, then: seconds(60, 400) };
  const calls = [...carrier.legs.values()].filter(({ is, errand }) => is === 'caller' && !errand).length;
  if (calls < 2) yield { what: 'somebody calls', weight: calls === 0 ? 30 : 0.5, then: (dice) => begin(world, calls, dice) };
  if (calls === 0) return;
  yield { what: 'the carrier fails', weight: 0.3, then: (dice) => fail(world, dice) };
  yield { what: 'a restart', weight: 0.15, then: (dice) => world.restart(dice.from(0, servers.length - 1)) };
  if (sent.length > 0) {
    const again = (least: number, what: string, weight: number): Happening => ({
      ...{ what, weight },
      then: (dice) => world.again(sent[dice.from(Math.max(0, sent.length - least), sent.length - 1)]!, dice.pick(servers)),
    });
    yield again(2, 'a webhook comes twice', 1);
    yield again(40, 'a webhook comes late', 0.7);
  }
  const [promised] = world.promised;
  if (promised) yield { what: 'a callback is due', weight: 0.5, then: () => world.callsBack(promised) };
  yield { what: 'the book is away, or back', weight: 0.1, then: () => (world.isBookAway = !world.isBookAway) };
  for (const leg of living(carrier)) yield* of(world, leg);
  if (control.reached.length > 200) world.laws.break('6: there is no end to requests');
}

function* of(world: World, leg: Leg): Generator<Happening> {
  const { carrier } = world;
  const { place } = leg;
  const who = `${leg.is} ${leg.id.slice(-3)}`;
  const one = (what: string, weight: number, then: Happening['then']): Happening => ({ what: `${who} ${what}`, weight, then });
  const hangsUp = (weight: number): Happening => one('hangs up', weight, () => carrier.hangsUp(leg));
  if (isRinging(leg)) {
    yield one('picks up', 4, () => carrier.picksUp(leg));
    for (const status of ['busy', 'no-answer', 'failed'] as const)
      yield one(status, 0.3, () => carrier.doesNotCome(leg, status));
    return;
  }
  yield hangsUp(leg.is === 'caller' ? 0.3 : 0.7);
  if (leg.is === 'person') {
    if (place.at === 'keys') {
      yield one('presses 1', 4, () => carrier.presses(leg, '1'));
      yield one('presses 2', 0.5, () => carrier.presses(leg, '2'));
    }
    return;
  }
  switch (place.at) {
    case 'stream':
      return yield* ofAgent(world, leg);
    case 'refer':
      return yield one('is taken', 2, () => {
        leg.credits.add('referred');
        return carrier.ask(leg, { of: 'refer', result: 'taken' });
      });
    case 'queue':
      return yield one('presses 1', 0.4, () => wantsCallback(world, leg));
    case 'record':
      return yield one('leaves a message', 3, (dice) => carrier.records(leg, dice.from(1, 60)));
    case 'keys':
      return yield one('presses a key', 4, (dice) => carrier.presses(leg, dice.pick([...'1112345670*#'])));
    default:
  }
}

function* ofAgent(world: World, leg: Leg): Generator<Happening> {
  const { carrier, office } = world;
  const server = world.serverOf(leg.id);
  const closes = () => carrier.ask(leg, { of: 'stream' });
  yield { what: 'the stream is lost', weight: 0.5, then: closes };
  if (!server) return;
  const departs = (what: string, weight: number, wants: Departure, waitsMs = 0): Happening => ({
    what: `the agent: ${what}`,
    weight,
    then: async () => {
      if (wants.to === 'hang-up') leg.credits.add('agent');
      server.depart(leg.id, wants);
      await world.pass(waitsMs);
      if (leg.place.at === 'stream') await closes();
    },
  });
  for (const { name } of office.profile.destinations) {
    yield departs(name, 1, to(name));
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
      return closes();
    },
  };
}

function begin(world: World, calls: number, dice: Dice): void {
  const leg = world.carrier.calls(callId(`CA${String(calls + 1).padStart(32, '0')}`), dice.pick(CALLERS));
  world.begins(leg, dice.pick(['agent', 'agent', 'agent', 'agent', 'fallback', 'closed', 'unknown']), dice.from(0, 1));
}

function fail(world: World, dice: Dice): void {
  world.laws.unsure();
  world.control.fail(...Array.from({ length: dice.from(1, 3) }, () => dice.pick(FAULTS)));
}

function wantsCallback(world: World, leg: Leg): Promise<void> {
  leg.credits.add('key');
  return world.carrier.wait(leg, '1');
}
