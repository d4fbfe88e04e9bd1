import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/carrier/webhooks.ts';
import { afterStream } from '../../src/ivr/after-stream.ts';
import type { RouteEffect, View } from '../../src/ivr/answer.ts';
import type { Route, Where } from '../../src/ivr/route.ts';
import { CALLER, FULL, IN_MENU, NOW_MS, OURS, PERSON, route, to, view, wanting } from './routes-rig.ts';

type Doing = Exclude<RouteEffect['do'], 'notice'>;

interface Row {
  readonly row: string;
  readonly from: Route;
  readonly outcome?: Outcome;
  readonly view?: Partial<View>;
  readonly gives: Route['given']['do'];
  readonly at: Where['at'];
  readonly does?: readonly Doing[];
}

const dial = (result: Extract<Outcome, { of: 'dial' }>['result'], talkedS = 0): Outcome => ({
  ...{ of: 'dial', result, talkedS },
});
const queue = (result: Extract<Outcome, { of: 'queue' }>['result']): Outcome => ({
  ...{ of: 'queue', result, waitedS: 9 },
});
const keys = (digits: string): Outcome => ({ of: 'keys', digits });

const dialled: Where = { at: 'dialled', destination: 'sales', answeredMs: undefined };
const held = (person: Extract<Where, { at: 'held' }>['person']): Where => ({
  ...{ at: 'held', destination: 'billing', person, sinceMs: NOW_MS, untilMs: NOW_MS + 10_000 },
});
const queued = (leaves?: 'callback' | 'too-long'): Where => ({
  ...{ at: 'queued', destination: 'support', sinceMs: NOW_MS - 20_000, leaves },
});
const joined = (forMs: number) => held({ is: 'joined', id: PERSON, atMs: NOW_MS - forMs });
const gone: Partial<View> = { agent: 'gone' };

const WANTED: readonly Row[] = [
  { row: 'hang up', from: wanting({ to: 'hang-up' }), gives: 'hang-up', at: 'over' },
  { row: 'a cold transfer', from: wanting(to('sales')), gives: 'dial', at: 'dialled' },
  {
    row: 'a warm transfer',
    from: wanting(to('billing')),
    gives: 'hold',
    at: 'held',
    does: ['callPerson', 'wake'],
  },
  { row: 'a queue', from: wanting(to('support')), gives: 'queue', at: 'queued' },
  {
    row: 'a transfer by SIP, of a caller on SIP',
    from: { ...wanting(to('lab')), from: 'sip:ada@example.com' },
    gives: 'refer',
    at: 'referred',
  },
  {
    row: 'a transfer by SIP, of a caller on the telephone: dialled',
    from: wanting(to('lab')),
    gives: 'dial',
    at: 'dialled',
  },
  {
    row: 'a destination that is closed: back to the agent',
    from: wanting(to('sales')),
    view: { isOpen: () => false },
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  },
  {
    row: 'a number that is not dialled: back to the agent',
    from: wanting(to('sales')),
    view: { mayDial: () => false },
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  },
  {
    row: 'a destination that the profile has no more: back to the agent',
    from: wanting(to('press')),
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  },
  { row: 'the voicemail', from: wanting({ to: 'voicemail' }), gives: 'record', at: 'voicemail' },
  {
    row: 'the voicemail, where there is none: the ladder',
    from: wanting({ to: 'voicemail' }),
    view: { plan: { ...FULL, voicemail: undefined } },
    gives: 'ask-key',
    at: 'menu',
  },
  {
    row: 'the fallback',
    from: wanting({ to: 'fallback', because: 'model-failed' }),
    view: gone,
    gives: 'ask-key',
    at: 'menu',
  },
  {
    row: 'a wish of a minute ago is still done',
    from: wanting({ to: 'hang-up' }, NOW_MS - 60_000),
    gives: 'hang-up',
    at: 'over',
  },
  {
    row: 'a wish that is too old, the agent is there: back to it',
    from: wanting({ to: 'hang-up' }, NOW_MS - 60_001),
    gives: 'stream',
    at: 'agent',
  },
  {
    row: 'a wish that is too old, without an agent: the ladder',
    from: wanting({ to: 'hang-up' }, NOW_MS - 60_001),
    view: gone,
    gives: 'ask-key',
    at: 'menu',
  },
  { row: 'nothing was wanted, the agent is there', from: route(), gives: 'stream', at: 'agent' },
  { row: 'nothing was wanted, without an agent', from: route(), view: gone, gives: 'ask-key', at: 'menu' },
];

