// What a person whom we call hears before they have the caller: for what, from whom and why; then the keys. Pure.
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Spoken } from '../carrier/webhooks.ts';
import type { Destination } from './plan.ts';
import type { Route } from './route.ts';
import { spoken } from './spoken.ts';

/** About 45 s of speech, in which the caller waits. */
const MOST_CHARACTERS = 600;

/** `language`: BCP 47, of the profile; what the agent wrote is said in it, whatever the language of the rest. */
export function briefingOf(
  { from, matter }: Pick<Route, 'from' | 'matter'>,
  destination: Pick<Destination, 'spoken'>,
  language: string,
): Spoken[] {
  const say = spoken(language);
  const told = matter === undefined ? '' : fitToSay(`${asSentence(matter.reason)} ${matter.briefing}`);
  return [
    say.personBrief(destination.spoken, digitsOf(from)),
    ...(told === '' ? [] : [{ text: told, language }]),
    say.personKeys(),
  ];
}

const asSentence = (words: string): string => {
  const trimmed = words.trim();
  return trimmed === '' || /\p{Po}$/u.test(trimmed) ? trimmed : `${trimmed}.`;
};

/** `+12025550111` → `1, 2 0 2, 5 5 5, 0 1 1 1`: voices read it otherwise as billions. Undefined: no number. */
function digitsOf(from: string): string | undefined {
  const number = parsePhoneNumber(from);
  if (number === undefined) return undefined;
  const written = parsePhoneNumberFromString(number)?.formatInternational() ?? number;
  // What it takes for a prefix for calls within the country it leaves out, and then not every digit would be read.
  const isWhole = written.replaceAll(/\D/g, '') === number.slice(1);
  // Groups as they are written in that country; long ones in threes, with what is left over in the last.
  const groups = (isWhole ? written : number).match(/\d{1,4}(?!\d)|\d{3}/g) ?? [];
  return groups.map((group) => Array.from(group).join(' ')).join(', ');
}

/** One line of what XML 1.0 can hold (section 2.2) and a voice can say; ends with a whole word. */
function fitToSay(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s\uFFFD-\uFFFF]+/gu, ' ')
    // What turns or hides text; the joiners are part of words.
    .replaceAll(/(?![\u200c\u200d])\p{Cf}/gu, '')
    .trim();
  // No character takes more than two units.
  const characters = Array.from(line.slice(0, 2 * MOST_CHARACTERS));
  if (characters.length <= MOST_CHARACTERS) return line;
  const cut = characters.slice(0, MOST_CHARACTERS).join('');
  return cut.replace(/ \S*$/u, '');
}
