// The profile's file changes while a caller is on the way: renamed, in another order, gone. On the real routes.
import { expect, test } from 'vitest';
import { profileSchema, type Profile } from '../../src/agents/profile.ts';
import { silentLog, type Log } from '../../src/base/log.ts';
import type { CarrierCall, Outcome, PersonQuestion, Verb } from '../../src/carrier/webhooks.ts';
import { createMemoryRoutes } from '../../src/ivr/route-store-memory.ts';
import type { RouteStore } from '../../src/ivr/route-store.ts';
import { Routes } from '../../src/ivr/routes.ts';
import { FakeControl } from '../doubles/fake-control.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { CALL, CALLER, NOW_MS, OURS, PERSON, to } from './routes-rig.ts';

const BOSS = { to: '+12025550199', description: 'The boss', spoken: 'the boss' };
const SALES = { to: '+12025550111', description: 'Sales', spoken: 'sales' };
const SUPPORT = { to: '+12025550113', description: 'Support', transfer: 'queue' };
const DESTINATIONS = { sales: SALES, support: SUPPORT };

const profile = (more: object = {}): Profile =>
  profileSchema().parse({
    ...{ name: 'Desk', numbers: [OURS], instructions: 'Be kind.', greeting: 'Guten Tag!', language: 'de-DE' },
    ...{ time_zone: 'Europe/Berlin', destinations: DESTINATIONS, keep_records_days: 7 },
    voicemail: { deliver_to: ['desk@example.com'], transcribe: 'on' },
    fallback: { steps: ['menu', 'voicemail'] },
    ...more,
  });

const INCOMING: CarrierCall = {
  ...{ id: CALL, from: CALLER, to: OURS, direction: 'inbound', status: 'in-progress' },
};

/** Of a server whose one profile may be another from one moment to the next. */
function world(store: RouteStore = createMemoryRoutes(new ManualClock(NOW_MS))) {
  const control = new FakeControl();
  const clock = new ManualClock(NOW_MS);
  const office: { profile: Profile | undefined } = { profile: profile() };
  const errors: string[] = [];
  const log: Log = Object.assign(Object.create(silentLog) as Log, {
    error: (_facts: object, words: string) => void errors.push(words),
  });
  const routes = new Routes({
    ...{ control, clock, store, log },
    agents: {
      isHere: () => false,
      mint: () => 'token',
      streamLost: () => undefined,
      returned: () => undefined,
      handedOver: () => undefined,
      callerGone: () => undefined,
    },
    profiles: () => (office.profile ? [office.profile] : []),
    profileNamed: (name) => (office.profile?.name === name ? office.profile : undefined),
    profileOf: (call) => (call.to === OURS ? office.profile : undefined),
    mayDial: () => true,
    musicOf: (name) => `music of ${name}`,
    popScreen: () => undefined,
    notice: () => undefined,
  });
  const ask = (outcome: Outcome, step: number): Verb | undefined =>
    routes.ask({ call: INCOMING, step, outcome });
  const begin = () => routes.fallBack(INCOMING, office.profile ?? profile(), 'no-session');
  /** The caller is in the queue, by the first key that leads there. */
  const queued = () => {
    begin();
    return ask(keys('2'), 1);
  };
  return { routes, control, clock, office, errors, ask, begin, queued };
}

const keys = (digits: string): Outcome => ({ of: 'keys', digits });
const texts = (verb: Verb | undefined): string =>
  verb?.do === 'ask-key' ? verb.say.map(({ text }) => text).join(' ') : '';
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a key means what was read out, in whatever order the destinations are now', () => {
  const { office, begin, ask } = world();
  expect(texts(begin())).toMatch(/sales.* 1/);
  office.profile = profile({ destinations: { boss: BOSS, ...DESTINATIONS } });
  expect(ask(keys('1'), 1)).toMatchObject({ do: 'dial', to: SALES.to });
});

test('a key of a destination that is gone: the caller hears so, and what there is now', () => {
  const { office, begin, ask } = world();
  begin();
  office.profile = profile({ destinations: { boss: BOSS, support: SUPPORT } });
  const again = ask(keys('1'), 1);
  expect(texts(again)).toMatch(/sales.*the boss.* 1/);
  expect(ask(keys('1'), 2)).toMatchObject({ do: 'dial', to: BOSS.to });
});

test('one of many that closes while they are read out leaves its key to no other', () => {
  const { office, begin, ask } = world();
  const many = (hours: object) =>
    Object.fromEntries(
      Array.from({ length: 9 }, (_, at) => [
        `d${at}`,
        { to: `+1202555011${at}`, description: 'One', ...(at === 0 && hours) },
      ]),
    );
  office.profile = profile({ destinations: many({}) });
  begin();
  office.profile = profile({ destinations: many({ hours: { sun: '01:00-02:00' } }) });
  expect(ask(keys('8'), 1)).toMatchObject({ do: 'dial', to: '+12025550117' });
});

