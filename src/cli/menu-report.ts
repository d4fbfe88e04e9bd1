// The coverage of a keypad menu in a terminal: a table of its paths, what is wrong, what was lost, and how many there are.
import type { Coverage, CoverageRow } from '../ivr/menus/coverage.ts';
import { aligned } from './aligned.ts';
import { counted } from './db-status.ts';
import { visible, wrapped } from './plain-text.ts';
import { columnOf, tableLines } from './table.ts';

/** `place`: of a problem, `file:line:column`, where there is a file. */
export function coverageLines(
  coverage: Coverage,
  room: number,
  place: (path: readonly string[]) => string = (path) => path.join('.'),
): string[] {
  const { rows, problems, losses, left, totals } = coverage;
  return [
    ...tableOf(rows, room),
    ...listed(
      'What is wrong:',
      [
        ...rows.flatMap((row) => row.problems.map((words): Item => [`${keysOf(row)} of ${row.page}`, words])),
        ...problems.map(({ path, words }): Item => [place(path), words]),
      ],
      room,
    ),
    ...listed(
      'What was not carried over:',
      losses.map(({ where, kept, lost }): Item => [where, `${lost}; kept: ${kept}`]),
      room,
    ),
    ...listed(
      'Left to the agent, who does it in its own way:',
      left.map(({ where, what }): Item => [where, what]),
      room,
    ),
    '',
    ...aligned([
      ['paths', `${totals.paths}, in ${counted(totals.menus, 'menu')}`],
      ['by key', `${totals.byKey} of ${totals.paths}`],
      ['by voice', `${totals.byVoice} of ${totals.paths}`],
      ['with problems', String(totals.withProblems)],
      ['covered', coverage.isWhole ? 'all of it' : 'not all of it'],
    ]),
  ];
}

type Item = readonly [where: string, words: string];

/** Each with its path; `!` marks those that something is wrong with. */
function tableOf(rows: readonly CoverageRow[], room: number): string[] {
  return tableLines(
    [
      columnOf(rows, { title: 'keys', least: 4 }, keysOf),
      columnOf(rows, { title: 'callers ask for', least: 12 }, ({ asked }) => asked || '(nobody is told)'),
      columnOf(rows, { title: 'leads to', least: 16 }, ({ leads }) => leads),
      columnOf(rows, { title: 'by voice', least: 12 }, ({ byVoice }) => byVoice ?? 'no'),
      columnOf(rows, { title: '', least: 1 }, ({ problems }) => (problems.length > 0 ? '!' : '')),
    ],
    room,
  );
}

const keysOf = ({ keys }: CoverageRow): string => keys ?? 'none';

function listed(title: string, items: readonly Item[], room: number): string[] {
  if (items.length === 0) return [];
  return ['', title, ...items.flatMap(([where, words]) => itemLines(`${visible(where)}: ${words}`, room))];
}

const INDENT = '  ';
const itemLines = (text: string, room: number): string[] =>
  wrapped([{ text }], Math.max(room - 2 * INDENT.length, 20)).map(
    (line, at) => `${at === 0 ? INDENT : `${INDENT}${INDENT}`}${line}`,
  );
