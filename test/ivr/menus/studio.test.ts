// A Studio flow becomes a menu: each widget, conditions of keys, and what is not carried over.
import { describe, expect, test } from 'vitest';
import { readFlow } from '../../../src/ivr/menus/studio-flow.ts';
import { lost, ofFlow, shortly } from './import-rig.ts';

type State = { name: string; type: string; transitions: object[]; properties: object };
const on = (event: string, next?: string): object => ({ event, ...(next !== undefined && { next }) });
const when = (type: string, value: string, next: string, input = '{{widgets.menu.Digits}}'): object => ({
  ...on('match', next),
  conditions: [{ friendly_name: value, arguments: [input], type, value }],
});
const state = (name: string, type: string, properties: object, ...transitions: object[]): State => ({
  ...{ name, type, properties, transitions },
});

/** A menu whose key 1 leads to the widget `one`. */
const flow = (
  states: readonly State[],
  conditions: readonly object[] = [when('equal_to', '1', 'one')],
): object => ({
  description: 'A flow',
  initial_state: 'Trigger',
  states: [
    state('Trigger', 'trigger', {}, on('incomingMessage'), on('incomingCall', 'menu')),
    state(
      'menu',
      'gather-input-on-call',
      { say: 'For sales, press 1.', number_of_digits: 1 },
      ...[on('keypress', 'split'), on('speech'), on('timeout')],
    ),
    state(
      'split',
      'split-based-on',
      { input: '{{widgets.menu.Digits}}' },
      on('noMatch', 'menu'),
      ...conditions,
    ),
    ...states,
  ],
});
const one = (type: string, properties: object = {}, ...transitions: object[]): object =>
  flow([state('one', type, properties, ...transitions), state('end', 'say-play', { say: 'Bye.' })]);

describe('a key that leads to', () => {
  test.each<[string, object, object[], string]>([
    ['connect-call-to', { noun: 'number', to: '+12025550140' }, [], 'connects with sales'],
    ['connect-call-to', { noun: 'sip', sip_endpoint: 'sip:a@pbx.example.com' }, [], 'connects with sales'],
    ['record-voicemail', {}, [], 'voicemail'],
    ['say-play', { say: 'Open from eight to six.' }, [], 'says "Open from eight to six."'],
    ['say-play', { say: 'Wait.' }, [on('audioComplete', 'end')], 'says "Wait. Bye."'],
    ['set-variables', {}, [on('next', 'end')], 'says "Bye."'],
    [
      'gather-input-on-call',
      { say: 'Your number?', number_of_digits: 8 },
      [],
      'tool one, after "Your number?"',
    ],
    ['capture-payments', {}, [], 'tool take_payment'],
    ['run-function', {}, [], 'tool one'],
    ['make-http-request', {}, [], 'tool one'],
  ])('%s %j', (type, properties, transitions, leads) =>
    expect(shortly(ofFlow(one(type, properties, ...transitions)))).toEqual([`main 1: ${leads}`]),
  );

  test.each<[string, object, object[], string, string]>([
    ['run-function', {}, [on('success', 'end')], 'says "Bye."', 'its function is not run'],
    ['make-http-request', {}, [on('success', 'end')], 'says "Bye."', 'its request is not made'],
    ['run-subflow', {}, [on('completed', 'end')], 'says "Bye."', 'its subflow is another file'],
    ['send-message', {}, [on('sent', 'end')], 'says "Bye."', 'its message is not sent'],
    ['record-call', {}, [on('success', 'end')], 'says "Bye."', 'the call is not recorded by it'],
    [
      'add-twiml-redirect',
      {},
      [on('return', 'end')],
      'says "Bye."',
      'what its address answers is not written here',
    ],
    [
      'connect-virtual-agent',
      {},
      [],
      'tool take_message',
      'widgets of type connect-virtual-agent are not carried over',
    ],
    [
      'fly-to-moon',
      {},
      [on('landed', 'end')],
      'says "Bye."',
      'widgets of type fly-to-moon are not carried over',
    ],
    ['connect-call-to', { noun: 'client', to: 'anna' }, [], 'tool take_message', 'connects with a client'],
    [
      'connect-call-to',
      { to: '{{flow.variables.desk}}' },
      [],
      'tool take_message',
      'its number is a value of the flow',
    ],
    [
      'connect-call-to',
      { to: '911' },
      [],
      'tool take_message, after "This line cannot connect you with 911. If it is an emergency, hang up now and dial it yourself."',
      'emergency',
    ],
    ['enqueue-call', { queue_name: 'sales' }, [], 'tool take_message', '--queue "sales=+…"'],
    ['send-to-flex', { workflow: 'WW1' }, [], 'tool take_message', '--queue "WW1=+…"'],
    ['say-play', { say: 'Hello {{contact.name}}.' }, [], 'says "Hello …."', 'says a value of the flow'],
    ['say-play', { digits: '12', say: 'Hello.' }, [], 'says "Hello."', 'plays keys into the call'],
    [
      'split-based-on',
      { input: '{{flow.variables.x}}' },
      [on('noMatch', 'end'), on('match', 'menu')],
      'says the menu again',
      'decides by {{flow.variables.x}}: the ways to end',
    ],
    ['split-based-on', { input: '{{flow.variables.x}}' }, [], 'tool take_message', 'leads nowhere'],
  ])('%s %j, of which something is lost', (type, properties, transitions, leads, loss) => {
    const result = ofFlow(one(type, properties, ...transitions));
    expect(shortly(result)).toEqual([`main 1: ${leads}`]);
    const named = lost(result).filter((line) => line.startsWith(`one (${type})`));
    expect(named).toEqual([expect.stringContaining(loss)]);
  });

  test('a queue that somebody is named for', () => {
    const queued = ofFlow(one('enqueue-call', { queue_name: 'sales' }), new Map([['sales', '+12025550150']]));
    expect(queued.destinations).toMatchObject([{ name: 'sales', to: '+12025550150', isQueue: true }]);
  });
});

