// The Retry-After header (RFC 9110 §10.2.3): seconds, or a date.

/** Milliseconds from now, 0 when the date has passed; undefined when the header is missing or unreadable. */
export function retryAfterMs(headers: Headers, epochMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes almost anything; an HTTP date begins with the day of the week.
  const atMs = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - epochMs);
}
