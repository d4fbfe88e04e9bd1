// Forgetting a phone number: its calls, their effects and its part of the CRM are deleted, and it is blanked wherever else
// it stands, but for the list of those who are not to be called. Of other tables, and those to come, it knows nothing: they are found in the database's own catalogue.
import { sql, type Kysely } from 'kysely';
import { canonicalForm } from '../agents/canonical-number.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';
import type { Database } from '../store/database.ts';
import { installationName } from '../store/installation.ts';
import { SCHEMA, type Tables } from '../store/tables.ts';
import { forgetInCampaigns, SUPPRESSED } from './forget-campaigns.ts';
import { forgetInCrm } from './forget-crm.ts';
import { forgetInFiles } from './forget-files.ts';
import { blankColumns, columnsToSearch } from './forget-mentions.ts';
import { forgetRoutes } from './forget-routes.ts';
import { isDisk } from './recording/disk-storage.ts';
import { forgetRecordings } from './recording/erase.ts';
import { RecordingFolder } from './recording/folder.ts';
import { forgetOptOut, OPTED_OUT } from './opt-outs.ts';
import { tracesOf, type Traces } from './number-traces.ts';
import { createVoicemailDisk } from './voicemail/disk.ts';
import { forgetVoicemails } from './voicemail/erase.ts';

export interface Forgotten {
  /** Deleted, with everything of theirs. */
  readonly calls: number;
  /** Of these: still going on. The call itself goes on, and nothing more of it is kept. */
  readonly inProgress: number;
  /** Contacts of that number, messages from it and logs of calls with it: in the CRM of our own, with what hangs on them. */
  readonly inCrm: number;
  /** Contacts of campaigns, attempts to call it, and consents. */
  readonly inCampaigns: number;
  /** Messages that were left from it or for it, with their sound. */
  readonly voicemails: number;
  /** The sound of calls with it. */
  readonly recordings: number;
  /** Values of other calls' records in which it was blanked: somebody said it, or a tool answered with it. */
  readonly mentions: number;
  /** Lines of the spools of dead processes that were removed, or blanked. */
  readonly spooled: number;
  /** It is not to be called again, which is all that is kept of it: whoever forgot that would call it. */
  readonly optedOut: boolean;
  /** Where it may still be: files, and tables that could not be rewritten, each with the reason. */
  readonly leftIn: readonly string[];
}

/** As many as retention deletes at once. */
const CALLS_AT_ONCE = 500;

/**
 * `number` has a plus and its country; throws API_REQUEST_INVALID otherwise, DATABASE_UNAVAILABLE, or PostgreSQL's own fault; may be run again.
 *
 * Found are its digits 0 to 9, in every form that Unicode's NFKC makes plain, with and without the country, with up to six
 * marks or tags between two of them; not a number that is spoken in words, or in pieces over several turns. What a running process has in its queue or spool is written later: stop the
 * server or run it again after the call. Of the embedded database the tables are rewritten, so that no dead row stays in a
 * file; PostgreSQL's write-ahead log (`pg_wal`) holds what was written until its segments are overwritten by newer writes.
 * A number that is not to be called stays on the lists of these, and there alone.
 * A CRM of somebody else's is not touched. Of a server the tables are vacuumed: the space is free but not blank, and its logs, replicas and backups are its owner's.
 */
export async function forget(
  database: Database,
  dataDir: string,
  number: string,
  clock = systemClock,
): Promise<Forgotten> {
  const known = parsePhoneNumber(number);
  if (known === undefined)
    throw new LivelineError(
      'API_REQUEST_INVALID',
      'a number to forget is written with a plus and its country: +15550100123',
    );
  await database.ready();
  // However it is written: records of calls have it as it was dialled, campaigns and lists in the one form that all find.
  const forgotten: Forgotten[] = [];
  for (const form of new Set([canonicalForm(known), known]))
    forgotten.push(await forgetForm(database, dataDir, form, clock));
  return forgotten.reduce(together);
}

async function forgetForm(
  database: Database,
  dataDir: string,
  known: PhoneNumber,
  clock: Clock,
): Promise<Forgotten> {
  const traces = tracesOf(known);
  const { ids, inProgress } = await deleteCalls(database.sql, traces);
  const inCrm = await forgetInCrm(database.sql, ids, traces);
  await forgetRoutes(database.sql, ids, traces);
  const inCampaigns = await forgetInCampaigns(database.sql, known);
  const optedOut = await forgetOptOut(database.sql, known);
  const installation = await installationName(dataDir, silentLog);
  const { voicemails, elsewhere, atCarrier } = await forgetVoicemails(
    database.sql,
    createVoicemailDisk(dataDir),
    installation,
    ids,
    traces,
  );
  const recorded = await forgetRecordings(database.sql, new RecordingFolder(dataDir), installation, ids);
  const columns = await columnsToSearch(database.sql);
  let mentions = 0;
  for (const [table, found] of columns) {
    const searched = found.filter(({ name }) => !isKept(table, name));
    if (searched.length > 0) mentions += await blankColumns(database.sql, table, searched, traces);
  }
  const files = await forgetInFiles(dataDir, database.size, ids, traces, clock);
  const unclean = await clean(database, [...columns.keys()]);
  return {
    calls: ids.size,
    inProgress,
    inCrm,
    inCampaigns,
    voicemails,
    recordings: recorded.recordings,
    mentions,
    spooled: files.spooled,
    optedOut,
    leftIn: [
      ...soundElsewhere(elsewhere),
      ...soundAtCarrier(atCarrier),
      ...recordingsElsewhere(recorded.elsewhere),
      ...files.leftIn,
      ...unclean,
    ],
  };
}

