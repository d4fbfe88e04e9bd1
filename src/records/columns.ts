// Numbers, names and times as the columns of records take them.
import { storableText } from './storable.ts';

/** Columns of numbers are 32 bits wide; 2³¹ ms are 24 days, 2³¹ micro-dollars are 2,147 dollars. */
const LARGEST = 2 ** 31 - 1;
/** Of numbers, names and ids, which are indexed: PostgreSQL's index entries hold 2,704 bytes. */
const LONGEST_NAME_BYTES = 512;

export const whole = (value: number): number => Math.min(LARGEST, Math.max(0, Math.round(value) || 0));
export const name = (text: string): string => storableText(text, LONGEST_NAME_BYTES);
export const time = (epochMs: number): string => new Date(epochMs).toISOString();
