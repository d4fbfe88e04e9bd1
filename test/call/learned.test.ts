import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toolCallId } from '../../src/base/ids.ts';
import { Learned } from '../../src/call/learned.ts';
import { TIME_IS_UP } from '../../src/call/ending.ts';
import { typed } from '../../src/call/typed.ts';

const call = (n: number, args = {}) => ({ id: toolCallId(`t${n}`), name: 'look', args });
const answer = (n: number, response = {}) => ({ id: toolCallId(`t${n}`), name: 'look', response });

describe('[HO2] what is known beside what was said', () => {
  test('every group of keys, in the order in which it was typed', () => {
    const key = fc.constantFrom(...Array.from('0123456789*#'));
    const groups = fc.array(fc.string({ unit: key, minLength: 1, maxLength: 32 }), { maxLength: 20 });
    fc.assert(
      fc.property(groups, (all) => {
        const learned = new Learned();
        for (const keys of all) learned.told(typed(keys));
        expect(learned.notes).toEqual(all.map((keys) => `The caller pressed keypad keys: ${keys}`));
      }),
    );
  });

  test('of a menu what was chosen, and not what the agent was to say to it', () => {
    const learned = new Learned();
    learned.told('[The caller pressed 2: my bill] They are at "billing" now. In one short sentence, ask.');
    learned.told(TIME_IS_UP);
    learned.told('He said: [The caller pressed keypad keys: 1]');
    expect(learned.notes).toEqual(['The caller pressed 2: my bill']);
  });

  test('what a tool was asked and has answered; each on one line, whatever is in it', () => {
    const learned = new Learned();
    learned.toolCalled(call(1, { name: 'Ada\nMoreno' }));
    learned.toolAnswered(answer(1, { status: 'ok', message: 'one\ntwo' }));
    learned.operatorSaid('first\nsecond');
    learned.toolAnswered(answer(2));
    expect(learned.notes).toEqual([
      'look({"name":"Ada\\nMoreno"}) answered: {"status":"ok","message":"one\\ntwo"}',
      'An operator of this line noted: "first\\nsecond"',
      'look({}) answered: {}',
    ]);
  });

  test('what comes late was asked for as what came in time; of the last fifty calls', () => {
    const learned = new Learned();
    learned.toolCalled(call(1, { number: '7' }));
    learned.toolAnswered(answer(1, { status: 'error' }));
    learned.toolAnswered(answer(1, { status: 'ok' }));
    expect(learned.notes).toEqual([
      'look({"number":"7"}) answered: {"status":"error"}',
      'look({"number":"7"}) answered: {"status":"ok"}',
    ]);
    for (let n = 2; n <= 51; n += 1) learned.toolCalled(call(n, { n }));
    learned.toolAnswered(answer(1));
    learned.toolAnswered(answer(2));
    expect(learned.notes.slice(2)).toEqual(['look({}) answered: {}', 'look({"n":2}) answered: {}']);
  });

  test('of a secret not even how many digits there were, nor the last of them', () => {
    const learned = new Learned();
    learned.toolCalled(call(1));
    const response = { status: 'ok', message: 'Paid.', typed_card: '16 digits received, ending in 4242' };
    learned.toolAnswered(answer(1, response));
    expect(learned.notes).toEqual(['look({}) answered: {"status":"ok","message":"Paid."}']);
  });

  test('the newest of a long call; one that is longer by itself is known all the same', () => {
    const learned = new Learned();
    for (let n = 0; n < 100; n++) learned.operatorSaid(`${n} ${'x'.repeat(500)}`);
    const characters = learned.notes.reduce((sum, note) => sum + note.length, 0);
    expect(characters).toBeGreaterThan(11_000);
    expect(characters).toBeLessThanOrEqual(12_000);
    expect(learned.notes.at(-1)).toContain('"99 x');
    learned.operatorSaid('y'.repeat(16_000));
    expect(learned.notes).toHaveLength(1);
    expect(learned.notes[0]).toContain('yyy');
  });
});