const together = (one: Forgotten, other: Forgotten): Forgotten => ({
  calls: one.calls + other.calls,
  inProgress: one.inProgress + other.inProgress,
  inCrm: one.inCrm + other.inCrm,
  inCampaigns: one.inCampaigns + other.inCampaigns,
  voicemails: one.voicemails + other.voicemails,
  recordings: one.recordings + other.recordings,
  mentions: one.mentions + other.mentions,
  spooled: one.spooled + other.spooled,
  optedOut: one.optedOut || other.optedOut,
  leftIn: [...new Set([...one.leftIn, ...other.leftIn])],
});

/** Names of processes and secrets of ours, in whose digits a number may be seen: without them a call would be nobody's. */
const isOurs = (table: string, column: string): boolean =>
  ['nodes', 'secrets'].includes(table) || (table === 'call_journals' && column === 'node');

/** Whoever forgot what is in these would call it, or lose a call. */
const isKept = (table: string, column: string): boolean =>
  isOurs(table, column) ||
  [OPTED_OUT, SUPPRESSED].some((kept) => kept.table === table && kept.column === column);

const soundElsewhere = (count: number): string[] =>
  count === 0
    ? []
    : [
        `the sound of ${count} voicemail${count === 1 ? '' : 's'}, in the DATA_DIR of another machine: its server deletes it within an hour`,
      ];

const recordingsElsewhere = (places: readonly string[]): string[] =>
  places.map((place) =>
    isDisk(place)
      ? 'the recording of a call, in the DATA_DIR of another machine: its server deletes it within an hour'
      : `the recording of a call, in ${place}: a server that keeps its recordings there deletes it within an hour`,
  );

const soundAtCarrier = (count: number): string[] =>
  count === 0
    ? []
    : [
        `the recording of ${count} voicemail${count === 1 ? '' : 's'}, at the carrier: a server that runs deletes it there within seconds`,
      ];

async function deleteCalls(
  db: Kysely<Tables>,
  traces: Traces,
): Promise<{ ids: ReadonlySet<string>; inProgress: number }> {
  const { rows } = await sql<{ id: string; from_number: string; to_number: string }>`
    select id, from_number, to_number from liveline.calls
    where concat_ws(' ', id, from_number, to_number) ~ ${traces.suspicion}`.execute(db);
  const ids = rows
    .filter((row) => [row.id, row.from_number, row.to_number].some(traces.isParty))
    .map(({ id }) => id);
  let inProgress = 0;
  for (let at = 0; at < ids.length; at += CALLS_AT_ONCE) {
    const some = ids.slice(at, at + CALLS_AT_ONCE);
    // Locked in the order in which writers lock them.
    const deleted = await sql<{ open: boolean }>`
      with locked as (select id from liveline.calls where id = any(${some}::text[]) order by id for update)
      delete from liveline.calls c using locked where c.id = locked.id returning c.ended_at is null as open`.execute(
      db,
    );
    await sql`delete from liveline.tool_effects where call_id = any(${some}::text[])`.execute(db);
    inProgress += deleted.rows.filter(({ open }) => open).length;
  }
  return { ids: new Set(ids), inProgress };
}

/** What rows held before is still in the files, and the most common values in the planner's statistics. */
async function clean({ sql: db, size }: Database, tables: readonly string[]): Promise<string[]> {
  const option = sql.raw(size === 'embedded' ? '(full, analyze)' : '(analyze)');
  const unclean: string[] = [];
  const attempt = async (name: string, statement: ReturnType<typeof sql>): Promise<void> => {
    await statement.execute(db).catch((thrown: unknown) => {
      unclean.push(`${name}: ${messageOf(thrown)}`);
    });
  };
  for (const table of tables)
    await attempt(`table ${SCHEMA}.${table}`, sql`vacuum ${option} ${sql.table(`${SCHEMA}.${table}`)}`);
  if (size === 'server') return unclean;
  await attempt('table pg_catalog.pg_statistic', sql`vacuum full pg_catalog.pg_statistic`);
  // The old files are truncated at once, and what memory held of the new ones reaches the disk.
  await attempt('files of the database', sql`checkpoint`);
  return unclean;
}
