// What `liveline db status` says, for people and for programs. Prints nothing.
import type { Looked, SpoolStatus } from '../store/status.ts';
import { aligned } from './aligned.ts';

export interface StatusReport {
  readonly where: string;
  readonly found: Looked;
  readonly spool: SpoolStatus;
}

/** Dates as ISO 8601, sizes in bytes. */
export function statusJson({ where, found, spool }: StatusReport): object {
  const { is: state, ...facts } = found;
  return { where, state, ...facts, spool };
}

export function statusText({ where, found, spool }: StatusReport): string[] {
  const waiting =
    spool.files === 0 ? 'nothing' : `${spool.files} files, ${size(spool.bytes)}: written when Liveline runs`;
  return aligned([['database', where], ...foundRows(found), ['waiting on disk', waiting]]);
}

function foundRows(found: Looked): [string, string][] {
  switch (found.is) {
    case 'not-made':
      return [['state', 'not made yet: the first start of Liveline makes it']];
    case 'unreachable':
      return [['state', `NOT REACHABLE: ${found.why}`]];
    case 'reachable': {
      const missing = found.migrations.filter(({ doneAt }) => doneAt === undefined).map(({ name }) => name);
      return [
        ['state', `reachable, PostgreSQL ${found.serverVersion}, ${size(found.bytes)}`],
        [
          'migrations',
          missing.length === 0 ? `all ${found.migrations.length}` : `missing: ${missing.join(', ')}`,
        ],
        ['used by others', found.otherConnections === 0 ? 'no' : `${found.otherConnections} connections`],
        ['calls', callsOf(found)],
        ...found.tables.map(({ name, rows, bytes }): [string, string] => [
          name,
          `${rows} rows, ${size(bytes)}`,
        ]),
      ];
    }
  }
}

const callsOf = ({ calls, oldestCall, newestCall }: Extract<Looked, { is: 'reachable' }>): string =>
  oldestCall && newestCall
    ? `${calls}, from ${oldestCall.toISOString()} to ${newestCall.toISOString()}`
    : String(calls);

/** Of 1,024, as PostgreSQL's pg_size_pretty has them. */
function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const at = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const value = bytes / 1_024 ** at;
  return `${at === 0 ? value : value.toFixed(1)} ${units[at] ?? ''}`;
}
