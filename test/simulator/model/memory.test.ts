// Which words tell of the past, which do not, and where they put a conversation in its script.
import { describe, expect, test } from 'vitest';
import type { WireContent } from '../../../src/live/gemini/messages.ts';
import { BEGINNING, type Position } from '../../../src/simulator/model/position.ts';
import { at, call, model, say, scriptWith, tell, turn, user } from './memory-rig.ts';

describe('a line', () => {
  const GREETED: Position = { greeted: true, next: 0 };
  const OPEN = 'On Saturdays we are open from nine in the morning until one.';
  const script = scriptWith(
    'Hello, how can I help you?',
    turn(say(OPEN)),
    turn(say('It’s “half past” ten, O’Neill!')),
  );

  test.each([
    ['a model’s turn', model('On Saturdays, we are OPEN — from nine'), [0, 0, 7]],
    ['brackets', user('[It broke off after “On Saturdays we are open from nine”. Go on.]'), [0, 0, 7]],
    ['a transcript', user('[Before:\nCaller: When?\nAgent: On Saturdays we are open from nine]'), [0, 0, 7]],
    ['a transcript without brackets', user('Caller: When?\nYou said: On Saturdays we are'), [0, 0, 4]],
    ['two words quoted', user('[You had come as far as "On Saturdays".]'), [0, 0, 2]],
    ['one word of a model’s turn', model('On'), [0, 0, 1]],
    ['the whole line', model(OPEN), ['done', true, 1]],
    [
      'the longest of several tellings',
      user(`[On Saturdays we are… ${OPEN} On Saturdays we are]`),
      ['done', true, 1],
    ],
    ['the newest of several lines, in any order', [model('it s half past ten'), model(OPEN)], [1, 0, 4]],
  ] as [string, WireContent | WireContent[], unknown[]][])('is known from %s', (_, told, then) => {
    expect(at(script, tell(script, told, GREETED).position)).toEqual(then);
  });

  test.each([
    ['a request to say it', user('Greet the caller now, in these words: Hello, how can I help you?')],
    ['what the caller said', user('On Saturdays we are open from nine')],
    ['a few of its words', user('[On Saturdays we close.]')],
    ['another sentence in quotation marks', user('[He says “Hello, how are things?” He does.]')],
    ['a word in quotation marks', user('[He is called “Hello”.]')],
    ['the caller’s words in quotation marks', user('[The caller said: "Hello, how". Caller: “Hello, how”]')],
    ['an object', user('[the result: {"tell":"On Saturdays we are open from nine"}]')],
    ['a bracket that is never closed', user('see [1: On Saturdays we are open from nine')],
    ['nothing', user('')],
  ])('is not known from %s', (_, told) => {
    expect(tell(script, told)).toEqual({ position: BEGINNING, results: new Map(), found: false });
  });

  test.each([
    [
      'lines of a transcript',
      user('[You: Hello, how can\nYou: I help you?\nYou: On Saturdays we\nYou: are open]'),
    ],
    ['turns of the model', ['Hello, how can', 'I help you? On', 'Saturdays we are open'].map(model)],
    ['the end of a longer one', user('You: Hello, how can I help you? On\nYou: Saturdays we are open')],
  ])('that went on after a break is known from several %s', (_, told) => {
    expect(at(script, tell(script, told).position)).toEqual([0, 0, 5]);
  });

  test.each([
    ['are open from', [0, 0, 6]],
    ['are open from nine in the morning until one.', ['done', true, 1]],
    ['open from nine', [0, 0, 3]],
  ])('that is under way is known from what was said of it since: %s', (text, then) => {
    const from = tell(script, model('On Saturdays we'), GREETED).position;
    expect(at(script, tell(script, user(`[You: ${text}\nSay the rest.]`), from).position)).toEqual(then);
  });

  test('that begins behind another in one quotation is known by any of its words', () => {
    const text = 'On Saturdays we are open from nine in the morning until one. It’s';
    expect(at(script, tell(script, user(`[You: ${text}\nGo on.]`)).position)).toEqual([1, 0, 1]);
  });

  test('said twice in the script and told once is the first of them; told twice, the second', () => {
    const twice = scriptWith(
      undefined,
      turn(say('One moment, I will look.')),
      turn(say('One moment, I will look.')),
    );
    const once = model('One moment, I will look.');
    expect(tell(twice, once).position.next).toBe(1);
    expect(tell(twice, [once, once]).position.next).toBe(2);
  });

  test('without a word is never known', () => {
    const wordless = scriptWith(undefined, turn(say('…')));
    for (const told of [model('…'), model(''), user('[“… …” You: …]')])
      expect(tell(wordless, told)).toMatchObject({ position: BEGINNING, found: false });
  });

  test('whoever heard a later line is not greeted any more', () => {
    expect(tell(script, model(OPEN)).position.greeted).toBe(true);
    const spokeFirst = { greeted: false, next: 2 };
    expect(tell(script, model('Hello, how can I help you?'), spokeFirst).position).toMatchObject({
      greeted: true,
      next: 2,
    });
  });

  test('that is under way is not begun again', () => {
    const from = tell(script, model('On Saturdays we'), GREETED).position;
    for (const text of ['On', 'On Saturdays', 'On Saturdays we'])
      expect(tell(script, model(text), from).position).toEqual(from);
  });

  test('of an owed greeting is begun, and the turns that were taken since stay taken', () => {
    const place = { turn: script.greeting!, step: 0, word: 0, awaits: [] };
    const from: Position = { greeted: true, next: 1, left: { is: 'owed', place } };
    expect(tell(script, model('Hello, how'), from).position).toMatchObject({
      next: 1,
      left: { place: { word: 2 } },
    });
  });

  test('that was owed is begun once it is told', () => {
    const owed: Position = {
      greeted: true,
      next: 1,
      left: { is: 'owed', place: { turn: script.turns[0]!, step: 0, word: 0, awaits: [] } },
    };
    expect(tell(script, user('[Wait.]'), owed).position).toEqual(owed);
    expect(tell(script, model('On Saturdays we'), owed).position.left).toMatchObject({
      is: 'broken',
      place: { word: 3 },
    });
  });
});

