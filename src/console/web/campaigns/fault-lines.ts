// The faults of a file of contacts, as the API sends them: CSV of line, field and words, of which the page shows the first. Pure.

export interface FaultLine {
  readonly line: number;
  /** Empty: of the line as a whole. */
  readonly field: string;
  readonly words: string;
}

const CELL = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;

/** The first line names the columns; what was broken off at the end of `csv` is left out. */
export function faultLines(csv: string, most: number): readonly FaultLine[] {
  const rows: FaultLine[] = [];
  let at = csv.indexOf('\n') + 1;
  while (rows.length < most && at > 0 && at < csv.length) {
    const cells: string[] = [];
    for (;;) {
      CELL.lastIndex = at;
      const [whole, quoted, plain = ''] = CELL.exec(csv) ?? [''];
      cells.push(quoted?.replaceAll('""', '"') ?? plain);
      at += whole.length;
      if (csv[at] !== ',') break;
      at += 1;
    }
    const [line = '', field = '', words = ''] = cells;
    if (csv[at] !== '\r' && csv[at] !== '\n') break;
    rows.push({ line: Number(line), field, words });
    at = csv.indexOf('\n', at) + 1;
  }
  return rows;
}
