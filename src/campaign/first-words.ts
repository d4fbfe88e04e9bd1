// What a profile must say first on a call that we place: who calls, that it is a machine, under which number somebody can be
// reached, and how to be left alone. When it is said, and whether it was, is not known here.
import type { FirstWords } from '../agents/first-words-settings.ts';
import { fillVariables, variablesIn, type Fields } from '../agents/instructions.ts';

export interface FirstWordsNeeded {
  /** The call is recorded, and the law of where they may be asks that it be said before. */
  readonly recording: boolean;
}

/**
 * The field of the profile, and why it must be there: 47 CFR 64.1200(b)(1) to (3); Regulation (EU) 2024/1689, article 50;
 * for recording, the laws that ask for the consent of all parties, such as California Penal Code 632.
 */
const NEEDED = {
  identity: ['first_words.identity', 'on whose behalf it calls'],
  assistant: ['first_words.assistant', 'that an AI assistant speaks'],
  callback: ['first_words.callback', 'under which number somebody can be reached'],
  optOut: ['first_words.opt_out', 'how to be called no more'],
  recording: ['first_words.recording', 'that the call is recorded'],
} as const satisfies Record<keyof FirstWords, readonly [string, string]>;

export type FirstWord = keyof typeof NEEDED;

const ORDER = ['identity', 'assistant', 'recording', 'callback', 'optOut'] as const;

const says = (text: string | undefined): boolean => text !== undefined && text.trim() !== '';

/** As of a telephone number; a date or a sum that comes in a value may have fewer. */
const LEAST_DIGITS = 5;

/**
 * Whether there is a number in it, in digits of any script, for a contact with these fields; without them, for one that has none.
 * A text without variables is as its author meant it, and may name a short number of a service. `called` is the number that we
 * call from; of all other values nobody knows before the call whether they are one.
 */
export function saysNumber(callback: string, campaign: Fields = {}): boolean {
  const fields = Object.entries(campaign).map(([field, value]) => [`campaign.${field}`, value] as const);
  const said = fillVariables(callback, new Map([...fields, ['called', '0'.repeat(LEAST_DIGITS)]]));
  const least = variablesIn(callback).length === 0 ? 1 : LEAST_DIGITS;
  return said.replaceAll(/\P{Nd}/gu, '').length >= least;
}

export const missingFirstWords = (
  given: Partial<FirstWords> | undefined,
  needed: FirstWordsNeeded,
): FirstWord[] =>
  ORDER.filter((word) => word !== 'recording' || needed.recording).filter(
    (word) => !says(given?.[word]) || (word === 'callback' && !saysNumber(given?.callback ?? '')),
  );

/** In words for the author of the profile; empty when nothing is missing. */
export const firstWordsFaults = (
  given: Partial<FirstWords> | undefined,
  needed: FirstWordsNeeded,
): string[] =>
  missingFirstWords(given, needed).map((word) => {
    const [field, what] = NEEDED[word];
    return word === 'callback' && says(given?.callback)
      ? `there is no number in ${field}; write it in digits`
      : `${field} is missing: ${what}`;
  });
