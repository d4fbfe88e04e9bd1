// What a CRM's row can hold, and what can be in none. Knows no tables.
import { LivelineError } from '../base/errors.ts';
import { storable } from '../store/storable.ts';

/** No row holds it, and to ask for it would be an error. */
export const isNowhere = (text: string): boolean => text.includes('\0');

/** Numbers of orders, however they are spelt. */
export const bareNumber = (number: string): string => storable(number.replaceAll(/[\s-]/g, '').toLowerCase());

/** The driver is about to throw at dates that are none. Throws CRM_REFUSED. */
export function timeOf(epochMs: number): Date {
  const time = new Date(epochMs);
  if (Number.isNaN(time.getTime())) throw new LivelineError('CRM_REFUSED', 'a time is none: it is no number');
  return time;
}
