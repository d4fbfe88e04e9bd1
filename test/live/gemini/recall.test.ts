// What a model that was away is told, in words: enough of it, not too much, and what it must and must not do.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asContinuation,
  asInstructions,
  asReminder,
  asResult,
  newest,
  RESULT_FOLLOWS,
  RESULT_IS_KNOWN,
  sinceThen,
} from '../../../src/live/gemini/recall.ts';
import type { Said } from '../../../src/live/session.ts';

const talk = (count: number, text = 'words'): Said[] =>
  Array.from({ length: count }, (_, at) => ({ who: at % 2 ? 'caller' : 'agent', text: `${text} ${at}` }));

describe('how much', () => {
  test('a seed is the newest 12,000 characters, in whole entries', () => {
    const said = talk(30, 'x'.repeat(997)).map((entry) => ({ ...entry, text: entry.text.slice(0, 1_000) }));
    expect(newest(said)).toEqual(said.slice(18));
  });

  test('one entry that is longer by itself is told all the same', () => {
    const said = [...talk(2), { who: 'caller' as const, text: 'x'.repeat(20_000) }];
    expect(newest(said)).toEqual(said.slice(2));
    expect(newest([])).toEqual([]);
  });

  test('of a conversation that is known, the last six', () => {
    expect(sinceThen(talk(10), 10)).toEqual(talk(10).slice(4));
    expect(sinceThen(talk(3), 3)).toEqual(talk(3));
    expect(sinceThen([], 0)).toEqual([]);
  });

  test('of one that went on, all since then, with the entry that was still growing', () => {
    expect(sinceThen(talk(20), 5)).toEqual(talk(20).slice(4));
    expect(sinceThen(talk(20), 0)).toEqual(talk(20));
  });

  test('always an end of what was said, within the bound, and nothing that is unknown left out', () => {
    const entries = fc.array(
      fc.record({
        who: fc.constantFrom('caller' as const, 'agent' as const),
        text: fc.string({ maxLength: 3_000 }),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(entries, fc.nat(25), (said, known) => {
        const told = sinceThen(said, known);
        expect(told).toEqual(said.slice(said.length - told.length));
        const characters = told.reduce((sum, { text }) => sum + text.length, 0);
        expect(characters <= 12_000 || told.length === 1).toBe(true);
        const all = said.reduce((sum, { text }) => sum + text.length, 0);
        if (all <= 12_000) expect(told.length).toBeGreaterThanOrEqual(said.length - known);
      }),
      { seed: 1 },
    );
  });
});

describe('the words', () => {
  const said: Said[] = [
    { who: 'caller', text: ' Are you open? ' },
    { who: 'agent', text: 'On Saturdays' },
  ];

  test.each([
    ['instructions', asInstructions([], said)],
    ['a reminder', asReminder(said)],
    ['a continuation', asContinuation(said)],
  ])('%s say who said what, oldest first, and not to greet', (_what, text) => {
    expect(text).toContain('\nCaller: Are you open?\nYou: On Saturdays\n');
    expect(text).toMatch(/do not greet again/i);
  });

  test('instructions of a call that has yet to begin leave it to greet; of one under way, they tell apart what was when', () => {
    const before: Said[] = [{ who: 'caller', text: 'I called yesterday.' }];
    expect(asInstructions(before, [])).toBe('Before this call, this was said:\nCaller: I called yesterday.');
    expect(asInstructions(before, said)).toBe(`${asInstructions(before, [])}\n${asInstructions([], said)}`);
  });

  test('a reminder asks for nothing; a continuation for the rest alone', () => {
    expect(asReminder(said)).toContain('do not repeat an answer');
    expect(asContinuation(said)).toContain('Say the rest of your last sentence now, and nothing of what was');
  });

  test('a result names its function and holds the answer', () => {
    expect(asResult('look_up', { found: 'Ada' })).toContain('look_up');
    expect(asResult('look_up', { found: 'Ada' })).toContain('{"found":"Ada"}');
    expect(asResult('look_up', {})).toContain('without calling look_up again');
  });

  test('what stands in for a result is an error, of which only one promises more', () => {
    expect(RESULT_FOLLOWS).toEqual({ error: expect.stringContaining('follows') as string });
    expect(RESULT_IS_KNOWN).toEqual({ error: expect.stringContaining('dealt with') as string });
  });
});
