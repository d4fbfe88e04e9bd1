// A moment in words fit to be read aloud where the office is: weekday, date and time, without seconds or zone.
import type { Office } from '../tool.ts';

/** Such as "Thursday, November 26 at 9:30 AM". */
export const spokenTime = (epochMs: number, { language, timeZone }: Office): string =>
  new Intl.DateTimeFormat(language, {
    timeZone,
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(epochMs);
