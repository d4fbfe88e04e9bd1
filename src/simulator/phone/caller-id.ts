// Whose number Twilio shows to whom it calls, and what it refuses to show. Which numbers an account has is not known here.

const NUMBER = /^\+[1-9]\d{6,14}$/;
/** What stands before the @ of a SIP address (Twilio docs, TwiML <Sip>: alphanumeric, and +-_.,). */
const USER = /^[\w+.,-]+$/;
const isSip = (address: string): boolean => /^sips?:/i.test(address);

/**
 * By <Dial>, Twilio error 13214: a telephone is shown a number, never an address. Nor is that of the other leg, when it has
 * none of its own: what of SIP the network would take is not documented. `callerId`: left out, that of the caller.
 */
export const mayShow = (to: 'Number' | 'Sip', callerId: string | undefined, caller: string): boolean =>
  callerId === undefined
    ? to === 'Sip' || !/^(?:sips?|client):/i.test(caller)
    : (to === 'Sip' ? USER : NUMBER).test(callerId);

/** By REST, Twilio error 21212: a number; to SIP also a name, but no domain (Twilio support, SIP "From" domain). */
export const mayCallFrom = (from: string, to: string): boolean =>
  NUMBER.test(from) || (isSip(to) && USER.test(from.replace(/^client:/i, '')));
