// Which calls, and which results of them, a text tells of.
import { describe, expect, test } from 'vitest';
import type { WireContent } from '../../../src/live/gemini/messages.ts';
import { at, call, model, say, scriptWith, tell, turn, user } from './memory-rig.ts';

describe('a call', () => {
  const script = scriptWith(
    'Hello, how can I help you?',
    turn(
      say('One moment, I will look.'),
      { do: 'pause', ms: 10 },
      call('look_up'),
      say('You are {{look_up.name}}.'),
    ),
    turn(call('look_up', 'take_note'), say('Both of them are done.')),
  );
  const LOOK = model('One moment, I will look.');

  test.each([
    ['was not made unless the text names it', [LOOK], [0, 1, 0]],
    ['was made, and is not answered', [LOOK, user('[You have called look_up; wait.]')], [0, 3, 0, 'look_up']],
    ['was answered', [LOOK, user('[look_up({"who": "caller"}) answered {"name":"Ada"}]')], [0, 3, 0]],
    ['was not made when another one was', [LOOK, user('[look_up_all answered {}]')], [0, 1, 0]],
    [
      'does not take the answer of another',
      [LOOK, user('[look_up; take_note answered {}]')],
      [0, 3, 0, 'look_up'],
    ],
    [
      'may have an answer with braces, quotes and names in it',
      [LOOK, user('look_up: {"name":"}\\" look_up ["}')],
      [0, 3, 0],
    ],
  ] as [string, WireContent[], unknown[]][])('%s', (_, told, then) => {
    expect(at(script, tell(script, told).position)).toEqual(then);
  });

  test('may be answered by a later text', () => {
    const waiting = tell(script, [LOOK, user('[look_up was called]')]).position;
    const other = tell(script, user('[take_note answered {"ok":true}]'), waiting);
    expect(at(script, other.position)).toEqual([0, 3, 0, 'look_up']);
    const { position, results, found } = tell(script, user('look_up gave {"name":"Ada"}'), waiting);
    expect(at(script, position)).toEqual([0, 3, 0]);
    expect(results).toEqual(new Map([['look_up', { name: 'Ada' }]]));
    expect(found).toBe(true);
  });

  test('that begins a turn was made when all its results come after the last line', () => {
    const before = [model('Hello, how can I help you?'), LOOK];
    const first = user('[look_up answered {"name":"Ada"}]');
    const known = model('You are Ada.');
    const told = (...turns: WireContent[]) => at(script, tell(script, turns).position);
    expect(told(...before, first, known)).toEqual(['done', true, 1]);
    expect(told(...before, first, known, first)).toEqual(['done', true, 1]);
    expect(told(...before, first, known, first, user('[take_note answered {}]'))).toEqual([1, 1, 0]);
  });

  test('that begins a turn is not told by the result of an earlier one', () => {
    const again = scriptWith(
      undefined,
      turn(say('One moment, I will look.'), call('look_up'), say('I have found you, Ada.')),
      turn(call('look_up'), say('And here you are again.')),
    );
    const first = [LOOK, user('[look_up answered {}]'), model('I have found you, Ada.')];
    expect(at(again, tell(again, first).position)).toEqual(['done', true, 1]);
    expect(at(again, tell(again, [...first, user('[look_up answered {}]')]).position)).toEqual([1, 1, 0]);
  });

  test('that nothing waits for needs no result', () => {
    const meanwhile = scriptWith(
      undefined,
      turn(say('One moment, I will look.'), { ...call('look_up'), wait: false }, say('So.')),
    );
    expect(at(meanwhile, tell(meanwhile, [LOOK, user('[look_up was called]')]).position)).toEqual([0, 2, 0]);
  });

  test('has the last object after its name for a result', () => {
    const { results } = tell(
      script,
      user('[look_up({"who": "caller"}) answered {"name":"Ada"}; take_note: {"n":1}]'),
    );
    expect(results).toEqual(
      new Map<string, unknown>([
        ['look_up', { name: 'Ada' }],
        ['take_note', { n: 1 }],
      ]),
    );
  });

  test('at the end of a turn leaves nothing to be said', () => {
    const ends = scriptWith(undefined, turn(say('Goodbye and thank you!'), call('end_call')));
    const { position } = tell(ends, [model('Goodbye and thank you!'), user('[end_call was called]')]);
    expect(at(ends, position)).toEqual(['done', true, 1]);
  });
});
