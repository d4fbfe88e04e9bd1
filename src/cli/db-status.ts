// What `liveline db status` says, for people and for programs. Prints nothing.
import type { Looked, SpoolStatus } from '../store/status.ts';
import { aligned } from './aligned.ts';
import { zonedTimeText } from './calls-table.ts';

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

/** `timeZone`: IANA; undefined: that of this machine. */
export function statusText({ where, found, spool }: StatusReport, timeZone: string | undefined): string[] {
  const waiting =
    spool.files === 0
      ? 'nothing'
      : `${counted(spool.files, 'file')}, ${size(spool.bytes)}: written when Liveline runs`;
  return aligned([['database', where], ...foundRows(found, timeZone), ['waiting on disk', waiting]]);
}

function foundRows(found: Looked, timeZone: string | undefined): [string, string][] {
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
        [
          'used by others',
          found.otherConnections === 0 ? 'no' : counted(found.otherConnections, 'connection'),
        ],
        ['calls', String(found.calls)],
        ...timeRow('oldest call', found.oldestCall, timeZone),
        ...timeRow('newest call', found.newestCall, timeZone),
        ...found.tables.map(({ name, rows, bytes }): [string, string] => [
          name,
          `${counted(rows, 'row')}, ${size(bytes)}`,
        ]),
      ];
    }
  }
}

const timeRow = (label: string, time: Date | null, timeZone: string | undefined): [string, string][] =>
  time === null ? [] : [[label, zonedTimeText(time.toISOString(), timeZone)]];

export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Of 1,024, as PostgreSQL's pg_size_pretty has them. */
function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const at = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const value = bytes / 1_024 ** at;
  return `${at === 0 ? value : value.toFixed(1)} ${units[at] ?? ''}`;
}
