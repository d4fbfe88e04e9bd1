// Who may be called back: callers choose the number that they call from, so a dear one must not make us dial it. Pure.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { mayDial } from './dial-guard.ts';

/** Of people, by libphonenumber's types; whatever else a caller may show is not called. */
const OF_PEOPLE: ReadonlySet<string | undefined> = new Set([
  'FIXED_LINE',
  'MOBILE',
  'FIXED_LINE_OR_MOBILE',
  'VOIP',
]);

/** `countries`: ISO 3166, as they are set; left out, a caller of our own country. Gives back why not, in words. */
export const callbackGuard =
  (countries: ReadonlySet<string> | undefined) =>
  (to: string, from: string): string | undefined => {
    const home = parsePhoneNumberFromString(from)?.country;
    const refused = mayDial(to, { countries: countries ?? new Set(home === undefined ? [] : [home]) });
    if (refused) return refused.words;
    const number = parsePhoneNumberFromString(to);
    return number?.isValid() === true && OF_PEOPLE.has(number.getType())
      ? undefined
      : 'only numbers of people, such as mobiles and land lines, are called back';
  };
