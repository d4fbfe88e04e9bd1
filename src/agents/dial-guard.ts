// The dial guard: which numbers are never dialled, whoever asks. Pure. Knows neither profiles nor calls.
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { parsePhoneNumber } from '../base/phone-number.ts';
import { isEmergency } from './emergency-numbers.ts';

/** Why, for a program; and in words, for an author or a log: they hold nothing of the number. */
export interface DialRefusal {
  readonly why: 'not-a-number' | 'emergency' | 'premium' | 'country' | 'impossible';
  readonly words: string;
}

export interface DialRules {
  /** ISO 3166, such as `US`; undefined: any. */
  readonly countries?: ReadonlySet<string> | undefined;
  /** Whether it must be in a range that its country is known to have given out: of any other nobody can tell what it costs. */
  readonly mustExist?: boolean | undefined;
}

const SIP = /^sips?:([^\s@<>"]+)@[^\s@<>"]+$/i;

const refusal = (why: DialRefusal['why'], words: string): DialRefusal => ({ why, words });

const NOT_A_NUMBER = refusal(
  'not-a-number',
  'expected a phone number with its country code in quotes, such as "+15550100111", or a sip: address',
);
const NOT_SIP = refusal('not-a-number', 'a sip: address begins with sip:, as in sip:desk@pbx.example.com');
const IS_EMERGENCY = refusal(
  'emergency',
  'this may be an emergency number, and those are never dialled: callers in an emergency must call them themselves',
);
const IS_EMERGENCY_EXTENSION = refusal(
  'emergency',
  'an extension like this may be an emergency number, and those are never dialled: it needs another name or number',
);
const IMPOSSIBLE = refusal('impossible', 'no number of this country has so many digits');
const NOWHERE = refusal('impossible', 'its country is not known to have numbers that begin like this');
const UNKNOWN_COUNTRY = refusal(
  'country',
  'nobody can tell the country of this number, and only some countries are dialled here',
);

/** Satellite, international networks and international premium rate (ITU-T E.164, list of assigned country codes). */
const COSTLY_CODES: ReadonlySet<string> = new Set(['870', '878', '881', '882', '883', '979']);
/** Exchange 976 of any area: premium rate in North America (nanpa.com, "976"), which libphonenumber does not tell. */
const NANP_976 = /^\+1\d{3}976\d{4}$/;
/** By libphonenumber's types. */
const COSTLY_TYPES: Readonly<Record<string, string>> = {
  PREMIUM_RATE: 'a premium-rate number',
  SHARED_COST: 'a shared-cost number',
  PERSONAL_NUMBER: 'a personal number',
  PAGER: 'a pager',
  VOICEMAIL: 'a mailbox',
};
const costly = (what: string): DialRefusal =>
  refusal('premium', `this is ${what}, and those are never dialled, as calling them costs extra`);

const CALLING_CODES: ReadonlySet<string> = new Set(
  getCountries().map((country) => getCountryCallingCode(country)),
);

/** With a country's code in front, or as it is dialled there; with the trunk's 0 that some leave in. */
const isEmergencyAbroad = (digits: string): boolean =>
  isEmergency(digits) ||
  [1, 2, 3].some((at) => {
    const rest = digits.slice(at);
    return (
      CALLING_CODES.has(digits.slice(0, at)) && (isEmergency(rest) || isEmergency(rest.replace(/^0/, '')))
    );
  });

/** Of an E.164 number or a sip: address; undefined: it may be dialled. */
export function mayDial(to: string, rules: DialRules = {}): DialRefusal | undefined {
  const user = SIP.exec(to)?.[1];
  return user === undefined ? ofNumber(to, rules) : ofSipUser(user, rules);
}

function ofNumber(to: string, { countries, mustExist = false }: DialRules): DialRefusal | undefined {
  const bare = to.replace(/^tel:/i, '').replaceAll(/[\s().-]/g, '');
  const digits = bare.replace(/^\+/, '');
  if (/^\d+$/.test(digits) && (bare.startsWith('+') ? isEmergencyAbroad : isEmergency)(digits))
    return IS_EMERGENCY;
  const e164 = parsePhoneNumber(to);
  if (e164 === undefined) return /^(?!sips?:).*@/is.test(to) ? NOT_SIP : NOT_A_NUMBER;
  if (COSTLY_CODES.has(e164.slice(1, 4))) return costly('a satellite or international network number');
  const number = parsePhoneNumberFromString(e164);
  if (number === undefined) return refusal('impossible', 'no country has numbers that begin like this');
  if (!number.isPossible()) return IMPOSSIBLE;
  const what = NANP_976.test(e164) ? 'a premium-rate number' : COSTLY_TYPES[number.getType() ?? ''];
  if (what !== undefined) return costly(what);
  if (mustExist && !number.isValid()) return NOWHERE;
  if (countries === undefined) return undefined;
  if (number.country === undefined) return UNKNOWN_COUNTRY;
  return countries.has(number.country)
    ? undefined
    : refusal('country', `numbers of ${number.country} are not dialled here: its country is not on the list`);
}

/** Nearly every exchange sends these on to an emergency line; 101 or 115 are extensions like any other. */
const EMERGENCY_EXTENSIONS: ReadonlySet<string> = new Set(['000', '112', '911', '999']);

/** What stands for a number there is judged as one; what else an address means, its host alone knows. */
function ofSipUser(user: string, rules: DialRules): DialRefusal | undefined {
  const name = decoded(user)
    .split(/[;:]/, 1)[0]!
    .replaceAll(/[\s().-]/g, '');
  if (!/^\+?\d+$/.test(name)) return undefined;
  if (EMERGENCY_EXTENSIONS.has(name)) return IS_EMERGENCY_EXTENSION;
  // As people dial abroad from Europe, and from North America.
  const abroad = /^(?:\+|00|011)(\d{3,})$/.exec(name)?.[1];
  if (abroad === undefined || (!name.startsWith('+') && abroad.length < 7)) return undefined;
  return ofNumber(`+${abroad}`, rules);
}

/** Escapes hide nothing; broken ones stay as they are. */
function decoded(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
