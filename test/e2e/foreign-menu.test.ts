// Digits out: another company's menu, which hears keys and nothing else, is gone through by the agent, level by level, in one
// conversation.
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { foreignMenu, type ForeignMenu } from '../../src/simulator/phone/foreign-menu.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { openDesk, type DeskOptions } from './desk.ts';
import { wav } from './rig.ts';

vi.setConfig({ testTimeout: 90_000 });

const keys = (digits: string): object => ({ call: { name: 'send_digits', args: { digits } } });
const SPEAKS = 'I would like to speak to billing, please.';
const AT_LAST = 'Hello, I am calling about invoice seven.';

const AGENT: DeskOptions['script'] = {
  name: 'dials',
  greeting: { say: 'Hello.' },
  turns: [
    // What is said to a menu of keys has no effect on it: it says its page again.
    { hears: 'For billing press 2.', steps: [{ say: SPEAKS }] },
    { hears: 'For billing press 2.', steps: [keys('2')] },
    { hears: 'For invoices press 1, and then your number.', steps: [keys('1')] },
    { hears: 'Type 47 and the star key.', steps: [keys('4w7*')] },
    { hears: 'You are through.', steps: [{ say: AT_LAST }] },
  ],
};

test('three levels down, by keys alone: the stream comes back each time, and it is one conversation', async (context) => {
  const desk = await openDesk(context, { profile: 'tools: [send_digits, end_call]', script: AGENT });
  const menu: ForeignMenu = foreignMenu({
    pages: {
      main: { says: wav('agent/let-me-look'), keys: { 1: 'wrong', 2: 'billing' } },
      billing: { says: wav('agent/goodbye'), keys: { 1: 'number', 2: 'wrong' } },
      number: { says: wav('agent/not-understood'), keys: { 4: 'seven' } },
      seven: { says: wav('caller/no'), keys: { 7: 'star' } },
      star: { says: wav('caller/no'), keys: { '*': 'through' } },
      through: { says: wav('agent/let-me-look') },
      wrong: { says: wav('agent/goodbye') },
    },
    first: 'main',
    say: (sound, page) => call.say(sound, page),
    clock: systemClock,
    patienceMs: 6_000,
  });
  const call: PhoneCall = desk.place({ patienceMs: 60_000, onEvent: (event) => menu.onEvent(event) });

  const session = await vi.waitFor(() => {
    expect(desk.model.sessions.length).toBeGreaterThan(0);
    return desk.model.sessions[0]!;
  });
  const said = (): string[] => session.events.flatMap((event) => (event.type === 'said' ? [event.text] : []));
  await vi.waitFor(() => expect(said()).toContain(AT_LAST), { timeout: 75_000, interval: 50 });
  call.hangUp();
  const outcome = await call.done;

  expect(outcome).toMatchObject({ errors: [], streams: 4 });
  expect(menu.keys).toBe('2147*');
  expect(menu.pages.filter((page, at) => page !== menu.pages[at - 1])).toEqual([
    ...['main', 'billing', 'number', 'seven', 'star', 'through'],
  ]);
  expect(menu.pages.slice(0, 2), 'speech alone changes nothing').toEqual(['main', 'main']);
  expect(said()).toEqual(['Hello.', SPEAKS, AT_LAST]);
  expect(desk.model.sessions, 'one socket, all along').toHaveLength(1);
  expect(desk.told(call, 'call-started')).toHaveLength(1);
  expect(desk.told(call, 'call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]);
});
