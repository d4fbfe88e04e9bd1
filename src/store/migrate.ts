// Migrations: brings a database to the state that this code expects, one process at a time.
import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { LivelineError, messageOf } from '../base/errors.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { SCHEMA, type Tables } from './tables.ts';

export interface MigrationStatus {
  readonly name: string;
  /** Undefined: not yet. */
  readonly doneAt: Date | undefined;
}

const migratorOf = (db: Kysely<Tables>): Migrator =>
  new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) },
    migrationTableSchema: SCHEMA,
  });

/** Takes what is missing; the names of what it took. Throws DATABASE_REFUSED. */
export async function migrate(db: Kysely<Tables>): Promise<readonly string[]> {
  const { error, results = [] } = await migratorOf(db).migrateToLatest();
  if (error === undefined) return results.map(({ migrationName }) => migrationName);
  const failed = results.find(({ status }) => status === 'Error')?.migrationName;
  throw new LivelineError(
    'DATABASE_REFUSED',
    failed === undefined
      ? `the database cannot be migrated: ${messageOf(error)}; if a newer Liveline has migrated it, run that one`
      : `migration ${failed} failed, and nothing of it was kept: ${messageOf(error)}`,
    { cause: error },
  );
}

/** Without changing anything. */
export async function migrationStatus(db: Kysely<Tables>): Promise<readonly MigrationStatus[]> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass('liveline.kysely_migration') is not null as found`.execute(db);
  const done = rows[0]?.found === true ? await migratorOf(db).getMigrations() : [];
  return Object.keys(MIGRATIONS).map((name) => ({
    name,
    doneAt: done.find((each) => each.name === name)?.executedAt,
  }));
}
