// Calls as a table that fits a terminal of 80 columns or more: what matters at 3 a.m. first, cut where it must be.
import { styleText } from 'node:util';
import type { CallSummary } from '../records/record.ts';
import { cut } from './plain-text.ts';
import { columnOf, tableLines, type Column } from './table.ts';

export interface TableOptions {
  readonly columns: number;
  readonly nowMs: number;
  /** IANA; undefined: that of this machine. */
  readonly timeZone: string | undefined;
}

/** Below it, one column says who was at the other end, instead of both numbers. */
const BOTH_NUMBERS_FROM = 100;
/** E.164 at its longest. */
const NUMBER_COLUMNS = 16;

/** The header, a line for each call, and what the marks mean. */
export function callsTable(calls: readonly CallSummary[], options: TableOptions): string[] {
  const [titles = '', ...lines] = tableLines(columnsOf(calls, options), options.columns);
  return [
    styleText('bold', titles),
    ...calls.map((call, row) => (isTrouble(call) ? styleText('red', lines[row]!) : lines[row]!)),
    ...(calls.some(({ rehearsal }) => rehearsal) ? ['* rehearsal: a call on the simulators'] : []),
    ...(calls.some(({ lostWrites }) => lostWrites > 0) ? ['! parts of its record are lost'] : []),
  ];
}

function columnsOf(calls: readonly CallSummary[], { columns, nowMs, timeZone }: TableOptions): Column[] {
  const column = (title: string, least: number, cell: (call: CallSummary) => string, end = false): Column =>
    columnOf(calls, { title, least, end }, cell);
  const wide = columns >= BOTH_NUMBERS_FROM;
  const when = (call: CallSummary): string => timeText(call.startedAt, timeZone).slice(0, 16);
  const thisYear = timeText(new Date(nowMs).toISOString(), timeZone).slice(0, 4);
  return [
    column('id', SHORT_ID, ({ id }) => id.slice(0, SHORT_ID)),
    wide
      ? column('when', 16, when)
      : column('when', 11, (call) =>
          when(call).startsWith(thisYear) ? when(call).slice(5) : when(call).slice(0, 10),
        ),
    column('length', 6, ({ durationMs }) => (durationMs === null ? '…' : lengthText(durationMs)), true),
    column('dir', 4, ({ direction, rehearsal, lostWrites }) =>
      [direction === 'inbound' ? 'in' : 'out', rehearsal ? '*' : '', lostWrites > 0 ? '!' : ''].join(''),
    ),
    wide
      ? column('from → to', 27, ({ from, to }) => `${cut(from, NUMBER_COLUMNS)} → ${cut(to, NUMBER_COLUMNS)}`)
      : column('with', 12, ({ direction, from, to }) => (direction === 'inbound' ? from : to)),
    column('profile', 7, ({ profile }) => profile),
    column('outcome', 8, ({ outcome }) => outcome ?? 'in-progress'),
    column('cost', 7, ({ costUsd }) => (costUsd === null ? '?' : costText(costUsd)), true),
  ];
}

const isTrouble = ({ outcome, lostWrites }: CallSummary): boolean =>
  lostWrites > 0 || (outcome !== null && /failed|died|lost|never/.test(outcome));

/** CA and eight hex digits: enough to tell calls apart, and to ask for one. */
export const SHORT_ID = 10;

/** `2026-09-14 15:04:05`. */
export const timeText = (iso: string, timeZone: string | undefined): string =>
  // Sweden writes times as ISO 8601 does.
  new Date(iso).toLocaleString('sv-SE', timeZone === undefined ? {} : { timeZone });

/** With the zone named, wherever it is of. */
export const zonedTimeText = (iso: string, timeZone: string | undefined): string =>
  `${timeText(iso, timeZone)} ${timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone}`;

/** Of the option --utc. */
export const zoneOf = ({ utc }: { readonly utc?: boolean | undefined }): string | undefined =>
  utc === true ? 'UTC' : undefined;

/** `1:23`, `1:02:03`. */
export function lengthText(ms: number): string {
  const all = Math.round(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60];
  return hours === 0 ? `${minutes}:${two(rest)}` : `${hours}:${two(minutes)}:${two(rest)}`;
}

export const costText = (usd: number): string => `$${usd.toFixed(4)}`;
