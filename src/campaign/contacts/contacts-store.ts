// The door to where contacts of campaigns are kept while a file of them is read, and afterwards.
import type { ImportedRow, RowFault } from './row.ts';

export interface ImportCounts {
  /** All but the header and empty lines. */
  readonly rows: number;
  /** New contacts. */
  readonly kept: number;
  /** Rows of a number that another row, or the campaign, had already. */
  readonly merged: number;
  readonly faulty: number;
}

export interface ImportReport extends ImportCounts {
  readonly id: string;
  readonly file: string;
  readonly state: 'reading' | 'done' | 'failed';
  /** Why it failed, in words. */
  readonly cause: string | undefined;
}

export interface ContactsStore {
  /** Also into one that is done, which may be started again then. Throws CONTACTS_INVALID when there is none, or it was stopped. */
  begin(campaignId: string, file: string): Promise<string>;
  /** Some rows and faults more; nobody sees a contact of them yet. */
  put(importId: string, rows: readonly ImportedRow[], faults: readonly RowFault[]): Promise<void>;
  /** All of it becomes contacts at once. Throws CONTACTS_INVALID when the database has lost rows of it. */
  finish(importId: string): Promise<ImportReport>;
  /** Nothing of it becomes a contact; its faults stay to be read. */
  fail(importId: string, cause: string): Promise<ImportReport>;
  find(campaignId: string): Promise<readonly ImportReport[]>;
  /** By line. */
  faults(importId: string): AsyncIterable<RowFault>;
  /** Those that nobody reads any more fail. How many. */
  failLost(nowMs: number): Promise<number>;
}