const RANG: readonly Row[] = [
  {
    row: 'talked',
    from: route(dialled),
    outcome: dial('answered', 60),
    gives: 'hang-up',
    at: 'over',
    does: ['handOver'],
  },
  ...(['busy', 'no-answer', 'failed', 'canceled'] as const).flatMap((result): Row[] => [
    {
      row: `${result}: back to the agent, who is told`,
      from: route(dialled),
      outcome: dial(result),
      gives: 'stream',
      at: 'agent',
      does: ['returnToAgent'],
    },
    {
      row: `${result}, without an agent: down the ladder`,
      from: route(dialled, { rung: 2, menus: 3 }),
      outcome: dial(result),
      view: gone,
      gives: 'record',
      at: 'voicemail',
    },
  ]),
  {
    row: 'hung up at once',
    from: route(dialled),
    outcome: dial('answered', 2),
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  },
  {
    row: 'nothing is said of it',
    from: route(dialled),
    outcome: { of: 'stream' },
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  },
  {
    row: 'passed on by SIP',
    from: route({ at: 'referred', destination: 'lab' }),
    outcome: { of: 'refer', result: 'taken' },
    gives: 'hang-up',
    at: 'over',
    does: ['handOver'],
  },
  {
    row: 'not passed on by SIP',
    from: route({ at: 'referred', destination: 'lab' }),
    outcome: { of: 'refer', result: 'refused' },
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  },
];

const HELD: readonly Row[] = [
  {
    row: 'the person has joined, and the talk is over',
    from: route(joined(30_000)),
    outcome: dial('answered', 30),
    gives: 'hang-up',
    at: 'over',
    does: ['hangUpPerson', 'handOver'],
  },
  {
    row: 'the person has joined and left at once',
    from: route(joined(1_000)),
    outcome: dial('answered', 1),
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent', 'hangUpPerson'],
  },
  {
    row: 'the person has left after a talk',
    from: route(held({ is: 'left', talkedMs: 60_000 })),
    gives: 'hang-up',
    at: 'over',
    does: ['handOver'],
  },
  {
    row: 'the person has left at once',
    from: route(held({ is: 'left', talkedMs: 900 })),
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  },
  ...(['declined', 'no-answer', 'busy', 'failed', 'hung-up'] as const).flatMap((why): Row[] => [
    {
      row: `${why}: back to the agent`,
      from: route(held({ is: 'gone', why })),
      gives: 'stream',
      at: 'agent',
      does: ['returnToAgent'],
    },
    {
      row: `${why}, without an agent: down the ladder`,
      from: route(held({ is: 'gone', why }), { rung: 1, menus: 1 }),
      view: gone,
      gives: 'ask-key',
      at: 'menu',
    },
  ]),
  {
    row: 'the conference broke off while the person rings: nobody waits there any more',
    from: route(held({ is: 'called', id: PERSON })),
    outcome: dial('failed'),
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent', 'hangUpPerson'],
  },
  {
    row: 'the conference broke off while the person is told',
    from: route(held({ is: 'briefed', id: PERSON })),
    outcome: dial('failed'),
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent', 'hangUpPerson'],
  },
];

const QUEUED: readonly Row[] = [
  {
    row: 'it was their turn',
    from: route(queued()),
    outcome: queue('bridged'),
    gives: 'hang-up',
    at: 'over',
    does: ['handOver'],
  },
  {
    row: 'to be called back',
    from: route(queued('callback')),
    outcome: queue('left'),
    gives: 'say-and-hang-up',
    at: 'over',
  },
  {
    row: 'waited too long',
    from: route(queued('too-long')),
    outcome: queue('left'),
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  },
  {
    row: 'waited too long, and the carrier says nothing of the queue',
    from: route(queued('too-long')),
    outcome: { of: 'stream' },
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  },
  ...(['full', 'failed', 'redirected', 'left'] as const).map((result): Row => ({
    row: result,
    from: route(queued()),
    outcome: queue(result),
    gives: 'stream',
    at: 'agent',
    does: ['returnToAgent'],
  })),
  { row: 'hung up', from: route(queued()), outcome: queue('hung-up'), gives: 'hang-up', at: 'over' },
  {
    row: 'full, without an agent: down the ladder',
    from: route(queued(), { rung: 2, menus: 3 }),
    outcome: queue('full'),
    view: gone,
    gives: 'record',
    at: 'voicemail',
  },
];

const inMenu = route(IN_MENU, { rung: 1, menus: 1 });
const KEYED: readonly Row[] = [
  { row: '1: sales', from: inMenu, outcome: keys('1'), view: gone, gives: 'dial', at: 'dialled' },
  {
    row: '2: billing',
    from: inMenu,
    outcome: keys('2'),
    view: gone,
    gives: 'hold',
    at: 'held',
    does: ['callPerson', 'wake'],
  },
  { row: '3: support', from: inMenu, outcome: keys('3'), view: gone, gives: 'queue', at: 'queued' },
  { row: '5: the voicemail', from: inMenu, outcome: keys('5'), view: gone, gives: 'record', at: 'voicemail' },
  {
    row: '1, and sales has closed since it was read out: told so, and asked again',
    from: inMenu,
    outcome: keys('1'),
    view: { ...gone, isOpen: ({ name }) => name !== 'sales' },
    gives: 'ask-key',
    at: 'menu',
  },
  { row: 'no key: again', from: inMenu, outcome: keys(''), view: gone, gives: 'ask-key', at: 'menu' },
  {
    row: 'a key that is none: again',
    from: inMenu,
    outcome: keys('9'),
    view: gone,
    gives: 'ask-key',
    at: 'menu',
  },
  {
    row: 'nothing is said of keys: again',
    from: inMenu,
    outcome: { of: 'stream' },
    view: gone,
    gives: 'ask-key',
    at: 'menu',
  },
  {
    row: 'no key for the third time: the next step',
    from: { ...inMenu, menus: 3 },
    outcome: keys(''),
    view: gone,
    gives: 'dial',
    at: 'dialled',
  },
  {
    row: 'no key, and everything has closed meanwhile: the voicemail',
    from: inMenu,
    outcome: keys(''),
    view: { ...gone, isOpen: () => false, plan: { ...FULL, ladder: [{ do: 'menu' }, { do: 'apology' }] } },
    gives: 'ask-key',
    at: 'menu',
  },
];

