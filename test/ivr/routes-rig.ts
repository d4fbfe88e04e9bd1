// Routes and views for tests of the tables.
import { callId } from '../../src/base/ids.ts';
import type { View } from '../../src/ivr/answer.ts';
import type { Departure } from '../../src/ivr/departure.ts';
import { menuOf } from '../../src/ivr/menu.ts';
import type { Plan } from '../../src/ivr/plan.ts';
import type { Route, Where } from '../../src/ivr/route.ts';
import { destination, plan } from './plans.ts';

export const NOW_MS = Date.UTC(2026, 10, 23, 15, 0, 0);
export const CALLER = '+12025550143';
export const OURS = '+12025550100';
export const CALL = callId('CA00000000000000000000000000000001');
export const PERSON = callId('CA0000000000000000000000000000000b');

/** One destination of each kind, and every step of the ladder. */
export const FULL: Plan = plan({
  destinations: [
    destination('sales', { to: '+12025550111' }),
    destination('billing', { to: '+12025550112', by: 'warm', screenPop: 'https://crm.example.com/pop' }),
    destination('support', { to: '+12025550113', by: 'queue' }),
    destination('lab', { to: 'sip:lab@example.com', by: 'refer' }),
  ],
  ladder: [{ do: 'menu' }, { do: 'destination', name: 'sales' }, { do: 'voicemail' }, { do: 'apology' }],
  voicemail: { greeting: 'Please leave a message.', longestS: 120 },
});

/** The menu of it, all open, was read out. */
export const IN_MENU: Where = { at: 'menu', choices: menuOf(FULL, () => true) };

export const view = (more: Partial<View> = {}): View => ({
  plan: FULL,
  agent: 'here',
  nowMs: NOW_MS,
  isOpen: () => true,
  mayDial: () => true,
  ...more,
});

export const route = (where: Where = { at: 'agent' }, more: Partial<Route> = {}): Route => ({
  callId: CALL,
  profile: 'Desk',
  from: CALLER,
  to: OURS,
  direction: 'inbound',
  startedMs: NOW_MS - 60_000,
  step: 3,
  revision: 3,
  given: { do: 'stream' },
  where,
  departure: undefined,
  matter: undefined,
  place: undefined,
  rung: 0,
  menus: 0,
  errands: 1,
  ...more,
});

export const wanting = (wants: Departure, atMs = NOW_MS): Route =>
  route({ at: 'agent' }, { departure: { wants, atMs }, errands: 0 });

export const to = (name: string): Departure => ({
  to: 'destination',
  name,
  reason: 'a question',
  briefing: 'Ada has a question about invoice nine.',
});
