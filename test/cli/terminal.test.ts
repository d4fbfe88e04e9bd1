import { expect, test } from 'vitest';
import { columnsOf } from '../../src/cli/terminal.ts';

test.each([
  [80, '132', 80],
  [undefined, '132', 132],
  [undefined, undefined, 120],
  ...['', '0', '-5', '80x', '1e9', '123456'].map((text) => [undefined, text, 120] as const),
] as const)('a terminal of %s columns and COLUMNS=%j: %s columns', (ofTerminal, COLUMNS, columns) => {
  expect(columnsOf(ofTerminal, { COLUMNS })).toBe(columns);
});
