// What commands on records work with: the records of this installation, a terminal and a clock.
import { systemClock, type Clock } from '../base/clock.ts';
import { createLog } from '../base/log.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import { environment } from '../config.ts';
import { forget, type Forgotten } from '../records/forget.ts';
import { createPostgresRecords } from '../records/postgres.ts';
import type { RecordStore } from '../records/store.ts';
import { openDatabase } from '../store/database.ts';
import { configOrExit, secretsOf } from './serve.ts';
import { systemTerminal, type Terminal } from './terminal.ts';

export type RecordReader = Pick<RecordStore, 'find' | 'get' | 'last'>;

export interface OpenRecords {
  readonly store: RecordReader;
  forget(number: PhoneNumber): Promise<Forgotten>;
  close(): Promise<void>;
}

export interface Desk {
  readonly open: () => Promise<OpenRecords>;
  readonly terminal: Terminal;
  readonly clock: Clock;
}

export const systemDesk = (): Desk => ({
  open: openRecords,
  terminal: systemTerminal(),
  clock: systemClock,
});

/** Throws DATABASE_UNAVAILABLE or DATABASE_REFUSED; ends the process when the configuration is faulty. */
async function openRecords(): Promise<OpenRecords> {
  const config = configOrExit(environment());
  const { databaseUrl: url, dir: dataDir } = config.data;
  // Standard output is for records.
  const log = createLog({ level: 'warn', secrets: secretsOf(config), destination: process.stderr });
  const database = openDatabase({ url, dataDir, log });
  try {
    await database.ready();
  } catch (thrown) {
    await database.close().catch(() => undefined);
    throw thrown;
  }
  return {
    store: createPostgresRecords(database),
    forget: (number) => forget(database, dataDir, number),
    close: () => database.close(),
  };
}
