// The lines of a backup: JSON, one value a line. A header, then for each table its name in a list and its rows as objects,
// then the end, with a count of each table and a checksum of every line before. Knows no file and no database.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';

export const BACKUP_FORMAT = 'liveline-backup';
export const BACKUP_FORMAT_VERSION = 1;

const tableSchema = z.object({
  schema: z.string(),
  name: z.string(),
  columns: z.array(z.string()).min(1),
});

const headerSchema = z.object({
  format: z.literal(BACKUP_FORMAT),
  formatVersion: z.int(),
  /** ISO 8601, when the snapshot was taken. */
  at: z.string(),
  /** Of Liveline, that wrote it. */
  version: z.string(),
  size: z.enum(['embedded', 'server']),
  migrations: z.array(z.string()).min(1),
  /** A table stands behind those that it refers to. */
  tables: z.array(tableSchema),
});
export type BackupHeader = z.infer<typeof headerSchema>;

const endSchema = z.object({ rows: z.record(z.string(), z.int()), sha256: z.string() });
export type RowCounts = Readonly<Record<string, number>>;

export type BackupLine =
  | { readonly is: 'row'; readonly json: string }
  | { readonly is: 'table'; readonly name: string }
  | { readonly is: 'end'; readonly rows: RowCounts; readonly sha256: string };

export const nameOf = ({ schema, name }: { schema: string; name: string }): string => `${schema}.${name}`;

export const invalid = (why: string): LivelineError =>
  new LivelineError('BACKUP_INVALID', `the backup cannot be restored: ${why}; the database was not changed`);

/** Throws BACKUP_INVALID. */
export function readHeader(line: string): BackupHeader {
  const { success, data: header } = headerSchema.safeParse(parsed(line));
  if (!success) throw invalid('it is not a backup that Liveline wrote');
  if (header.formatVersion !== BACKUP_FORMAT_VERSION)
    throw invalid(`its format is ${header.formatVersion}, and this Liveline reads ${BACKUP_FORMAT_VERSION}`);
  return header;
}

export const tableLine = (name: string): string => JSON.stringify(['table', name]);
export const endLine = (rows: RowCounts, sha256: string): string => JSON.stringify(['end', { rows, sha256 }]);

/** Rows are not looked into: the database reads them, with every digit. Throws BACKUP_INVALID. */
export function readLine(line: string): BackupLine {
  if (line.startsWith('{')) return { is: 'row', json: line };
  const value = parsed(line);
  if (Array.isArray(value) && value[0] === 'table' && typeof value[1] === 'string')
    return { is: 'table', name: value[1] };
  const end = Array.isArray(value) && value[0] === 'end' ? endSchema.safeParse(value[1]).data : undefined;
  if (end) return { is: 'end', ...end };
  throw invalid('it is damaged: a line is neither a row, nor a table, nor the end');
}

/** Undefined: not JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Over every line, each with its line feed. */
export class Checksum {
  readonly #hash = createHash('sha256');

  add(line: string): void {
    this.#hash.update(line).update('\n');
  }

  /** Once, at the end. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
