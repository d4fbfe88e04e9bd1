import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from '../../src/console/line-diff.ts';

const shown = (before: string, now: string): string[] =>
  lineDiff(before, now).map(
    ({ is, text, line }) => `${line}${{ same: ' ', added: '+', removed: '-', gap: '…' }[is]}${text}`,
  );

test('what was changed, what is new and what is gone, with three lines around', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\n';
  expect(shown(before, before.replace('e', 'E'))).toEqual([
    ...['1… ', '2 b', '3 c', '4 d', '5-e', '5+E', '6 f', '7 g', '8 h', '1… '].map((line) =>
      line.replace('… ', '…'),
    ),
  ]);
  expect(shown('a\nb\n', 'a\nx\nb\n')).toEqual(['1 a', '2+x', '3 b']);
  expect(shown('a\nx\nb\n', 'a\nb\n')).toEqual(['1 a', '2-x', '2 b']);
});

test('nothing changed, an empty text, and another end of line', () => {
  expect(lineDiff('a\nb\n', 'a\nb\n')).toEqual([]);
  expect(lineDiff('a\nb', 'a\r\nb\r\n')).toEqual([]);
  expect(shown('', 'a\n')).toEqual(['1+a']);
  expect(shown('a\n', '')).toEqual(['1-a']);
});

test('texts too long to be compared are shown as all new', () => {
  const many = (word: string): string => Array.from({ length: 1_500 }, (_, n) => `${word}${n}`).join('\n');
  expect(lineDiff(many('a'), many('b')).filter(({ is }) => is === 'added')).toHaveLength(1_500);
});

test('what is taken out and put in makes the one text into the other', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
  fc.assert(
    fc.property(text, text, (old, fresh) => {
      const ended = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
      const lines = lineDiff(ended(old), ended(fresh));
      if (lines.length === 0) {
        expect(old).toEqual(fresh);
        return;
      }
      const rebuilt: string[] = [];
      let taken = 0;
      for (const { is, text: words, line } of lines) {
        if (is === 'gap') for (let n = 0; n < line; n += 1) rebuilt.push(old[taken++]!);
        else if (is === 'removed') expect(old[taken++]).toBe(words);
        else {
          rebuilt.push(words);
          expect(line).toBe(rebuilt.length);
          if (is === 'same') expect(old[taken++]).toBe(words);
        }
      }
      expect(rebuilt).toEqual(fresh);
      expect(taken).toBe(old.length);
    }),
  );
});
