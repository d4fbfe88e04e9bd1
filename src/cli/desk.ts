// What commands on records work with: the records of this installation, a terminal and a clock.
import { systemClock, type Clock } from '../base/clock.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import { environment } from '../config.ts';
import { forget, type Forgotten } from '../records/forget.ts';
import { createPostgresOptOuts, type OptOuts } from '../records/opt-outs.ts';
import { createPostgresRecords } from '../records/postgres.ts';
import type { RecordStore } from '../records/store.ts';
import { voicemailStore, type VoicemailStore } from '../records/voicemail/voicemail.ts';
import { installationName } from '../store/installation.ts';
import { openedDatabase } from './opened-database.ts';
import { configOrExit } from './serve.ts';
import { systemTerminal, type Terminal } from './terminal.ts';

export type RecordReader = Pick<RecordStore, 'find' | 'get' | 'last'>;

export interface OpenRecords {
  /** For people: the database, and the folder of what waits for it. */
  readonly where: { readonly database: string; readonly dataDir: string };
  readonly store: RecordReader;
  readonly voicemails: VoicemailStore;
  readonly optOuts: OptOuts;
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
  terminal: systemTerminal(environment()),
  clock: systemClock,
});

/** Throws DATABASE_UNAVAILABLE, or DATABASE_REFUSED, also when nothing was ever recorded here; ends the process when the configuration is faulty. */
async function openRecords(): Promise<OpenRecords> {
  const config = configOrExit(environment(), 'Nothing was done');
  const { database, log } = await openedDatabase(config);
  const { dir: dataDir } = config.data;
  return {
    where: { database: database.where, dataDir },
    store: createPostgresRecords(database),
    voicemails: voicemailStore({ database, dataDir, installation: await installationName(dataDir, log) }),
    optOuts: createPostgresOptOuts(database),
    forget: (number) => forget(database, dataDir, number),
    close: () => database.close(),
  };
}
