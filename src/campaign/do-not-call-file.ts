// A file of numbers that are not called: its rows become numbers. A row that is none is a fault of the whole, as whoever
// stands there would be called. Knows no database.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse, type Info } from 'csv-parse';
import { readNumber } from '../agents/canonical-number.ts';
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';

export interface ListFile {
  /** CSV, or a number per line; of any size. */
  readonly source: AsyncIterable<Uint8Array>;
  /** Of numbers without their country, by ISO 3166. */
  readonly country: string | undefined;
  readonly signal: AbortSignal;
}

/** Of a file, in words that hold no number. */
export class ListFault extends Error {
  override readonly name = 'ListFault';
}

/** So many lines are named at once; more help nobody. */
const MOST_LINES_NAMED = 20;
/** A line of such a file is a number and a few words; one that never ends must not fill the memory. */
const LONGEST_ROW_BYTES = 10_000;

interface Row {
  readonly record: readonly string[];
  readonly info: Info;
}

/**
 * The numbers of all columns that are named phone, mobile, tel…, or else of the one that is named number; without names, of the
 * one that holds a number; of two columns with area code and number, as registries of North America give them, both. Throws
 * ListFault, and what the source or the signal throws.
 */
export async function* listedNumbers({ source, country, signal }: ListFile): AsyncGenerator<PhoneNumber> {
  const rows = parse({
    bom: true,
    info: true,
    trim: true,
    delimiter: [',', ';', '\t'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW_BYTES,
  });
  // Whatever goes wrong in it comes out of the rows as well.
  void pipeline(Readable.from(source), rows, { signal }).catch(() => undefined);
  const faulty: number[] = [];
  let numbersIn: NumbersIn | undefined;
  try {
    for await (const { record, info } of rows as AsyncIterable<Row>) {
      const isFirst = numbersIn === undefined;
      numbersIn ??= readerOf(record, country);
      const numbers = numbersIn(record);
      yield* numbers;
      if (numbers.length === 0 && (!isFirst || !isHeader(record))) faulty.push(info.lines);
      if (faulty.length >= MOST_LINES_NAMED) break;
    }
  } catch (thrown) {
    throw thrown instanceof CsvError ? new ListFault(`it is no CSV file (${thrown.code})`) : thrown;
  }
  if (faulty.length > 0)
    throw new ListFault(
      `there is no phone number, or not in every column of them, ${country === undefined ? 'with its country code, such as +15550100123, ' : ''}in line ${faulty.join(', ')}`,
    );
}

/** Of a row; none: it has a fault. */
type NumbersIn = (cells: readonly string[]) => readonly PhoneNumber[];

const OF_PHONES = /phone|mobil|m[oó]vil|msisdn|rufnummer|telefon|portable|\b(?:tel|cell|handy|landline|fax)/i;
/** Of accounts too, when another column says that it is of phones. */
const OF_NUMBERS = /number|nummer|num[eé]ro/i;
const isHeader = (cells: readonly string[]): boolean => !cells.some((cell) => /\d{3}/.test(cell));

/** By the first row. Throws ListFault when it is not to be told where the numbers are. */
function readerOf(first: readonly string[], country: string | undefined): NumbersIn {
  if (isHeader(first)) return readerOfColumns(first, country);
  if ((country === 'US' || country === 'CA') && isSplit(first))
    return (cells) => (isSplit(cells) ? phoneNumberOf(cells.slice(0, 2).join(''), country) : []);
  const holding = columnsHolding(first, country);
  if (holding.length > 1) throw new ListFault(NO_NAMES);
  const [at = 0] = holding;
  return (cells) => {
    if (columnsHolding(cells, country).some((other) => other !== at)) throw new ListFault(NO_NAMES);
    return phoneNumberOf(cells[at] ?? '', country);
  };
}

const NO_NAMES =
  'more than one of its columns holds numbers: give it a first line, in which those of phones are named "phone"';

const spaced = (name: string): string => name.replaceAll(/[_-]/g, ' ');

function namedIn(header: readonly string[]): readonly number[] {
  const matching = (names: RegExp): number[] =>
    header.flatMap((name, at) => (names.test(spaced(name)) ? [at] : []));
  const ofPhones = matching(OF_PHONES);
  if (ofPhones.length > 0) return ofPhones;
  const ofNumbers = matching(OF_NUMBERS);
  if (ofNumbers.length > 1)
    throw new ListFault(
      'its first line names several columns of numbers, and none "phone": rename those of phones',
    );
  if (ofNumbers.length === 0 && header.length > 1)
    throw new ListFault('its first line names no column such as "phone", and holds no number either');
  return ofNumbers.length === 1 ? ofNumbers : [0];
}

/** A cell without a digit is empty, or says "none" or "mobile"; any other must be a number, and one of them. */
function readerOfColumns(header: readonly string[], country: string | undefined): NumbersIn {
  const columns = namedIn(header);
  const mayHoldOthers = (at: number): boolean =>
    columns.includes(at) || OF_OTHERS.test(spaced(header[at] ?? ''));
  return (cells) => {
    const missed = cells.findIndex((cell, at) => !mayHoldOthers(at) && isPhone(cell, country));
    // Whoever has it would be called.
    if (missed !== -1)
      throw new ListFault(
        `its column ${missed + 1}${header[missed] === undefined ? '' : `, "${header[missed].slice(0, MOST_NAME_CHARACTERS)}",`} holds numbers of phones too: name it "phone" in the first line if they are, or "id" if they are none`,
      );
    const written = columns.map((at) => cells[at] ?? '').filter((cell) => /\d/.test(cell));
    const numbers = written.flatMap((cell) => phoneNumberOf(cell, country));
    return numbers.length === written.length ? numbers : [];
  };
}

/** Of what may be as long as a number of a phone, and is none. */
const OF_OTHERS =
  /account|customer|client|order|contract|member|kunde|konto|auftrag|vertrag|compte|cuenta|\bid\b/i;
/** With marks between: without them it may as well be a number of eight digits. */
const DATE =
  /^(?:19|20)\d{2}([-./])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:\D|$)|^\d{1,2}([-./])\d{1,2}\2(?:19|20)\d{2}(?:\D|$)/;
