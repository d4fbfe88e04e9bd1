// In which order people type a date in eight digits. Knows no tool.

/** MMDDYYYY, as in the United States; otherwise, also where the year is written first, DDMMYYYY. `language`: BCP 47. */
export function writesMonthFirst(language: string): boolean {
  const parts = new Intl.DateTimeFormat(language).formatToParts(0).map(({ type }) => type);
  return parts.indexOf('month') < parts.indexOf('day') && parts.indexOf('day') < parts.indexOf('year');
}
