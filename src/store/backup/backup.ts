// Backups as files, and the way from one database into another. What stands in a backup is in backup-format.ts.
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { LivelineError, messageOf } from '../../base/errors.ts';
import { invalid, type RowCounts } from './backup-format.ts';
import { loadBackup, type Loaded } from './backup-load.ts';
import { backupLines, type Stamp } from './backup-read.ts';
import { rowCounts, tablesOf } from './backup-tables.ts';
import type { Database } from '../database.ts';

/** A write to the compressor costs as much for one line as for so many characters. */
const WRITE_CHARACTERS = 64 * 1024;
/** A row that PostgreSQL makes text of is far shorter; a file of something else may never have a line feed. */
const LINE_CHARACTERS_AT_MOST = 256 * 1024 * 1024;

/**
 * Everything in the database, as it is at one moment, into a gzip file that nobody else may read; gives back the rows of each
 * table. Throws BACKUP_UNWRITABLE, also
 * when the file is there already or `signal` aborts it; DATABASE_UNAVAILABLE. Then nothing is left behind.
 */
export async function writeBackup(
  database: Database,
  file: string,
  { signal, ...stamp }: Stamp & { readonly signal?: AbortSignal },
): Promise<RowCounts> {
  if (await isThere(file))
    throw unwritable(file, 'it is there already, and is not overwritten; name another');
  const partial = `${file}.partial-${process.pid}`;
  try {
    const out = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
    // Before this, what is taken away below could still be made.
    await once(out, 'open');
    let rows: RowCounts = {};
    const pieces = inPieces(backupLines(database, stamp), (counts) => (rows = counts));
    await pipeline(pieces, createGzip(), out, { ...(signal && { signal }) });
    await rename(partial, file);
    return rows;
  } catch (thrown) {
    await rm(partial, { force: true }).catch(() => undefined);
    if (signal?.aborted === true) throw unwritable(file, 'it was stopped');
    throw thrown instanceof LivelineError ? thrown : unwritable(file, messageOf(thrown), thrown);
  }
}

/** Into an empty database that is ready. Throws as `loadBackup` does; BACKUP_INVALID also where the file cannot be read. */
export const restoreBackup = (database: Database, file: string): Promise<Loaded> =>
  loadBackup(database, fileLines(file));

/** From one ready database into another, empty one; gives back the rows of each table. Throws as `loadBackup` does. */
export async function moveDatabase(from: Database, to: Database, stamp: Stamp): Promise<RowCounts> {
  const { rows } = await loadBackup(to, backupLines(from, stamp));
  const left = await rowCounts(from.sql, await tablesOf(from.sql));
  const arrived = await rowCounts(to.sql, await tablesOf(to.sql));
  const different = Object.keys(left).filter((name) => left[name] !== arrived[name]);
  if (different.length > 0)
    throw new LivelineError(
      'DATABASE_REFUSED',
      `${different.map((name) => `${name} has ${left[name]} rows in ${from.where} and ${arrived[name] ?? 0} in ${to.where}`).join('; ')}: something was written meanwhile. Stop Liveline, empty ${to.where} and move again`,
    );
  return rows;
}

const unwritable = (file: string, why: string, cause?: unknown): LivelineError =>
  new LivelineError('BACKUP_UNWRITABLE', `no backup was written to ${file}: ${why}`, { cause });

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

async function* inPieces(
  lines: AsyncGenerator<string, RowCounts>,
  onEnd: (rows: RowCounts) => void,
): AsyncGenerator<string, void> {
  let piece = '';
  try {
    let next = await lines.next();
    for (; next.done !== true; next = await lines.next()) {
      piece += `${next.value}\n`;
      if (piece.length < WRITE_CHARACTERS) continue;
      yield piece;
      piece = '';
    }
    yield piece;
    onEnd(next.value);
  } finally {
    await lines.return({});
  }
}

/** Split at line feeds alone: readline also splits at U+2028, which may stand in what a caller said. */
async function* fileLines(file: string): AsyncGenerator<string, void> {
  const text = createGunzip();
  // A fault of the file comes out of what is read below.
  pipeline(createReadStream(file), text).catch(() => undefined);
  text.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of text) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_CHARACTERS_AT_MOST) throw invalid('it is not a backup that Liveline wrote');
      yield* lines;
    }
  } catch (thrown) {
    throw thrown instanceof LivelineError ? thrown : invalid(whyUnread(file, thrown));
  }
  if (rest !== '') throw invalid('it is cut off in the middle of a line');
}

/** Codes of zlib (nodejs.org/api/zlib.html, Constants). */
function whyUnread(file: string, thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'Z_BUF_ERROR') return `${file} is cut off`;
  if (code === 'Z_DATA_ERROR') return `${file} is damaged, or not a gzip file`;
  return messageOf(thrown);
}