test('renamed: whoever waits in a queue waits on, with its music, and is taken from it', async () => {
  const { routes, control, office, queued } = world();
  const queue = queued();
  office.profile = profile({ name: 'New desk' });
  const waiting = { callId: CALL, step: 2, digits: '', queue: { position: 1, waitedS: 1, averageS: 0 } };
  expect(await routes.waits(waiting)).toMatchObject({ do: 'music', sound: 'music of New desk' });
  await settled();
  const { errand } = control.placed()[0]!.call;
  const person = (outcome: PersonQuestion['outcome']): PersonQuestion => ({
    call: { ...INCOMING, id: PERSON, from: OURS, to: SUPPORT.to, direction: 'outbound' },
    ...{ errand, outcome },
  });
  expect(await routes.personAsks(person({ of: 'answered' }))).toMatchObject({ do: 'ask-key' });
  expect(await routes.personAsks(person({ of: 'keys', digits: '1' }))).toMatchObject({
    do: 'take-from-queue',
    queue: queue?.do === 'queue' ? queue.queue : '',
  });
});

test('renamed: who is in the menu hears it on, and who was rung has the rest of the ladder', () => {
  const { office, begin, ask } = world();
  begin();
  office.profile = profile({ name: 'New desk' });
  expect(ask(keys('1'), 1)).toMatchObject({ do: 'dial', to: SALES.to });
  office.profile = profile({ name: 'Newest desk' });
  expect(texts(ask({ of: 'dial', result: 'busy', talkedS: 0 }, 2))).toMatch(/sales/);
});

test('gone: an apology, in the language that the caller has heard until then', () => {
  const { office, begin, ask } = world();
  begin();
  office.profile = undefined;
  expect(ask(keys('1'), 1)).toMatchObject({ do: 'say-and-hang-up', language: 'de-DE' });
});

const ABOUT = {
  ...{ profile: 'Desk', from: CALLER, to: OURS, language: 'de-DE', timeZone: 'Europe/Berlin' },
  ...{ deliverTo: ['desk@example.com'], transcribe: true, keepDays: 7 },
};

test.each([
  ['renamed', profile({ name: 'New desk', voicemail: { deliver_to: ['new@example.com'] } })],
  ['gone', undefined],
])('%s while a message is spoken: it goes where it went when it was asked for', (_, now) => {
  const { routes, office, begin, ask, errors } = world();
  begin();
  expect(ask(keys('3'), 1)).toMatchObject({ do: 'record' });
  office.profile = now;
  expect(ask({ of: 'recording', id: 'RE1', seconds: 9 }, 2)).toMatchObject({ do: 'say-and-hang-up' });
  expect(routes.messageIn(CALL)).toMatchObject(ABOUT);
  expect(errors).toEqual([]);
});

test.each([
  ['another process learns what was decided after the same verb', 'other'],
  ['what is written down late of the same verb does not undo what is known here', 'one'],
] as const)('%s', async (_, asked) => {
  const kept = createMemoryRoutes(new ManualClock(NOW_MS));
  let isSlow = false;
  const store: RouteStore = { ...kept, save: (route) => isSlow || kept.save(route) };
  const processes = { one: world(store), other: world(store) };
  const { one, other } = processes;
  const warm = { ...SALES, transfer: 'warm' };
  for (const { office } of [one, other]) office.profile = profile({ destinations: { sales: warm } });
  one.begin();
  one.ask(keys('1'), 1);
  await settled();
  await other.routes.recall(CALL);
  isSlow = asked === 'one';
  const { errand } = one.control.placed()[0]!.call;
  const asks = (outcome: PersonQuestion['outcome']) =>
    one.routes.personAsks({
      call: { ...INCOMING, id: PERSON, from: OURS, to: SALES.to, direction: 'outbound' },
      ...{ errand, outcome },
    });
  await asks({ of: 'answered' });
  await asks({ of: 'keys', digits: '1' });
  one.clock.advance(60_000);
  await settled();
  await asks({ of: 'over' });
  await processes[asked].routes.recall(CALL);
  expect(processes[asked].ask({ of: 'stream' }, 2), 'they have talked').toEqual({ do: 'hang-up' });
});

test('another process knows as much of the message', async () => {
  const store = createMemoryRoutes(new ManualClock(NOW_MS));
  const one = world(store);
  one.begin();
  one.ask(keys('3'), 1);
  const other = world(store);
  other.office.profile = undefined;
  await other.routes.recall(CALL);
  expect(other.routes.messageIn(CALL)).toMatchObject(ABOUT);
});

test('a message that nobody was asked for, of a profile that is gone: an error says that nobody gets it', () => {
  const { routes, office, begin, errors } = world();
  begin();
  office.profile = undefined;
  expect(routes.messageIn(CALL)).toMatchObject({ profile: 'Desk', deliverTo: [] });
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain('delivered to nobody');
});

test('nothing of a call is written down whose profile keeps no records, under its new name too', () => {
  const kept = createMemoryRoutes(new ManualClock(NOW_MS));
  let saved = 0;
  const { routes, office, begin, ask } = world({ ...kept, save: () => void (saved += 1) });
  office.profile = profile({ keep_records_days: 'off' });
  begin();
  office.profile = profile({ name: 'New desk', keep_records_days: 'off' });
  ask(keys('1'), 1);
  routes.depart(CALL, to('sales'));
  expect(saved).toBe(0);
});
