// Where a number may be: its countries, regions and time zones, all that are possible. Knows no rules and no clock.
import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from '../../base/phone-number.ts';
import { AREA_CODES } from './area-codes.ts';
import { ZONE_TABLE } from './zone-table.ts';

export interface Where {
  /** ISO 3166; none: nobody knows. */
  readonly countries: readonly string[];
  /** Of these countries, as "FL"; undefined: any of them. */
  readonly regions: readonly string[] | undefined;
  /** IANA; none: nobody knows. */
  readonly zones: readonly string[];
}

const LONGEST_PREFIX = 9;
const NORTH_AMERICA = '+1';

interface Area {
  readonly country: string;
  readonly regions: readonly string[];
  readonly zones: readonly string[];
}

interface Tables {
  readonly zones: ReadonlyMap<string, readonly string[]>;
  readonly areas: ReadonlyMap<string, Area>;
  /** With their own area codes, of the calling code of North America; their region is the country. */
  readonly islands: readonly Area[];
}

let read: Tables | undefined;

/** `region`: of the contact, as its file says, such as "FL"; counts beside that of the number. One that nobody knows may be any. */
export function whereIs(number: PhoneNumber, region = ''): Where {
  read ??= readTables();
  const code = region.trim().toUpperCase();
  return number.startsWith(NORTH_AMERICA)
    ? inNorthAmerica(number, code, read)
    : elsewhere(number, code !== '', read.zones);
}

/** Of a country in North America, those that numbers are known to be of, as "FL"; of any other none is known. */
export function regionsOf(country: string): ReadonlySet<string> {
  read ??= readTables();
  return new Set(
    [...read.areas.values()].filter((area) => area.country === country).flatMap(({ regions }) => regions),
  );
}

/** Of a country, all; more where others share its calling code. */
export function zonesIn(country: string): readonly string[] {
  read ??= readTables();
  const { areas, islands, zones } = read;
  const american = [...areas.values(), ...islands].filter((area) => area.country === country);
  if (american.length > 0) return unique(american.flatMap((area) => area.zones));
  return isSupportedCountry(country) ? zonesWithin(getCountryCallingCode(country), zones) : [];
}

function inNorthAmerica(number: PhoneNumber, region: string, tables: Tables): Where {
  const { areas, islands } = tables;
  const byNumber = byAreaCode(number, tables);
  if (region === '') return byNumber;
  const isThere = ({ regions }: Area): boolean => regions.includes(region);
  // KY is Kentucky before it is the Cayman Islands.
  const states = [...areas.values()].filter(isThere);
  const there = states.length > 0 ? states : islands.filter(isThere);
  const known = there.length > 0;
  const beside = known
    ? there
    : [...areas.values()].filter(({ country }) => byNumber.countries.includes(country));
  return {
    countries: unique([...byNumber.countries, ...beside.map(({ country }) => country)]),
    regions: known && byNumber.regions ? unique([...byNumber.regions, region]) : undefined,
    zones: unique([...byNumber.zones, ...beside.flatMap((area) => area.zones)]),
  };
}

function byAreaCode(number: PhoneNumber, { zones, areas }: Tables): Where {
  const area = areas.get(number.slice(2, 5));
  if (area) return { countries: [area.country], regions: area.regions, zones: area.zones };
  // The islands have area codes of their own; toll-free and new ones may be anywhere.
  const country = parsePhoneNumberFromString(number)?.country;
  const isIsland = country !== undefined && country !== 'US' && country !== 'CA';
  return {
    countries: isIsland ? [country] : ['US', 'CA'],
    regions: undefined,
    zones: zonesOf(number.slice(1), zones),
  };
}

/** Only a landline is where its number says; any other goes through all zones of the calling code. */
function elsewhere(number: PhoneNumber, hasRegion: boolean, zones: Tables['zones']): Where {
  const parsed = parsePhoneNumberFromString(number);
  if (!parsed) return { countries: [], regions: undefined, zones: [] };
  const { country, countryCallingCode } = parsed;
  const own = zonesOf(number.slice(1), zones);
  const stays = parsed.getType() === 'FIXED_LINE' && !hasRegion;
  return {
    countries: country === undefined ? parsed.getPossibleCountries() : [country],
    regions: undefined,
    zones: stays ? own : unique([...own, ...zonesWithin(countryCallingCode, zones)]),
  };
}

/** Those of the longest beginning that is known. */
function zonesOf(digits: string, known: Tables['zones']): readonly string[] {
  for (let length = LONGEST_PREFIX; length > 0; length -= 1) {
    const zones = known.get(digits.slice(0, length));
    if (zones) return zones;
  }
  return [];
}

const within = new Map<string, readonly string[]>();

/** Of all beginnings with this calling code. */
function zonesWithin(callingCode: string, known: Tables['zones']): readonly string[] {
  const before = within.get(callingCode);
  if (before) return before;
  const found = unique(
    [...known].flatMap(([prefix, zones]) => (prefix.startsWith(callingCode) ? zones : [])),
  );
  within.set(callingCode, found);
  return found;
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];

const linesOf = (table: string): readonly (readonly [of: string, numbers: readonly string[]])[] =>
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [of = '', numbers = ''] = line.split(': ');
      return [of, numbers.split(' ')] as const;
    });

function readTables(): Tables {
  const zones = new Map(
    linesOf(ZONE_TABLE).flatMap(([names, prefixes]) => {
      const set = names.split(',');
      return prefixes.map((prefix) => [prefix, set] as const);
    }),
  );
  const areas = new Map(
    linesOf(AREA_CODES).flatMap(([of, codes]) => {
      const [country = '', regions = ''] = of.split(' ');
      return codes.map((code) => {
        const area = { country, regions: regions.split(','), zones: zonesOf(`1${code}`, zones) };
        return [code, area] as const;
      });
    }),
  );
  return { zones, areas, islands: islandsOf(zones) };
}

const islandsOf = (zones: Tables['zones']): Area[] =>
  [...zones].flatMap(([prefix, names]) => {
    if (!/^1\d{3}$/.test(prefix)) return [];
    // Any number of it: the area code alone tells the country.
    const country = parsePhoneNumberFromString(`+${prefix}5550123`)?.country ?? 'US';
    return country === 'US' || country === 'CA' ? [] : [{ country, regions: [country], zones: names }];
  });
