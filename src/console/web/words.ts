// How times, durations, numbers and faults are written for people. Pure, and the same in every view.

export const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

/** Minutes and seconds, from an hour on with hours: 4:05, 1:04:05. */
export function durationWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const rest = `${minutes >= 60 ? two(minutes % 60) : minutes}:${two(seconds % 60)}`;
  return minutes >= 60 ? `${Math.floor(minutes / 60)}:${rest}` : rest;
}

/** Below a second in milliseconds: 850 ms, 1.2 s. */
export const latencyWords = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

/** US dollars; small sums with as many digits as it takes to be told from nothing. */
export const moneyWords = (usd: number): string =>
  new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: usd > 0 && usd < 1 ? 4 : 2,
  }).format(usd);

export const countWords = (count: number): string => new Intl.NumberFormat('en-US').format(count);

const DATE_TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** In the zone of the browser: 23 Nov 2026, 18:04:05. `iso`: ISO 8601. */
export const timeWords = (iso: string): string => DATE_TIME.format(new Date(iso));

/** Of today the time alone. `nowMs`: since 1970. */
export function shortTimeWords(iso: string, nowMs: number): string {
  const at = new Date(iso);
  return at.toDateString() === new Date(nowMs).toDateString() ? TIME.format(at) : DATE_TIME.format(at);
}

/** What else there is to say: name: value, name: value. */
export const factsOf = (facts: Readonly<Record<string, unknown>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');

/** `agent-hung-up` as people write it: Agent hung up. */
export function spokenName(name: string): string {
  const words = name.replaceAll(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
