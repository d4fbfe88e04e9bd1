// Imported lists of numbers that are not called, in PostgreSQL. A new version of a list takes the place of the old one in one
// moment, when all of it is there; until then, and when anything goes wrong, the old one holds. What a list means is decided
// in do-not-call.ts.
import { sql, type Kysely } from 'kysely';
import { LivelineError } from '../base/errors.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Database } from '../store/database.ts';
import type { Tables } from '../store/tables.ts';
import { chunksOf, ListFault, listedNumbers } from './do-not-call-file.ts';
import type { ListAge } from './do-not-call.ts';

export interface ListImport {
  readonly name: string;
  /** When it was true, by whoever made it, epoch ms. */
  readonly asOfMs: number;
  readonly nowMs: number;
  /** Of numbers without their country, by ISO 3166. */
  readonly country?: string | undefined;
  /** CSV or a number per line, in UTF-8; of any size. */
  readonly source: AsyncIterable<Uint8Array>;
  /** Called now and then: so many numbers were read. */
  readonly onProgress?: ((numbers: number) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface KeptList extends ListAge {
  readonly numbers: number;
  readonly importedAtMs: number;
}

export interface SuppressionLists {
  /**
   * Throws SUPPRESSION_LIST_INVALID: a row of it is no number, it is empty, older than the one that is there, of the future,
   * or being imported by somebody else; then nothing has changed.
   */
  import(list: ListImport): Promise<KeptList>;
  /** By name. */
  list(): Promise<readonly KeptList[]>;
  /** False: there is none. Campaigns that need it call nobody then. */
  remove(name: string): Promise<boolean>;
}

/** One statement each; as large as is still fast. */
const NUMBERS_AT_ONCE = 10_000;
const DELETED_AT_ONCE = 100_000;
/** Its date may be that of a place where the day has begun already. */
const AHEAD_MS = 86_400_000;
const MOST_NAME_CHARACTERS = 100;

/** Rejects with what the driver throws, too. Everything waits until the database is there. Those of rehearsals are kept apart. */
export function createPostgresSuppressionLists(
  { sql: db, ready }: Pick<Database, 'sql' | 'ready'>,
  rehearsal: boolean,
): SuppressionLists {
  return {
    async import(list) {
      const name = list.name.trim();
      if (name === '' || name.length > MOST_NAME_CHARACTERS || /[\0\p{Cc}]/u.test(name))
        throw invalid(name, `expected a name of at most ${MOST_NAME_CHARACTERS} characters`);
      if (!(list.asOfMs > 0 && list.asOfMs <= list.nowMs + AHEAD_MS))
        throw invalid(name, 'expected the date on which it was made, and not in the future');
      await ready();
      try {
        return await db.transaction().execute((one) => replaceList(one, { ...list, name }, rehearsal));
      } catch (thrown) {
        throw thrown instanceof ListFault ? invalid(name, thrown.message) : thrown;
      }
    },

    async list() {
      await ready();
      const { rows } = await sql<Row>`
        select name, as_of, imported_at, numbers, version from liveline.suppression_lists
        where rehearsal = ${rehearsal} order by name`.execute(db);
      return rows.map(fromRow);
    },

    async remove(name) {
      await ready();
      const known = name.replaceAll('\0', '');
      return db.transaction().execute(async (one) => {
        const { rows } = await sql<{ version: number }>`
          select version from liveline.suppression_lists where name = ${known} and rehearsal = ${rehearsal} for update`.execute(
          one,
        );
        for (const { version } of rows) await deleteNumbers(one, { name: known, rehearsal, version });
        await sql`delete from liveline.suppression_lists where name = ${known} and rehearsal = ${rehearsal}`.execute(
          one,
        );
        return rows.length === 1;
      });
    },
  };
}

async function replaceList(one: Kysely<Tables>, list: ListImport, rehearsal: boolean): Promise<KeptList> {
  const { name, signal } = list;
  // Whoever waited here would be cut off by the time limit of statements.
  const { rows: locks } = await sql<{ free: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`liveline.suppression ${rehearsal ? 'rehearsal ' : ''}${name}`}, 0)) as free`.execute(
    one,
  );
  if (locks[0]?.free !== true) throw invalid(name, 'somebody else is importing it just now: wait for them');
  const asOf = new Date(list.asOfMs);
  const { rows: known } = await sql<Row>`
    select name, as_of, imported_at, numbers, version from liveline.suppression_lists
    where name = ${name} and rehearsal = ${rehearsal}`.execute(one);
  const [old] = known;
  if (old && old.as_of > asOf)
    throw invalid(name, `the one that is there is newer, of ${old.as_of.toISOString()}: it is kept`);
  const { rows: written } = await sql<Row>`
    insert into liveline.suppression_lists (name, rehearsal, as_of, imported_at, numbers)
    values (${name}, ${rehearsal}, ${asOf}, ${new Date(list.nowMs)}, 0)
    on conflict (name, rehearsal) do update set as_of = excluded.as_of, imported_at = excluded.imported_at,
      version = suppression_lists.version + 1
    returning name, as_of, imported_at, numbers, version`.execute(one);
  const row = written[0]!;
  const of = { name, rehearsal, version: row.version };
  let numbers = 0;
  const file = { source: list.source, country: list.country, signal };
  for await (const chunk of chunksOf(listedNumbers(file), NUMBERS_AT_ONCE)) {
    numbers += await insert(one, of, chunk);
    list.onProgress?.(numbers);
  }
  // A file that is empty by mistake would let everybody be called.
  if (numbers === 0) throw invalid(name, 'there is no number in it');
  if (old) await deleteNumbers(one, { ...of, version: old.version });
  await sql`update liveline.suppression_lists set numbers = ${numbers}
    where name = ${name} and rehearsal = ${rehearsal}`.execute(one);
  signal.throwIfAborted();
  return { ...fromRow(row), numbers };
}

/** A registry of a whole country is more than one statement can delete in its time: in the order of the numbers, part by part. */
async function deleteNumbers(one: Kysely<Tables>, { name, rehearsal, version }: ListVersion): Promise<void> {
  for (let after = ''; ;) {
    const { rows } = await sql<{ last: string }>`
      select number as last from liveline.suppressed_numbers
      where list = ${name} and rehearsal = ${rehearsal} and version = ${version} and number > ${after}
      order by number limit 1 offset ${DELETED_AT_ONCE - 1}`.execute(one);
    const last = rows[0]?.last;
    await sql`
      delete from liveline.suppressed_numbers
      where list = ${name} and rehearsal = ${rehearsal} and version = ${version} and number > ${after}
        and (${last ?? null}::text is null or number <= ${last ?? null})`.execute(one);
    if (last === undefined) return;
    after = last;
  }
}

/** So many were not in it yet. */
async function insert(
  one: Kysely<Tables>,
  { name, rehearsal, version }: ListVersion,
  numbers: readonly PhoneNumber[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into liveline.suppressed_numbers (list, rehearsal, version, number)
    select ${name}, ${rehearsal}::boolean, ${version}::integer, number from unnest(${numbers}::text[]) as number
    on conflict do nothing`.execute(one);
  return Number(numAffectedRows ?? 0);
}

interface ListVersion extends Pick<Row, 'name' | 'version'> {
  readonly rehearsal: boolean;
}

interface Row {
  readonly name: string;
  readonly as_of: Date;
  readonly imported_at: Date;
  /** bigint, which the driver gives as text. */
  readonly numbers: string;
  readonly version: number;
}

const fromRow = (row: Row): KeptList => ({
  name: row.name,
  asOfMs: row.as_of.getTime(),
  importedAtMs: row.imported_at.getTime(),
  numbers: Number(row.numbers),
  version: row.version,
});

const invalid = (name: string, words: string): LivelineError =>
  new LivelineError(
    'SUPPRESSION_LIST_INVALID',
    `the list "${name.slice(0, MOST_NAME_CHARACTERS)}": ${words}`,
  );
