// A line of CSV (RFC 4180). Whoever opens it in a spreadsheet runs no formula of somebody else's.

/** With its end. */
export const csvLine = (cells: readonly (string | undefined)[]): string =>
  `${cells.map((cell) => csvCell(cell ?? '')).join(',')}\r\n`;

/** What a spreadsheet takes for the start of a formula (OWASP, CSV Injection); also after spaces, or in full width. */
const FORMULA = /^[\s\u0000]*[=+\-@|%＝＋－＠\t\r\n]/;
/** A phone number is none. */
const PLAIN_NUMBER = /^\+[1-9]\d{6,14}$/;

function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}
