// Which profile takes a call.
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { Profile } from './profile.ts';

/** The profile that names the number which was called, else the one for any number, else none. */
export function chooseProfile(
  profiles: readonly Profile[],
  { to, direction }: Pick<CarrierCall, 'to' | 'direction'>,
): Profile | undefined {
  // Of a call that we placed, `to` is the other end's number, which says nothing of us.
  const number = direction === 'inbound' ? parsePhoneNumber(to) : undefined;
  return (
    profiles.find(({ numbers }) => number !== undefined && numbers.includes(number)) ??
    profiles.find(({ numbers }) => numbers === '*')
  );
}
