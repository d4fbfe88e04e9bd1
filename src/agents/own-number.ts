// Phone numbers in the addresses that carriers know callers and called by: E.164 as it is, or the user of a SIP URI. Pure.
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';
import type { Profile } from './profile.ts';

/** The user, without its parameters and password (RFC 3261, section 19.1.1). */
const SIP_USER = /^sips?:([^@:;]+)[^@]*@/i;

/** Of `sip:+12025550100@example.com` as of `sip:12025550100@example.com` +12025550100; an extension is none. */
export function numberOf(address: string): PhoneNumber | undefined {
  const user = SIP_USER.exec(address.trim())?.[1]?.replace(/^%2B/i, '+');
  if (user === undefined) return parsePhoneNumber(address);
  return parsePhoneNumber(/^\d+$/.test(user) ? `+${user}` : user);
}

/**
 * The number that stands for us in a call to this address, with which others can be called: the one that was called, else
 * the first that the profile answers. Undefined: nobody can say.
 */
export const ownNumber = (called: string, { numbers }: Pick<Profile, 'numbers'>): PhoneNumber | undefined =>
  numberOf(called) ?? (numbers === '*' ? undefined : numbers[0]);
