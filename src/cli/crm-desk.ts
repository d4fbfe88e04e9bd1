// What commands on the CRM work with: the one that is configured, our own one where that is it, a terminal and a clock.
import { systemClock, type Clock } from '../base/clock.ts';
import { LivelineError, type ErrorCode } from '../base/errors.ts';
import { createLog } from '../base/log.ts';
import { environment, type Config } from '../config.ts';
import type { Contact, Crm } from '../crm/crm.ts';
import { importContacts, type Imported } from '../crm/import.ts';
import { leftMessages, type LeftMessage } from '../crm/left-messages.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { crmOf } from '../vendors.ts';
import { requireMade } from './made-database.ts';
import { configOrExit, EXIT_BAD_INPUT, EXIT_FAILED, secretsOf } from './serve.ts';
import { systemTerminal, type Terminal } from './terminal.ts';

/** The CRM in our database: what the others have screens for. */
export interface OwnCrm {
  /** For people: the database it is in. */
  readonly where: string;
  import(contacts: readonly Contact[], overwrite: boolean, signal: AbortSignal): Promise<Imported>;
  messages(sinceMs: number, limit: number, signal: AbortSignal): Promise<readonly LeftMessage[]>;
}

export interface Opened<What> {
  readonly it: What;
  close(): Promise<void>;
}

export interface CrmDesk {
  readonly is: Config['crm']['is'];
  /** It then knows the sample contacts, and nobody of the others. */
  readonly rehearsal: boolean;
  readonly openCrm: () => Promise<Opened<Crm>>;
  /** Only where `is` says 'postgres'. `mayMake`: a database that was never made is made. */
  readonly openOwn: (mayMake: boolean) => Promise<Opened<OwnCrm>>;
  readonly terminal: Terminal;
  readonly clock: Clock;
}

/** Ends the process when the configuration is faulty. */
export function systemCrmDesk(): CrmDesk {
  const config = configOrExit(environment(), 'Nothing was done');
  const { crm, rehearsal } = config;
  return {
    is: crm.is,
    rehearsal,
    openCrm: () => openCrm(config),
    async openOwn(mayMake) {
      const database = await openReady(config, mayMake);
      return {
        it: {
          where: database.where,
          import: (contacts, overwrite, signal) =>
            importContacts({ database, rehearsal, contacts, overwrite }, signal),
          messages: (sinceMs, limit, signal) => leftMessages({ database, rehearsal, sinceMs, limit }, signal),
        },
        close: () => database.close(),
      };
    },
    terminal: systemTerminal(environment()),
    clock: systemClock,
  };
}

async function openCrm(config: Config): Promise<Opened<Crm>> {
  const database = config.crm.is === 'postgres' ? await openReady(config, false) : undefined;
  const theirs = (): never => {
    throw new LivelineError('CRM_INVALID', 'this CRM is in no database of ours');
  };
  const it = await crmOf(config, { database: () => database ?? theirs(), clock: systemClock });
  return { it, close: () => database?.close() ?? Promise.resolve() };
}

/** Throws DATABASE_UNAVAILABLE and DATABASE_REFUSED. */
async function openReady(config: Config, mayMake: boolean): Promise<Database> {
  const { databaseUrl: url, dir: dataDir } = config.data;
  if (!mayMake) await requireMade(config.data);
  // Standard output is for answers.
  const log = createLog({ level: 'warn', secrets: secretsOf(config), destination: process.stderr });
  const database = openDatabase({ url, dataDir, log });
  try {
    await database.ready();
    return database;
  } catch (thrown) {
    await database.close().catch(() => undefined);
    throw thrown;
  }
}

/** A person waits, with more patience than a caller. */
export const ANSWERS_WITHIN_MS = 10_000;

/** Those that the person at the keyboard can mend by asking otherwise. */
const ASKED_WRONGLY: ReadonlySet<ErrorCode> = new Set(['CONTACTS_INVALID', 'CRM_INVALID']);

/** Opens, and closes whatever `use` comes to; what fails is said. Resolves to the exit code. */
export async function using<What>(
  { terminal, clock }: Pick<CrmDesk, 'terminal' | 'clock'>,
  open: () => Promise<Opened<What>>,
  use: (it: What, signal: AbortSignal) => Promise<number>,
  withinMs: number = ANSWERS_WITHIN_MS,
): Promise<number> {
  const giveUp = new AbortController();
  try {
    const opened = await open();
    const stopTimer = clock.after(withinMs, () => giveUp.abort());
    try {
      return await use(opened.it, giveUp.signal);
    } finally {
      stopTimer();
      await opened.close();
    }
  } catch (thrown) {
    if (giveUp.signal.aborted) {
      terminal.say(
        `The CRM did not answer within ${withinMs / 1_000} s; try again, or see liveline crm check.`,
      );
      return EXIT_FAILED;
    }
    if (!(thrown instanceof LivelineError)) throw thrown;
    terminal.say(thrown.message);
    return ASKED_WRONGLY.has(thrown.code) ? EXIT_BAD_INPUT : EXIT_FAILED;
  }
}
