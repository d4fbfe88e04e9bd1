import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { barOf, LiveLines, percentOf, some } from '../../src/cli/campaign-live-lines.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

function terminal(isInteractive: boolean) {
  const said: string[] = [];
  const output = new PassThrough({ encoding: 'utf8' });
  const made: Terminal = {
    ...{ columns: 10, isInteractive, output, ask: () => Promise.resolve('') },
    print: (line) => said.push(`printed ${line}`),
    say: (line) => said.push(line),
  };
  return { made, said, output };
}

test('in a terminal each drawing takes the place of the one before; nothing in it acts, or wraps', () => {
  const { made, said, output } = terminal(true);
  const live = new LiveLines(made, new ManualClock());
  live.show(['one \u001b[2J', 'two'], 'plain');
  live.show(['a line that is long'], 'plain');
  expect(output.read()).toBe('one \\x1b[…\ntwo\n\u001b[2A\u001b[Ja line th…\n');
  expect(said).toEqual([]);
});

test('elsewhere a plain line every ten seconds, and none twice', () => {
  const { made, said, output } = terminal(false);
  const clock = new ManualClock();
  const live = new LiveLines(made, clock);
  for (const [ms, line] of [
    [0, 'a\u001b'],
    [9_999, 'b'],
    [1, 'c'],
    [20_000, 'c'],
  ] as const) {
    clock.advance(ms);
    live.show([], line);
  }
  expect([said, output.read()]).toEqual([['a\\x1b', 'c'], null]);
});

test('a bar is as long as it is to be, whatever the fraction; 100 % is all', () => {
  fc.assert(
    fc.property(fc.double(), fc.nat(100), (fraction, columns) => {
      expect(barOf(fraction, columns)).toHaveLength(columns);
    }),
  );
  expect([percentOf(999, 1_000), percentOf(1_000, 1_000), percentOf(0, 0), percentOf(3, 2)]).toEqual([
    99, 100, 0, 100,
  ]);
  expect([some(1, 'row'), some(1_200, 'row'), some(0, 'row')]).toEqual(['1 row', '1,200 rows', '0 rows']);
});