describe('a line with placeholders', () => {
  const script = scriptWith(
    undefined,
    turn(
      call('look_up'),
      say('I have found {{look_up.name | nobody}}, born in {{look_up.year}}.'),
      say('Well then.'),
    ),
    turn(call('other'), say('Yes, {{other.name}} is right.')),
  );

  test.each([
    ['I have found', [0, 1, 4]],
    ['I have found Zoë Nguyễn', [0, 1, 4]],
    ['I have found Zoë Nguyễn, born in', [0, 2, 0]],
    ['I have found Zoë Nguyễn, born in 1990.', [0, 2, 0]],
    ['Yes, Zoë is', [1, 1, 2]],
    ['Yes, Zoë is right.', ['done', true, 2]],
  ])('is known by the words around them, too: %s', (text, then) => {
    const told = user(
      `[This was said last:\nYou: ${text}\nSay the rest of your sentence, and what is right.]`,
    );
    const from: Position = { greeted: true, next: then[0] === 0 ? 0 : 1 };
    const left = {
      is: 'broken',
      place: { turn: script.turns[from.next]!, step: 1, word: 0, awaits: [] },
    } as const;
    expect(at(script, tell(script, told, { ...from, left }).position)).toEqual(then);
  });

  test('is known word by word when the answer is', () => {
    const answers = new Map([['look_up', { name: 'Ada Moreno', year: 1990 }]]);
    const told = (text: string) => at(script, tell(script, model(text), BEGINNING, answers).position);
    expect(told('I have found Ada Moreno, born')).toEqual([0, 1, 6]);
    expect(told('I have found Ada Moreno, born in 1990.')).toEqual([0, 2, 0]);
  });
});

test('the place in a script that is over, or in its otherwise, never moves', () => {
  const script = scriptWith('Hello, how can I help you?');
  const place = { turn: script.otherwise!, step: 0, word: 3, awaits: [] };
  const from: Position = { greeted: true, next: 0, left: { is: 'broken', place } };
  expect(tell(script, model('Hello, how can I help you?'), from).position).toEqual(from);
  expect(tell(scriptWith(undefined), model('Anything at all, really.')).position).toEqual(BEGINNING);
});

test.each([
  '{'.repeat(300_000),
  '['.repeat(300_000),
  '{}'.repeat(150_000),
  '"a b'.repeat(150_000),
  'You: a\n[]\n'.repeat(5_000),
  '[{"a":'.repeat(100_000),
])('a text made to be slow is not', (text) => {
  const script = scriptWith('a a a a a', turn(call('a'), say('a a a a b')));
  expect(() => tell(script, user(`[${text}]`))).not.toThrow();
});
