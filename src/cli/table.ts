// A table in a terminal: columns as wide as what is in them, or less where there is no room. Knows nothing of what it shows.
import { cut, visible, widthOf } from './plain-text.ts';

export interface Column {
  readonly title: string;
  /** Nothing in them acts on a terminal. */
  readonly cells: readonly string[];
  /** Narrower than this it says nothing any more. */
  readonly least: number;
  /** Flush right. */
  readonly end?: boolean;
}

const GAP = '  ';

export const columnOf = <Row>(
  rows: readonly Row[],
  { title, least, end = false }: Omit<Column, 'cells'>,
  cell: (row: Row) => string,
): Column => ({ title, least, end, cells: rows.map((row) => visible(cell(row))) });

/** The titles, then a line for each row; `room`: in columns of the terminal. */
export function tableLines(columns: readonly Column[], room: number): string[] {
  const widths = fitted(columns, room);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, n) => {
        const text = cut(cell, widths[n]!);
        const space = ' '.repeat(widths[n]! - widthOf(text));
        return columns[n]!.end ? space + text : text + space;
      })
      .join(GAP)
      .trimEnd();
  const rows = columns[0]?.cells.map((_, row) => columns.map(({ cells }) => cells[row]!)) ?? [];
  return [columns.map(({ title }) => title), ...rows].map(line);
}

/** As wide as the cells, or less: what has most to spare gives first. */
function fitted(columns: readonly Column[], room: number): number[] {
  const widths = columns.map(({ title, cells }) => Math.max(...[title, ...cells].map(widthOf)));
  const total = (): number => widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  while (total() > room) {
    const spare = widths.map((width, n) => width - columns[n]!.least);
    const most = Math.max(...spare);
    if (most <= 0) break;
    widths[spare.indexOf(most)]! -= 1;
  }
  return widths;
}
