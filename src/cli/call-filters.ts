// Which calls are meant: the options of `liveline calls`, made into a query. A wrong one is told with what it takes.
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Refusal } from '../call/notices.ts';
import type { EndReason } from '../call/state.ts';
import type { CallQuery } from '../records/record.ts';

/** As typed. */
export interface CallFilters {
  readonly number?: string | undefined;
  readonly profile?: string | undefined;
  readonly outcome?: string | undefined;
  readonly tool?: string | undefined;
  readonly watchdog?: string | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly limit?: string | undefined;
  readonly cursor?: string | undefined;
  /** Times without a zone are UTC, and times are told in UTC. */
  readonly utc?: boolean | undefined;
}

type Outcome = EndReason | Refusal | 'process-died' | 'in-progress';
const OUTCOMES: Readonly<Record<Outcome, true>> = {
  'caller-hung-up': true,
  'agent-hung-up': true,
  'operator-hung-up': true,
  'model-failed': true,
  'line-never-opened': true,
  'line-lost': true,
  'shut-down': true,
  'time-limit': true,
  transferred: true,
  voicemail: true,
  'caller-silent': true,
  'not-in-service': true,
  'lines-busy': true,
  'no-session': true,
  'server-stopping': true,
  missed: true,
  closed: true,
  'process-died': true,
  'in-progress': true,
};

/** The most that one page of records holds. */
export const PAGE = 200;

/** The query, or every fault of the options, one line each. `usualLimit`: when --limit is not given. */
export function queryOf(
  filters: CallFilters,
  nowMs: number,
  usualLimit: number,
): { readonly query: CallQuery } | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const read = <Value>(
    option: keyof CallFilters,
    parse: (text: string) => Value | undefined,
    takes: string,
  ): Value | undefined => {
    const text = filters[option];
    if (typeof text !== 'string') return undefined;
    const value = parse(text.trim());
    if (value === undefined) faults.push(`--${option} takes ${takes}, not "${text}"`);
    return value;
  };
  const some = (text: string): string | undefined => (text === '' ? undefined : text);
  const time = (text: string): string | undefined => timeOf(text, nowMs, filters.utc === true);

  const number = read('number', numberOf, 'a phone number with + and its country, such as +15550100123');
  const profile = read('profile', some, 'the name of a profile');
  const outcome = read(
    'outcome',
    (text) => (Object.hasOwn(OUTCOMES, text) ? text : undefined),
    Object.keys(OUTCOMES).join(', '),
  );
  const tool = read('tool', some, 'the name of a tool');
  const watchdog = read('watchdog', some, 'what it saw, such as stalled');
  const after = read('after', time, TIMES);
  const before = read('before', time, TIMES);
  const limit = read('limit', countOf, `a whole number from 1 to ${PAGE}`) ?? usualLimit;
  const cursor = read('cursor', some, 'what a list gave to go on with');
  if (after !== undefined && before !== undefined && after >= before)
    faults.push('--after is not earlier than --before: no call can lie between them');
  if (faults.length > 0) return { faults };
  return { query: { number, profile, outcome, tool, watchdog, after, before, limit, cursor } };
}

/** In E.164; what does not look like a number (`anonymous`, `client:desk`) as it is. */
function numberOf(text: string): string | undefined {
  return parsePhoneNumber(text) ?? (text === '' || /^[+\d]/.test(text) ? undefined : text);
}

const countOf = (text: string): number | undefined =>
  /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= PAGE ? Number(text) : undefined;

const TIMES = 'a date, a time such as 2026-09-14T15:04, or how long ago: 90m, 2h, 3d';
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** ISO 8601 in UTC, to the millisecond; undefined for what is no time. */
export function timeOf(text: string, nowMs: number, utc: boolean): string | undefined {
  const ago = /^(\d{1,6}(?:\.\d{1,3})?)([smhdw])$/.exec(text);
  if (ago) return iso(nowMs - Number(ago[1]) * UNIT_MS[ago[2]!]!);
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/i.exec(
    text,
  );
  if (!parts) return undefined;
  const [, day, clock = '00:00', zone = utc ? 'Z' : ''] = parts;
  // Date makes 2 March of 30 February.
  if (iso(Date.parse(`${day!}T00:00Z`))?.slice(0, 10) !== day) return undefined;
  return iso(Date.parse(`${day!}T${clock}${zone.toUpperCase()}`));
}

function iso(epochMs: number): string | undefined {
  const time = new Date(epochMs);
  return Number.isNaN(time.getTime()) || time.getUTCFullYear() < 0 ? undefined : time.toISOString();
}
