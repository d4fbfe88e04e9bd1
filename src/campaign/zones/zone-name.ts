// Whether a name is that of a time zone. An offset such as +05:00 is none: it knows no summer.

const known = new Map<string, boolean>();
/** Of files come no more names than there are zones, and some slips. */
const MOST_KNOWN = 2_000;

export function isZone(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const is = !/^[+-]/.test(name) && canShow(name);
  if (known.size < MOST_KNOWN) known.set(name, is);
  return is;
}

function canShow(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