const LAST: readonly Row[] = [
  {
    row: 'the message is over',
    from: route({ at: 'voicemail' }),
    outcome: { of: 'recording', id: 'RE1', seconds: 12 },
    gives: 'say-and-hang-up',
    at: 'over',
  },
  { row: 'nothing was said', from: route({ at: 'voicemail' }), gives: 'say-and-hang-up', at: 'over' },
  {
    row: 'the ladder is at its end',
    from: route(dialled, { rung: 4, menus: 3 }),
    outcome: dial('busy'),
    view: gone,
    gives: 'say-and-hang-up',
    at: 'over',
  },
];

describe.each([
  ['what the agent wanted', WANTED],
  ['somebody was rung', RANG],
  ['in the conference', HELD],
  ['in the queue', QUEUED],
  ['at the keypad', KEYED],
  ['at the end', LAST],
] as const)('%s', (_, rows) => {
  test.each([...rows])('$row', ({ from, outcome = { of: 'stream' }, view: more, gives, at, does = [] }) => {
    const { route: next, effects } = afterStream(from, outcome, view(more));
    expect(next.given.do).toBe(gives);
    expect(next.where.at).toBe(at);
    expect(effects.flatMap((effect) => (effect.do === 'notice' ? [] : [effect.do]))).toEqual(does);
    expect(next.step, 'every verb is a step of its own').toBe(from.step + 1);
    if ('step' in next.given) expect(next.given.step).toBe(next.step);
    expect(next.departure, 'what was wanted is done once').toBeUndefined();
  });
});

test.each([
  [9, 'dial'],
  [10, 'stream'],
] as const)('after %i people were called for one caller: %s', (errands, gives) => {
  const { given } = afterStream({ ...wanting(to('sales')), errands }, { of: 'stream' }, view()).route;
  expect(given.do).toBe(gives);
});

test('a key is waited for 6 s after the last word', () => {
  const { given } = afterStream(inMenu, keys(''), view(gone)).route;
  expect(given).toMatchObject({ do: 'ask-key', withinS: 6 });
});

test('over stays over', () => {
  const over = route({ at: 'over' }, { given: { do: 'hang-up' } });
  expect(afterStream(over, { of: 'stream' }, view())).toEqual({ route: over, effects: [] });
});

test.each([
  ['the caller’s own', 'caller', CALLER, undefined],
  ['ours, where the profile says so', 'ours', CALLER, OURS],
  ['ours, where theirs is withheld', 'caller', 'anonymous', OURS],
  [
    'ours, where they call by SIP, and may write what they like',
    'caller',
    'sip:+12025550143@example.com',
    OURS,
  ],
] as const)('the person sees a number: %s', (_, callerId, from, expected) => {
  const [sales, ...others] = FULL.destinations;
  const plan = { ...FULL, destinations: [{ ...sales!, callerId }, ...others] };
  const { given } = afterStream({ ...wanting(to('sales')), from }, { of: 'stream' }, view({ plan })).route;
  expect(given).toMatchObject({ do: 'dial', to: '+12025550111', ringS: 20 });
  expect(given).toHaveProperty('callerId', expected);
});

test('who comes back is told of with what else there is, and of nothing that is closed', () => {
  const isOpen = ({ name }: { name: string }) => name !== 'support';
  const { effects } = afterStream(route(dialled), dial('busy'), view({ isOpen }));
  const back = effects.find((effect) => effect.do === 'returnToAgent');
  expect(back?.told).toContain('the line there is busy');
  expect(back?.told).toContain('transfer_call to billing or lab');
  expect(back?.told).toContain('take_voicemail');
  expect(back?.told).not.toContain('support');
});

test('a menu is begun with the reason, once', () => {
  const { given } = afterStream(
    wanting({ to: 'fallback', because: 'model-failed' }),
    { of: 'stream' },
    view(gone),
  ).route;
  const said = given.do === 'ask-key' ? given.say.map(({ text }) => text) : [];
  expect(said.filter((text) => /not available/i.test(text))).toHaveLength(1);
  expect(said.at(-1)).toContain('5');
});
