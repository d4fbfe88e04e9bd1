// The fields that several tools ask for, checked and put into one form. Models send an empty text for what they mean to
// leave out, so an empty one counts as left out.
import { z } from 'zod';
import { parsePhoneNumber } from '../../base/phone-number.ts';

const MOST_NAME_CHARACTERS = 100;

export const phoneField = (description: string) =>
  z
    .string()
    .transform((text, context) => {
      const number = parsePhoneNumber(text);
      if (number === undefined && text.trim() !== '')
        context.addIssue('expected the whole number with its country code, such as +1 555 010 0100');
      return number;
    })
    .optional()
    .describe(description);

export const emailField = (description: string) =>
  z
    .string()
    .trim()
    .transform((text, context) => {
      if (text === '') return undefined;
      if (!z.email().safeParse(text).success)
        context.addIssue('expected an address such as ada@example.com; ask the caller to spell it');
      return text;
    })
    .optional()
    .describe(description);

export const nameField = (description: string) =>
  z
    .string()
    .trim()
    .max(MOST_NAME_CHARACTERS)
    .transform((text) => (text === '' ? undefined : text))
    .optional()
    .describe(description);

/** At most `most` characters; empty only where it may be left out. */
export const wordsField = (description: string, most: number) =>
  z.string().trim().min(1, 'expected some words').max(most).describe(description);

export const dateField = (description: string) =>
  z
    .string()
    .trim()
    .refine((text) => z.iso.date().safeParse(text).success, 'expected a date of the calendar as YYYY-MM-DD')
    .describe(description);

const CLOCK_TIME = /^([01]?\d|2[0-3]):([0-5]\d)(?::00)?$/;

/** Gives `HH:MM`, or undefined for an empty text. */
const clockTime = z
  .string()
  .trim()
  .transform((text, context) => {
    if (text === '') return undefined;
    const [, hour, minute] = CLOCK_TIME.exec(text) ?? [];
    if (hour === undefined || minute === undefined) {
      context.addIssue('expected a time of the day as HH:MM, from 00:00 to 23:59');
      return z.NEVER;
    }
    return `${hour.padStart(2, '0')}:${minute}`;
  });

export const timeField = (description: string) =>
  clockTime
    .transform((time, context) => {
      if (time === undefined) context.addIssue('expected a time of the day as HH:MM');
      return time ?? z.NEVER;
    })
    .describe(description);

export const optionalTimeField = (description: string) => clockTime.optional().describe(description);

export const optionalDateField = (description: string) =>
  z
    .string()
    .trim()
    .transform((text, context) => {
      if (text === '') return undefined;
      if (!z.iso.date().safeParse(text).success)
        context.addIssue('expected a date of the calendar as YYYY-MM-DD');
      return text;
    })
    .optional()
    .describe(description);
