import { describe, expect, test } from 'vitest';
import type { Leads } from '../../src/agents/keypad-menu.ts';
import { profileSchema, type Profile } from '../../src/agents/profile.ts';
import { notesOnPeople } from '../../src/cli/people-notes.ts';

const profile = (fields: object): Profile =>
  profileSchema().parse({ name: 'Desk', numbers: '*', greeting: 'Hello.', instructions: 'Help.', ...fields });

const found = (...profiles: object[]): string[] =>
  Array.from(
    notesOnPeople(profiles.map(profile)),
    ({ verdict, what, says }) => `${verdict} ${what}: ${says}`,
  );

const DESK = { to: '+12025550111', description: 'D' };
const NIGHT = { to: '+12025550112', description: 'N' };

test('destinations to which nobody is sent', () => {
  const destinations = { desk: DESK, night: NIGHT };
  expect(found({ destinations, tools: ['end_call'] })).toEqual([
    'note people: Desk: nobody is connected with desk, night; add transfer_call to tools, or menu to fallback.steps',
  ]);
  const fallback = { steps: [{ destination: 'desk' }, 'apology'] };
  expect(found({ destinations, fallback })[0]).toContain('connected with night;');
  const hours = { weekdays: '08:00-18:00' };
  const closed = { greeting: 'Closed.', then: { destination: 'night' } };
  expect(found({ destinations, fallback, hours, closed })).toEqual([]);
  expect(found({ destinations, tools: ['transfer_call'] })).toEqual([]);
  expect(found({ destinations, tools: [{ name: 'transfer_call' }] })).toEqual([]);
  expect(found({ destinations, fallback: { steps: ['menu', 'apology'] } })).toEqual([]);
  expect(found({ destinations, tools: ['./my-tools.ts'] }), 'they may do it').toEqual([]);
});

describe('other agents to whom nobody is handed', () => {
  const to = (agent: string) => ({ agent, description: 'D' });
  const hand_over_to = { invoices: to('Billing'), repairs: to('Repairs') };
  const withMenu = (leads: Leads): Profile => {
    const option = { key: '1', name: 'one', spoken: '', leads };
    const pages = [{ name: 'main', say: '', options: [option], otherwise: undefined }];
    return {
      ...profile({ hand_over_to, menu: './menus/a.yaml' }),
      menu: { file: 'a.yaml', menu: { start: 'main', menus: pages } },
    };
  };
  const leading = (leads: Leads): string[] =>
    Array.from(notesOnPeople([withMenu(leads)]), ({ says }) => says);

  test('neither by the agent nor by a key', () => {
    expect(found({ hand_over_to, tools: ['end_call'] })).toEqual([
      'note people: Desk: nobody is handed over to invoices, repairs; add hand_over to tools, or a key that leads there',
    ]);
    const keypad = { shortcuts: { 3: { agent: 'repairs' } } };
    expect(found({ hand_over_to, keypad })[0]).toContain('over to invoices;');
  });

  test('an agent with the tool may, and tools of one’s own', () => {
    expect(found({ hand_over_to, tools: ['hand_over'] })).toEqual([]);
    expect(found({ hand_over_to, tools: ['./my-tools.ts'] })).toEqual([]);
  });

  test('an option of the menu leads there, also behind words', () => {
    expect(leading({ to: 'agent', name: 'invoices' })[0]).toContain('over to repairs;');
    const then = { to: 'agent', name: 'repairs' } as const;
    expect(leading({ to: 'say', text: 'A moment.', then })[0]).toContain('over to invoices;');
    expect(leading({ to: 'say', text: 'A moment.', then: undefined })[0]).toContain(
      'over to invoices, repairs;',
    );
  });
});

test.each([
  ['the same hours', { weekdays: '08:00-18:00' }, 1],
  ['some of them', { fri: ['08:00-12:00', '13:00-18:00'] }, 1],
  ['a minute more', { fri: '08:00-18:01' }, 0],
  ['through the night', { weekdays: '18:00-06:00' }, 0],
  ['of dates too', { weekdays: '08:00-18:00', dates: { '2026-12-25': '08:00-12:00' } }, 0],
  ['none of its own', undefined, 0],
])('closed leads to one that has %s', (_, hours, notes) => {
  const lines = found({
    hours: { weekdays: '08:00-18:00' },
    destinations: { desk: { ...DESK, ...(hours && { hours }) } },
    closed: { greeting: 'Closed.', then: { destination: 'desk' } },
  });
  expect(lines).toHaveLength(notes);
  if (notes > 0) expect(lines[0]).toContain('desk is never there when it is closed');
});

test('over the end of the week the hours go on at its start', () => {
  const saturday = { sat: '22:00-06:00' };
  const fields = (hours: object) => ({
    hours,
    destinations: { desk: { ...DESK, hours: { sun: '01:00-05:00' } } },
    closed: { greeting: 'Closed.', then: { destination: 'desk' } },
  });
  expect(found(fields(saturday))).toHaveLength(1);
  expect(found(fields({ sun: '22:00-06:00' }))).toEqual([]);
});

test('a destination that another agent answers', () => {
  const tools = ['transfer_call'];
  const one = { name: 'A', numbers: ['+12025550100'], destinations: { b: { ...DESK, to: '+12025550101' } } };
  const other = { name: 'B', numbers: ['+12025550101'], destinations: { desk: DESK } };
  expect(found({ ...one, tools }, { ...other, tools })).toEqual([
    'note people: A: b is answered by the agent of B: each such transfer is a second call, and agents that send callers to each other never stop',
  ]);
  expect(found({ ...one, tools }, { ...other, numbers: ['+12025550102'], tools })).toEqual([]);
});

test.each([
  ['9:00-5:00', '09:00-05:00'],
  ['18:00-08:00', '18:00-08:00'],
  [['08:00-12:00', '12:30-01:00'], '12:30-01:00'],
  ['18:00-06:00', undefined],
  ['22:00-06:00', undefined],
  ['00:00-24:00', undefined],
  ['08:00-24:00', undefined],
])('hours of %j', (weekdays, night) => {
  const says = night && `${night} is open through the night, until the next morning`;
  const lines = found({ hours: { weekdays } });
  expect(lines).toHaveLength(says ? 1 : 0);
  if (says) expect(lines[0]).toContain(`note hours: Desk: ${says}`);
  const ofPlace = found({
    tools: ['transfer_call'],
    destinations: { desk: { ...DESK, hours: { weekdays } } },
  });
  expect(ofPlace).toHaveLength(says ? 1 : 0);
  if (says) expect(ofPlace[0]).toContain(`note hours: Desk: desk: ${says}`);
});