describe('the keys of a condition', () => {
  const [bye, hello] = [state('one', 'say-play', { say: 'Bye.' }), state('two', 'record-voicemail', {})];
  test.each<[string, object[], string[]]>([
    ['equal_to', [when('equal_to', ' 1 ', 'one')], ['1']],
    ['matches_any_of', [when('matches_any_of', '1, 2,#', 'one')], ['1', '2', '#']],
    ['regex', [when('regex', '^[12]$', 'one')], ['1', '2']],
    ['the first that holds', [when('equal_to', '1', 'one'), when('equal_to', '1', 'two')], ['1']],
  ])('%s', (_, conditions, keys) => {
    const { menu } = ofFlow(flow([bye, hello], conditions));
    expect(menu.menus[0]?.options.map(({ key }) => key)).toEqual(keys);
    expect(menu.menus[0]?.options.every(({ leads }) => leads.to === 'say')).toBe(true);
  });

  test('that names no key is told', () => {
    const result = ofFlow(
      flow([bye, hello], [when('equal_to', '1', 'one'), when('greater_than', '5', 'two')]),
    );
    expect(lost(result)).toEqual([
      'split (split-based-on): condition greater_than "5" names no key',
      'two (record-voicemail): no way that is carried over leads to it',
    ]);
  });

  test('of spoken words are what callers ask for, where the menu names none', () => {
    const menu = flow(
      [bye],
      [
        when('equal_to', '1', 'one'),
        when('contains', 'goodbye, bye', 'one', '{{widgets.menu.SpeechResult}}'),
      ],
    ) as { states: State[] };
    Object.assign(menu.states[1]!.properties, { say: 'Hello.' });
    expect(ofFlow(menu).menu.menus[0]?.options).toMatchObject([
      { key: '1', name: 'goodbye', spoken: 'goodbye' },
    ]);
  });

  test('that the menu says, and no condition has', () => {
    const said = flow([bye]) as { states: State[] };
    Object.assign(said.states[1]!.properties, { say: 'For sales, press 1. For parts, press 2.' });
    expect(lost(ofFlow(said))).toEqual(['menu (gather-input-on-call): key 2 is said, and leads nowhere']);
  });
});

test('a flow as the REST API gives it has its definition inside', () => {
  const inside = one('record-voicemail');
  expect(shortly(ofFlow({ sid: 'FW1', definition: inside }))).toEqual(['main 1: voicemail']);
});

describe('what is no flow', () => {
  test.each([
    ['{', 'flow.json: no JSON that can be read'],
    ['7', 'no definition of a Studio flow'],
    ['{"states":[],"initial_state":"x"}', 'states: '],
    ['{"definition":{"initial_state":"a"}}', 'states: '],
    ['{"initial_state":"a","states":[{"name":"a"}]}', 'states[0].type: '],
  ])('%s', (text, words) => expect(() => readFlow('flow.json', text)).toThrow(words));

  test.each([
    { initial_state: 'gone', states: [state('a', 'say-play', {})] },
    { initial_state: 'a', states: [state('a', 'trigger', {}, on('incomingCall', 'gone'))] },
    { initial_state: 'a', states: [state('a', 'say-play', { say: 'Hi' }, on('audioComplete', 'a'))] },
  ])('nothing that asks for a key: %j', (empty) =>
    expect(() => ofFlow(empty)).toThrow('nothing in it asks callers for a key'),
  );
});
