// Migrations: brings a database to the state that this code expects, one process at a time, all or nothing.
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { LivelineError, messageOf } from '../base/errors.ts';
import { mayPass } from './database-error.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { SCHEMA, type Tables } from './tables.ts';

export interface MigrationStatus {
  readonly name: string;
  /** Undefined: not yet. */
  readonly doneAt: Date | undefined;
}

type Migrations = Readonly<Record<string, Migration>>;

const migratorOf = (db: Kysely<Tables>, migrations: Migrations): Migrator =>
  new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableSchema: SCHEMA,
  });

/**
 * Takes what is missing, in one transaction; the names of what it took. `db` should know no statement_timeout: a migration
 * may take long, and others wait for it. Throws DATABASE_REFUSED, or what was thrown where the database went away: then it
 * can be called again.
 */
export async function migrate(
  db: Kysely<Tables>,
  migrations: Migrations = MIGRATIONS,
): Promise<readonly string[]> {
  const { error, results = [] } = await migratorOf(db, migrations).migrateToLatest();
  if (error === undefined) return results.map(({ migrationName }) => migrationName);
  const unknown = (await doneIn(db)).map(({ name }) => name).filter((name) => !(name in migrations));
  if (unknown.length > 0)
    throw new LivelineError(
      'DATABASE_REFUSED',
      `a newer Liveline has migrated the database (${unknown.join(', ')}): run that one, or restore a backup of before`,
      { cause: error },
    );
  if (mayPass(error)) throw error;
  const failed = results.find(({ status }) => status === 'Error')?.migrationName;
  throw new LivelineError(
    'DATABASE_REFUSED',
    failed === undefined
      ? `the database cannot be migrated: ${messageOf(error)}`
      : `migration ${failed} failed, and nothing of it was kept: ${messageOf(error)}`,
    { cause: error },
  );
}

/** Without changing anything. */
export async function migrationStatus(db: Kysely<Tables>): Promise<readonly MigrationStatus[]> {
  const done = await doneIn(db);
  return Object.keys(MIGRATIONS).map((name) => ({
    name,
    doneAt: done.find((each) => each.name === name)?.doneAt,
  }));
}

/** Also those that this code does not know. The table is kysely's, with times as text (ISO 8601). */
async function doneIn(db: Kysely<Tables>): Promise<readonly { name: string; doneAt: Date }[]> {
  const { rows: tables } = await sql<{ found: boolean }>`
    select to_regclass('liveline.kysely_migration') is not null as found`.execute(db);
  if (tables[0]?.found !== true) return [];
  const { rows } = await sql<{ name: string; timestamp: string }>`
    select name, timestamp from liveline.kysely_migration order by name`.execute(db);
  return rows.map(({ name, timestamp }) => ({ name, doneAt: new Date(timestamp) }));
}
