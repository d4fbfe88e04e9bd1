// Who may be called back: callers choose the number that they call from, so a dear one must not make us dial it. Pure.
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { mayDial } from './dial-guard.ts';

/** `countries`: ISO 3166, as they are set; left out, a caller of our own country. Gives back why not, in words. */
export const callbackGuard =
  (countries: ReadonlySet<string> | undefined) =>
  (to: string, from: string): string | undefined => {
    const home = parsePhoneNumberFromString(from)?.country;
    return mayDial(to, { countries: countries ?? new Set(home === undefined ? [] : [home]) })?.words;
  };
