// A CSV as rows with their line numbers, whatever its size. What a row means is not known here.
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { messageOf } from '../../base/errors.ts';
import { csvText, refused } from './csv-text.ts';

export interface CsvRow {
  /** On which it begins, from 1. */
  readonly line: number;
  readonly values: readonly string[];
}

/** A row of contacts is never longer; what is has a quote that is not closed, or is no CSV. */
export const MOST_ROW_BYTES = 100_000;
const DELIMITERS = [',', ';', '\t'] as const;

/** The first row is the header. Throws CONTACTS_INVALID with the line. */
export async function* csvRows(source: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRow> {
  const text = withLineFeeds(csvText(source));
  const first = await firstLine(text);
  let lastLine = 0;
  const parser = parse({
    // Rows that are parsed and not asked for yet count too, when the next one has a fault.
    on_record: (record: string[], { lines }) => {
      lastLine = lines;
      return record;
    },
    delimiter: delimiterOf(first.line),
    info: true,
    relax_column_count: true,
    // A quote in the middle of a value is a quote.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MOST_ROW_BYTES,
  });
  const all = Readable.from(joined(first.text, text), { objectMode: false });
  all.on('error', (cause) => parser.destroy(cause));
  all.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const within = record.reduce((count, value) => count + lineEnds(value), 0);
      if (record.length > 1 || record[0]!.trim() !== '') yield { line: info.lines - within, values: record };
    }
  } catch (thrown) {
    throw thrown instanceof CsvError ? refused(`line ${lastLine + 1}: ${wordsOf(thrown)}`, thrown) : thrown;
  } finally {
    all.destroy();
  }
}

const lineEnds = (value: string): number => (value.includes('\n') ? value.split('\n').length - 1 : 0);

function wordsOf(thrown: CsvError): string {
  if (thrown.code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote that begins here, or later, is never closed';
  if (thrown.code === 'CSV_MAX_RECORD_SIZE')
    return `this row goes on for more than ${MOST_ROW_BYTES / 1_000} kB: is a quote not closed, or is this no CSV?`;
  return `this is no CSV: ${messageOf(thrown)}`;
}

/** As far as it may go; `text`: all that was read for it. */
async function firstLine(parts: AsyncGenerator<string>): Promise<{ line: string; text: string }> {
  let text = '';
  for (;;) {
    const end = text.indexOf('\n');
    if (end >= 0) return { line: text.slice(0, end), text };
    if (text.length > MOST_ROW_BYTES)
      throw refused(`line 1: there is no end of line in ${MOST_ROW_BYTES / 1_000} kB: this is no CSV`);
    const next = await parts.next();
    if (next.done === true) return { line: text, text };
    text += next.value;
  }
}

/** The one that is there most often outside of quotes. */
function delimiterOf(line: string): string {
  const bare = line.replaceAll(/"[^"]*"/g, '');
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }));
  return counted.reduce((most, each) => (each.count > most.count ? each : most)).delimiter;
}

/** Of three kinds of line ends one is left: so that lines are counted as an editor does. */
async function* withLineFeeds(parts: AsyncGenerator<string>): AsyncGenerator<string> {
  let held = '';
  for await (const part of parts) {
    const text = held + part;
    held = text.endsWith('\r') ? '\r' : '';
    yield text.slice(0, text.length - held.length).replaceAll(/\r\n?/g, '\n');
  }
  if (held !== '') yield '\n';
}

async function* joined(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first !== '') yield first;
  yield* rest;
}
