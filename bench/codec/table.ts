// Rows of figures, the first column's held against a target.

export type Target = { readonly atMost: number } | { readonly atLeast: number };

export interface Row {
  readonly figure: string;
  /** None where the figure only says more of the one above. */
  readonly target?: Target;
  readonly digits: number;
  /** In the order of the names; the first is ours. Undefined where a figure makes no sense. */
  readonly values: readonly (number | undefined)[];
}

function mark(target: Target | undefined, value: number): string {
  if (target === undefined) return '';
  return ('atMost' in target ? value <= target.atMost : value >= target.atLeast) ? '✓' : '✗';
}

function text(value: number | undefined, digits: number): string {
  if (value === undefined) return '–';
  if (value === Infinity) return 'same bits';
  // "-0.0" reads as an error.
  return (Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value).toFixed(digits);
}

const limit = (target: Target | undefined, digits: number): string => {
  if (target === undefined) return '';
  const value = 'atMost' in target ? target.atMost : target.atLeast;
  if (!Number.isFinite(value)) return text(value, digits);
  return `${'atMost' in target ? '≤' : '≥'} ${value}`;
};

export function printRows(names: readonly string[], rows: readonly Row[]): void {
  const lines = rows.map(({ figure, target, digits, values }) => [
    figure,
    limit(target, digits),
    mark(target, values[0]!),
    ...values.map((value) => text(value, digits)),
  ]);
  const head = ['figure', 'target', '', ...names];
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i]!.length)));
  const print = (cells: readonly string[]): void =>
    console.log(
      cells
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    );
  print(head);
  print(widths.map((width) => '─'.repeat(width)));
  for (const line of lines) print(line);
}
