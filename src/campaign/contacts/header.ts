// The first line of a file of contacts: which column is what. Columns that are nothing of ours become variables.

/** What a column may be to us. */
export const FIELDS = [
  'phone',
  'country',
  'time_zone',
  'region',
  'consent_kind',
  'consent_at',
  'consent_expires_at',
  'consent_source',
  'consent_wording',
  'consent_seller',
] as const;
export type Field = (typeof FIELDS)[number];

/** As people write them, without what is not a letter. */
const SPELLINGS: Readonly<Record<string, Field>> = {
  phone: 'phone',
  phonenumber: 'phone',
  number: 'phone',
  telephone: 'phone',
  telephonenumber: 'phone',
  tel: 'phone',
  mobile: 'phone',
  mobilephone: 'phone',
  mobilenumber: 'phone',
  cell: 'phone',
  cellphone: 'phone',
  telefon: 'phone',
  telefonnummer: 'phone',
  rufnummer: 'phone',
  handy: 'phone',
  mobil: 'phone',
  telephonemobile: 'phone',
  numero: 'phone',
  numerodetelephone: 'phone',
  telefono: 'phone',
  movil: 'phone',
  telefone: 'phone',
  telefoon: 'phone',
  telefoonnummer: 'phone',
  country: 'country',
  countrycode: 'country',
  timezone: 'time_zone',
  zeitzone: 'time_zone',
  region: 'region',
  state: 'region',
  province: 'region',
  consentkind: 'consent_kind',
  consent: 'consent_kind',
  consentat: 'consent_at',
  consentdate: 'consent_at',
  consentexpiresat: 'consent_expires_at',
  consentexpires: 'consent_expires_at',
  consentexpiry: 'consent_expires_at',
  consentsource: 'consent_source',
  consentwording: 'consent_wording',
  consentseller: 'consent_seller',
};

/** More is no list of contacts any more, and instructions hold few. */
export const MOST_COLUMNS = 100;
const MOST_NAME_CHARACTERS = 64;

/** Of each column, in order: a field of ours, the name of a variable, or nothing. */
export type Column =
  | { readonly is: 'field'; readonly field: Field }
  | { readonly is: 'variable'; readonly name: string }
  | { readonly is: 'nothing' };

export interface Header {
  readonly columns: readonly Column[];
}

/** `mapping`: by the name of a column, what it is; "" for nothing. A string: what is wrong, in words. */
export function readHeader(
  names: readonly string[],
  mapping: Readonly<Record<string, string>> = {},
): Header | string {
  if (names.length > MOST_COLUMNS)
    return `the first line has ${names.length} columns; at most ${MOST_COLUMNS} are read`;
  const written = names.map((name) => name.trim());
  const mappedTo = (name: string): string | undefined =>
    Object.hasOwn(mapping, name) ? mapping[name] : undefined;
  const strange = Object.keys(mapping).find((name) => !written.includes(name));
  if (strange !== undefined)
    return `the mapping names a column "${strange}", but there are ${listed(written)}`;
  // What limits a consent must not become a variable in silence.
  const unknown = written.find(
    (name) => isOfConsent(mappedTo(name) ?? name) && !fieldOf(name, mappedTo(name)),
  );
  if (unknown !== undefined)
    return `nothing is known of a column "${unknown.slice(0, 40)}"; of consents there are ${listed(OF_CONSENT)}: rename it, or leave it out with a mapping`;
  const columns = written.map((name) => columnOf(name, mappedTo(name)));
  const fields = columns.flatMap((column) => (column.is === 'field' ? [column.field] : []));
  const twice = fields.find((field, at) => fields.indexOf(field) !== at);
  if (twice !== undefined) {
    const same = written.filter((_, at) => {
      const column = columns[at]!;
      return column.is === 'field' && column.field === twice;
    });
    return `the columns ${listed(same)} may all be the ${twice}: say which with a mapping`;
  }
  if (!fields.includes('phone'))
    return `no column is the phone number: there are ${listed(written)}. Name one "phone", or give a mapping`;
  const variables = columns.flatMap((column) => (column.is === 'variable' ? [column.name] : []));
  const same = variables.find((name, at) => variables.indexOf(name) !== at);
  if (same !== undefined) return `two columns make the variable campaign.${same}: give one another name`;
  return { columns };
}

function columnOf(name: string, mapped: string | undefined): Column {
  if (mapped === '') return { is: 'nothing' };
  const field = fieldOf(name, mapped);
  if (field !== undefined) return { is: 'field', field };
  const variable = variableName(mapped ?? name);
  return variable === '' ? { is: 'nothing' } : { is: 'variable', name: variable };
}

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');

const spelt = (name: string): Field | undefined =>
  Object.hasOwn(SPELLINGS, plain(name)) ? SPELLINGS[plain(name)] : undefined;

const fieldOf = (name: string, mapped: string | undefined): Field | undefined =>
  FIELDS.find((each) => each === (mapped ?? spelt(name)));

const isOfConsent = (name: string): boolean => plain(name).startsWith('consent');
const OF_CONSENT = FIELDS.filter(isOfConsent);

/** As `{{campaign.…}}` takes it: "Due date" is campaign.due_date. */
export const variableName = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, MOST_NAME_CHARACTERS);

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? 'none'
    : names
        .slice(0, 20)
        .map((name) => `"${name.slice(0, 40)}"`)
        .join(', ') + (names.length > 20 ? ', …' : '');
