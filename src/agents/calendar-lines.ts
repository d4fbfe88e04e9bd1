// The lines of an iCalendar file (RFC 5545, 3.1 and 3.4): whether they nest as they must, and where its events begin. What
// they say is not known here.

export interface CalendarFault {
  /** From 1; undefined: the file as a whole. */
  readonly line: number | undefined;
  readonly words: string;
}

export interface CalendarLines {
  readonly fault: CalendarFault | undefined;
  /** In the order of the file. */
  readonly events: readonly number[];
}

const BOUND = /^(BEGIN|END):([\w-]+)[ \t]*$/i;

export function readCalendarLines(text: string): CalendarLines {
  const open: { name: string; line: number }[] = [];
  const events: number[] = [];
  const faulty = (line: number, words: string): CalendarLines => ({ fault: { line, words }, events });

  for (const [at, raw] of text.split(/\r\n|\n|\r/).entries()) {
    // The byte order mark of some editors; a line that begins with a blank goes on with the one before.
    const line = at === 0 ? raw.replace(/^\ufeff/, '') : raw;
    if (line.trim() === '' || (/^[ \t]/.test(line) && at > 0)) continue;
    const [, bound, written = ''] = BOUND.exec(line) ?? [];
    const name = written.toUpperCase();
    if (open.length === 0 && (bound?.toUpperCase() !== 'BEGIN' || name !== 'VCALENDAR'))
      return faulty(at + 1, 'expected BEGIN:VCALENDAR; is this an iCalendar file (.ics)?');
    if (bound === undefined) {
      if (!/^[\w-]+[;:]/.test(line)) return faulty(at + 1, 'expected a name, and a colon behind it');
    } else if (bound.toUpperCase() === 'BEGIN') {
      if (name === 'VEVENT') events.push(at + 1);
      open.push({ name, line: at + 1 });
    } else {
      const last = open.pop();
      if (last?.name !== name)
        return faulty(
          at + 1,
          `END:${name}, but BEGIN:${last?.name ?? ''} of line ${last?.line ?? 0} is still open`,
        );
    }
  }
  const left = open.at(-1);
  if (left) return faulty(left.line, `BEGIN:${left.name} has no END: is the file whole?`);
  return events.length === 0 && text.trim() === ''
    ? { fault: { line: undefined, words: 'is empty' }, events }
    : { fault: undefined, events };
}
