// Moments as a browser's field has them, of its own zone, and as the address has them. Pure.

/** '' for none, undefined for one that is not typed to its end: of a year with fewer or more than four digits, or before 1970. */
export function isoOf(typed: string): string | undefined {
  if (typed === '') return '';
  const at = /^[1-9]\d{3}-/.test(typed) ? Date.parse(typed) : NaN;
  return at >= 0 ? new Date(at).toISOString() : undefined;
}

/** '' for what is no moment. */
export function localOf(iso: string): string {
  const at = new Date(iso);
  if (iso === '' || Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