const MOST_NAME_CHARACTERS = 40;

/** Reads as a number that exists, and as nothing else. */
const isPhone = (cell: string, country: string | undefined): boolean => {
  if (!MAY_BE_A_NUMBER.test(cell) || DATE.test(cell)) return false;
  // As of a column of phones, "212 555 0102 (mother)"; not out of the middle of somebody's notes.
  const read = readNumber(cell, { country, extract: /^\s*[+(\d]/.test(cell) });
  return read.is === 'number' && read.exists;
};

/** No number of a phone has fewer digits, when it is written as it is dialled from afar. */
const MAY_BE_A_NUMBER = /(?:\d\D*){7}/;

const columnsHolding = (cells: readonly string[], country: string | undefined): number[] =>
  cells.length === 1
    ? [0]
    : cells.flatMap((cell, at) =>
        MAY_BE_A_NUMBER.test(cell) && phoneNumberOf(cell, country).length > 0 ? [at] : [],
      );

const isSplit = ([area = '', number = '']: readonly string[]): boolean =>
  /^\d{3}$/.test(area) && /^\d{3}[-. ]?\d{4}$/.test(number);

const NANP = /^(?:\+1)?([2-9]\d{9})$/;
/** E.164 has 15, and some write a trunk's 0 as well; in a cell with more there are two numbers. */
const MOST_DIGITS = 16;

/** One, or none. */
function phoneNumberOf(text: string, country: string | undefined): readonly PhoneNumber[] {
  // What most lists are made of, a hundred times as fast.
  const short = NANP.exec(text)?.[1];
  if (short !== undefined && (text.startsWith('+') || country === 'US' || country === 'CA'))
    return [parsePhoneNumber(`+1${short}`)!];
  if (text.replaceAll(/\D/g, '').length > MOST_DIGITS) return [];
  const read = readNumber(text, { country, extract: true });
  return read.is === 'number' ? [read.number] : [];
}

export async function* chunksOf<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let chunk: Item[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
