// Kinds of values that several fields of a profile have.
import { z } from 'zod';
import { parsePhoneNumber } from '../base/phone-number.ts';
import { variableFaults } from './instructions.ts';

export const words = z.string().trim().min(1, 'expected some text');

/** Text that may hold {{variables}}. */
export const template = words.superRefine((text, context) => {
  for (const fault of variableFaults(text)) context.addIssue(fault);
});

export const milliseconds = z.int().nonnegative();

export const off = z.literal(['off', false]);

/** Intl throws at what it cannot read. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

export const language = z
  .string()
  .refine(
    (tag) => holds(() => Intl.DateTimeFormat.supportedLocalesOf(tag).length === 1),
    'expected a language tag such as "en-US"',
  );

/** Offsets such as "+01:00" know no summer time, so only names are taken. */
export const timeZone = z
  .string()
  .refine(
    (name) =>
      holds(() => /^[A-Z]/.test(Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone)),
    'expected a time zone such as "Europe/Berlin"',
  );

export const phoneNumber = z
  .string('expected quotes around a phone number, such as "+15550100100"')
  .refine(
    (text) => parsePhoneNumber(text) !== undefined,
    'expected a phone number with its country code, such as "+15550100100"',
  )
  .meta({ pattern: String.raw`^[\s().-]*\+[\d\s().-]+$` });

/** The one way to write a tag; what is no tag stays as it is. */
export function canonical(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? tag;
  } catch {
    return tag;
  }
}

export const onOrOff = z.union(
  [z.literal(['on', true]).transform(() => true), off.transform(() => false)],
  'expected "on" or "off"',
);

/** In place of "expected fields": which. Of a field within, its own words. */
export const fieldsOf = (example: string): { error: z.core.$ZodErrorMap } => ({
  error: ({ code }) => (code === 'invalid_type' ? `expected fields, such as ${example}` : undefined),
});

export function wholeFrom(least: number, most: number, what: string) {
  const expected = `expected a whole number of ${what} from ${least} to ${most}`;
  return z.int(expected).min(least, expected).max(most, expected);
}

const HTTPS = 'expected an https:// address without user and password';

export const httpsAddress = z
  .string(HTTPS)
  .refine((text) => text.startsWith('https://') && isPlain(URL.parse(text)), HTTPS);

function isPlain(url: URL | null): boolean {
  return url !== null && url.username === '' && url.password === '';
}
