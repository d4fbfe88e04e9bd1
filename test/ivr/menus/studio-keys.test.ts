// What splits of a Studio flow say of keys: alone, one behind the other, with conditions on something else, and on words; and which
// side of a split is kept that decides by what nobody knows.
import { describe, expect, test } from 'vitest';
import type { Carried } from '../../../src/ivr/menus/carried.ts';
import { coverageOf } from '../../../src/ivr/menus/coverage.ts';
import { lost, ofFlow, shortly } from './import-rig.ts';

const DIGITS = '{{widgets.menu.Digits}}';
const WORDS = '{{widgets.menu.SpeechResult}}';
type Condition = readonly [value: string, by?: string];
const match = (next: string | undefined, ...conditions: readonly Condition[]): object => ({
  ...{ event: 'match', next },
  conditions: conditions.map(([value, by = DIGITS]) => ({ type: 'equal_to', value, arguments: [by] })),
});
const noMatch = (next: string): object => ({ event: 'noMatch', next });
const widget = (name: string, type: string, properties: object, ...transitions: object[]): object => ({
  ...{ name, type, properties, transitions },
});
const split = (name: string, ...transitions: object[]): object =>
  widget(name, 'split-based-on', { input: DIGITS }, ...transitions);
const desk = (name: string, digit: number): object =>
  widget(name, 'connect-call-to', { to: `+1202555014${digit}` });
const SAY = 'For sales press 1. For parts press 2.';
const flow = (states: readonly object[], say = SAY): Carried =>
  ofFlow({
    initial_state: 'menu',
    states: [
      widget(
        'menu',
        'gather-input-on-call',
        { say, number_of_digits: 1 },
        { event: 'keypress', next: 'keys' },
        { event: 'timeout', next: 'menu' },
      ),
      ...states,
      desk('sales', 1),
      desk('parts', 2),
    ],
  });
const problemsOf = (carried: Carried): string[][] =>
  coverageOf(carried.menu, carried).rows.map(({ problems }) => [...problems]);

describe('a condition on something else than the keys', () => {
  test('makes its whole transition unclear: the next that holds is taken', () => {
    const carried = flow([
      split(
        'keys',
        noMatch('menu'),
        match('vip', ['1'], ['2', '{{flow.variables.tier}}']),
        match('sales', ['1']),
        match('parts', ['2']),
      ),
      desk('vip', 3),
    ]);
    expect(shortly(carried)).toEqual(['main 1: connects with sales', 'main 2: connects with parts']);
    expect(lost(carried)).toEqual([
      'keys (split-based-on): condition equal_to "2" of {{flow.variables.tier}} names no key',
      'vip (connect-call-to): no way that is carried over leads to it',
    ]);
  });

  test('names no key by itself, and neither do the keys of another menu', () => {
    for (const by of ['{{contact.channel.address}}', '{{widgets.other.Digits}}']) {
      const carried = flow([
        split('keys', noMatch('menu'), match('sales', ['1']), match('parts', ['2', by])),
      ]);
      expect(shortly(carried)).toEqual(['main 1: connects with sales']);
      expect(lost(carried)).toContain(`keys (split-based-on): condition equal_to "2" of ${by} names no key`);
    }
  });

  test('is one of the keys where it names nothing, as the split does', () => {
    const bare = { event: 'match', next: 'sales', conditions: [{ type: 'equal_to', value: '1' }] };
    expect(shortly(flow([split('keys', noMatch('menu'), bare)], 'For sales press 1.'))).toEqual([
      'main 1: connects with sales',
    ]);
  });
});

test('splits of the same keys, each where the one before it does not hold, are one', () => {
  const carried = flow([
    split('keys', noMatch('more'), match('sales', ['1'])),
    split('more', noMatch('menu'), match('parts', ['2']), match('parts', ['1'])),
  ]);
  expect(shortly(carried)).toEqual(['main 1: connects with sales', 'main 2: connects with parts']);
  expect(lost(carried)).toEqual([]);
  const round = flow([
    split('keys', noMatch('more'), match('sales', ['1'])),
    split('more', noMatch('keys'), match('parts', ['2'])),
  ]);
  expect(shortly(round)).toEqual(['main 1: connects with sales', 'main 2: connects with parts']);
});

test('a key that holds and leads nowhere ends the call, with a word', () => {
  const carried = flow([split('keys', noMatch('menu'), match('sales', ['1']), match(undefined, ['2']))]);
  expect(shortly(carried)[1]).toBe('main 2: ends the call');
  expect(problemsOf(carried)).toEqual([[], ['nothing follows key 2, so the call ends']]);
});

describe('a widget that listens for words alone', () => {
  const asks = (...more: object[]): Carried =>
    flow([
      split('keys', noMatch('menu'), match('ask', ['1']), match('parts', ['2'])),
      widget('ask', 'gather-input-on-call', { say: 'Say it.' }, { event: 'speech', next: 'heard' }, ...more),
      widget(
        'heard',
        'split-based-on',
        {},
        noMatch('parts'),
        match('sales', ['sales', WORDS.replace('menu', 'ask')]),
      ),
    ]);

  test('collects no digits, and takes a message where nothing comes without a word', () => {
    const carried = asks();
    expect(shortly(carried)[0]).toBe('main 1: tool take_message, after "Say it."');
    expect(problemsOf(carried)[0]).toEqual([
      'listens for words, and not for keys; the agent takes a message',
    ]);
  });

  test('leads where callers got without a word, and who got there so did not ask for them', () => {
    const carried = asks({ event: 'timeout', next: 'parts' });
    expect(shortly(carried)).toEqual([
      'main 1: says "Say it.", then connects with parts',
      'main 2: connects with parts',
    ]);
    expect(carried.destinations).toMatchObject([{ name: 'parts', asked: new Set(['parts']) }]);
  });

  test('leads on where no words decide', () => {
    const carried = flow([
      split('keys', noMatch('menu'), match('ask', ['1']), match('parts', ['2'])),
      widget('ask', 'gather-input-on-call', { say: 'Say it.' }, { event: 'speech', next: 'sales' }),
    ]);
    expect(shortly(carried)[0]).toBe('main 1: says "Say it.", then connects with sales');
    expect(problemsOf(carried)[0]).toEqual(['listens for words, and not for keys']);
  });
});

test('of a split behind a key the side that calls somebody is kept, and what the other led to is named', () => {
  const carried = flow([
    split('keys', noMatch('menu'), match('open', ['1']), match('parts', ['2'])),
    widget(
      'open',
      'split-based-on',
      { input: '{{flow.variables.open}}' },
      noMatch('closed'),
      match('sales', ['1', '{{flow.variables.open}}']),
    ),
    widget('closed', 'say-play', { say: 'We are closed.' }, { event: 'audioComplete', next: 'mail' }),
    widget('mail', 'record-voicemail', {}, { event: 'recordingComplete', next: 'bye' }),
    widget('bye', 'say-play', { say: 'Bye.' }),
  ]);
  expect(shortly(carried)[0]).toBe('main 1: connects with sales');
  expect(carried.hasVoicemail).toBe(true);
  expect(carried.losses).toEqual([
    {
      where: 'open (split-based-on)',
      lost: 'decides by {{flow.variables.open}}: the ways to closed',
      kept: 'the way to sales',
    },
    {
      where: 'open (split-based-on)',
      lost: 'where it is decided otherwise: says "We are closed.", then voicemail',
      kept: 'voicemail, which the agent may offer',
    },
  ]);
});
