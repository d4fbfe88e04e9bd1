// A file of contacts goes into a campaign: all of its good rows, or, when it cannot be read to its end, none.
import type { CountryCode } from 'libphonenumber-js';
import type { Clock } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { ContactsStore, ImportReport } from './contacts-store.ts';
import { csvRows } from './csv-rows.ts';
import { refused } from './csv-text.ts';
import { readHeader, type Header } from './header.ts';
import { readRow, type ImportedRow, type RowFault } from './row.ts';

export interface Progress {
  readonly bytes: number;
  readonly rows: number;
  readonly faulty: number;
}

export interface ImportOptions {
  readonly source: AsyncIterable<Uint8Array>;
  /** As people know it. */
  readonly file: string;
  readonly campaignId: string;
  /** Of numbers that are written without one. */
  readonly country?: CountryCode | undefined;
  /** By the name of a column, what it is: a field of ours, a variable, or "" for nothing. */
  readonly mapping?: Readonly<Record<string, string>> | undefined;
  readonly store: ContactsStore;
  readonly clock: Pick<Clock, 'nowMs' | 'epochMs'>;
  /** Twice a second at most. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const ROWS_AT_ONCE = 5_000;
const PROGRESS_EVERY_MS = 500;

/**
 * Throws CONTACTS_INVALID, with the line, for a file that cannot be read to its end, and whatever the source throws; nothing
 * of it is a contact then.
 */
export async function importContacts(options: ImportOptions): Promise<ImportReport> {
  const { file, campaignId, store } = options;
  const id = await store.begin(campaignId, file);
  try {
    await readAll({ ...options, put: (rows, faults) => store.put(id, rows, faults) });
    return await store.finish(id);
  } catch (thrown) {
    const cause = thrown instanceof LivelineError ? thrown.message : `it stopped: ${messageOf(thrown)}`;
    // The sweep fails it when the database is away now.
    await store.fail(id, cause).catch(() => undefined);
    throw thrown;
  }
}

export interface ContactsCheck {
  /** All but the header and empty lines. */
  readonly rows: number;
  readonly faulty: number;
  /** The first of them. */
  readonly faults: readonly RowFault[];
}

const FAULTS_TOLD = 100;

/** What importContacts would leave out, without a contact of it. Throws as that does. */
export async function checkContacts(
  options: Omit<ImportOptions, 'file' | 'campaignId' | 'store' | 'onProgress'>,
): Promise<ContactsCheck> {
  const found = { rows: 0, faulty: 0 };
  const told: RowFault[] = [];
  const put = (rows: readonly ImportedRow[], faults: readonly RowFault[]): Promise<void> => {
    found.rows += rows.length + faults.length;
    found.faulty += faults.length;
    told.push(...faults.slice(0, FAULTS_TOLD - told.length));
    return Promise.resolve();
  };
  await readAll({ ...options, put });
  return { ...found, faults: told };
}

type Reading = Pick<ImportOptions, 'source' | 'country' | 'mapping' | 'clock' | 'onProgress' | 'signal'> & {
  /** Some rows and faults more. */
  readonly put: (rows: readonly ImportedRow[], faults: readonly RowFault[]) => Promise<void>;
};

async function readAll(reading: Reading): Promise<void> {
  const { source, country, mapping, clock, onProgress, signal } = reading;
  const counted = { bytes: 0, rows: 0, faulty: 0 };
  let toldMs = clock.nowMs();
  let header: Header | undefined;
  let rows: ImportedRow[] = [];
  let faults: RowFault[] = [];
  const put = async (): Promise<void> => {
    await reading.put(rows, faults);
    [rows, faults] = [[], []];
  };
  for await (const { line, values } of csvRows(counting(source, counted))) {
    signal?.throwIfAborted();
    if (!header) {
      const read = readHeader(values, mapping);
      if (typeof read === 'string') throw refused(`line ${line}: ${read}`);
      header = read;
      continue;
    }
    const row = readRow(values, line, { header, country, epochMs: clock.epochMs() });
    if ('words' in row) faults.push(row);
    else rows.push(row);
    counted.rows += 1;
    if ('words' in row) counted.faulty += 1;
    if (rows.length + faults.length >= ROWS_AT_ONCE) await put();
    if (clock.nowMs() - toldMs >= PROGRESS_EVERY_MS) {
      toldMs = clock.nowMs();
      onProgress?.({ ...counted });
    }
  }
  if (!header) throw refused('the file is empty: expected a first line with the names of the columns');
  await put();
  onProgress?.({ ...counted });
}

async function* counting(
  source: AsyncIterable<Uint8Array>,
  counted: { bytes: number },
): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    counted.bytes += bytes.length;
    yield bytes;
  }
}
