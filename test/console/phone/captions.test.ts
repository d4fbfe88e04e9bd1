import { expect, test } from 'vitest';
import { captioned, type Caption } from '../../../src/console/web/phone/captions.ts';

const agent = (n: number, text: string, heard: string, state: 'open' | 'done' | 'cut') =>
  ({ type: 'transcript', entry: { n, who: 'agent', text, heard, state } }) as const;
const caller = (n: number, text: string) =>
  ({ type: 'transcript', entry: { n, who: 'caller', text } }) as const;

const after = (...notices: readonly Parameters<typeof captioned>[1][]): readonly Caption[] =>
  notices.reduce<readonly Caption[]>(captioned, []);

test('an entry that comes again replaces the one before, at its place', () => {
  expect(after(agent(0, 'Hel', '', 'open'), caller(1, 'Hi'), agent(0, 'Hello.', 'Hello.', 'done'))).toEqual([
    { n: 'said 0', who: 'agent', heard: 'Hello.', unheard: '' },
    { n: 'said 1', who: 'caller', text: 'Hi' },
  ]);
});

test('of a turn that was cut, what was not heard stands apart; of one that is on its way, nothing does', () => {
  expect(after(agent(0, 'Until one in the afternoon.', 'Until one', 'open'))).toMatchObject([
    { heard: 'Until one in the afternoon.', unheard: '' },
  ]);
  expect(after(agent(0, 'Until one in the afternoon.', 'Until one', 'cut'))).toMatchObject([
    { heard: 'Until one', unheard: ' in the afternoon.' },
  ]);
});

test('a tool is named with what it was given, once', () => {
  const called = { type: 'tool-called', id: 'f1', tool: 'find_order', args: { number: 7 } } as const;
  expect(after(called, called)).toEqual([{ n: 'tool f1', who: 'tool', text: 'find_order {"number":7}' }]);
});
