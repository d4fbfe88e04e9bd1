// Routes with a scripted carrier and scripted agents, on a manual clock; the test asks what the carrier would.
import { profileSchema } from '../../src/agents/profile.ts';
import type { CallId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { CarrierCall, Errand, Outcome, PersonQuestion, Verb } from '../../src/carrier/webhooks.ts';
import type { RouteNotice } from '../../src/ivr/answer.ts';
import type { CallbackKeeper } from '../../src/ivr/called-back.ts';
import { createMemoryRoutes } from '../../src/ivr/route-store-memory.ts';
import type { RouteStore } from '../../src/ivr/route-store.ts';
import { Routes } from '../../src/ivr/routes.ts';
import { FakeControl } from '../doubles/fake-control.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { CALL, CALLER, OURS, NOW_MS, PERSON, to } from './routes-rig.ts';

export const PROFILE = profileSchema().parse({
  name: 'Desk',
  numbers: [OURS],
  instructions: 'Be kind.',
  greeting: 'Hello!',
  destinations: {
    sales: { to: '+12025550111', description: 'Sales' },
    billing: {
      ...{ to: '+12025550112', description: 'Bills', transfer: 'warm' },
      screen_pop: 'https://crm.example.com/pop',
    },
    support: {
      ...{ to: '+12025550113', description: 'Support', transfer: 'queue' },
      screen_pop: 'https://crm.example.com/queue',
    },
    till_ten_past: {
      ...{ to: '+12025550114', description: 'Soon gone', transfer: 'queue' },
      hours: { mon: '09:00-10:10' },
    },
  },
  time_zone: 'America/New_York',
  voicemail: { greeting: 'Please leave a message, {{caller}}.' },
  fallback: { steps: ['menu', { destination: 'sales' }, 'voicemail', 'apology'] },
});
/** Another agent, to which calls are handed. */
export const OTHER = profileSchema().parse({
  name: 'Repairs',
  numbers: ['+12025550120'],
  instructions: 'Be kind.',
  greeting: 'Hello!',
  destinations: { workshop: { to: '+12025550121', description: 'Repairs' } },
  fallback: { steps: [{ destination: 'workshop' }, 'apology'] },
});
export const INCOMING: CarrierCall = {
  ...{ id: CALL, from: CALLER, to: OURS, direction: 'inbound', status: 'in-progress' },
};
export const settled = () => new Promise((resolve) => setImmediate(resolve));

export interface World {
  readonly store?: RouteStore;
  readonly callbacks?: CallbackKeeper;
  readonly clock?: ManualClock;
  readonly isOn?: (id: CallId) => Promise<boolean>;
}

export const onAndOn = () => Promise.resolve(true);

export function world({ store, callbacks, clock = new ManualClock(NOW_MS), isOn = onAndOn }: World = {}) {
  const control = new FakeControl();
  const here = new Set<CallId>([CALL]);
  const returned: string[] = [];
  const handedOver: CallId[] = [];
  const gone: CallId[] = [];
  const lost: CallId[] = [];
  const pops: unknown[] = [];
  const notices: RouteNotice[] = [];
  const kept = store ?? createMemoryRoutes(clock);
  const routes = new Routes({
    ...{ control, clock, callbacks, isOn, store: kept, log: silentLog },
    agents: {
      isHere: (id) => here.has(id),
      mint: () => 'token',
      streamLost: (id) => void lost.push(id),
      returned: (_id, told) => void returned.push(told),
      handedOver: (id) => void handedOver.push(id),
      callerGone: (id) => void gone.push(id),
    },
    profiles: () => [PROFILE],
    profileNamed: (name) => [PROFILE, OTHER].find((profile) => profile.name === name),
    profileOf: (call) => (call.to === OURS ? PROFILE : undefined),
    mayDial: () => true,
    musicOf: () => 'hold',
    popScreen: (url, about) => void pops.push({ url, ...about }),
    notice: (notice) => void notices.push(notice),
  });
  const ask = (outcome: Outcome = { of: 'stream' }, step?: number): Verb | undefined =>
    routes.ask({ call: INCOMING, step, outcome });
  return {
    ...{ routes, control, clock, here, returned, handedOver, gone, lost, pops, notices, ask, store: kept },
    /** The call is answered, and the agent sends the caller somewhere. */
    sent: (name: string): Verb | undefined => {
      const first = routes.begin(INCOMING, PROFILE);
      routes.depart(CALL, to(name));
      return ask(undefined, stepOf(first));
    },
  };
}

export function stepOf(verb: Verb | undefined): number {
  if (verb?.do === 'ask-key') return 'step' in verb.of ? verb.of.step : 0;
  return verb !== undefined && 'step' in verb ? (verb.step ?? 0) : 0;
}
export const errandOf = (control: FakeControl): Errand => control.placed().at(-1)!.call.errand;
export const person = (errand: Errand, outcome: PersonQuestion['outcome'], id = PERSON): PersonQuestion => ({
  call: { ...INCOMING, id, from: OURS, to: '+12025550112', direction: 'outbound' },
  ...{ errand, outcome },
});
export const ANSWERED = { of: 'answered' } as const;
export const keys = (digits: string) => ({ of: 'keys', digits }) as const;
