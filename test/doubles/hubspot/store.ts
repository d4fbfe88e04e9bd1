// The records of the stand-in and how they are searched, after HubSpot's guide "Search the CRM". Knows no HTTP.
import { PROPERTIES } from './properties.ts';

export interface Stored {
  readonly id: string;
  readonly type: string;
  readonly properties: Record<string, string>;
  readonly createdAtMs: number;
  readonly contactIds: string[];
}

interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value?: string;
  readonly values?: readonly string[];
}

export interface SearchBody {
  readonly filterGroups?: readonly { readonly filters: readonly Filter[] }[];
  readonly query?: string;
  readonly limit?: number;
  readonly after?: string;
}

const SEARCHED: Readonly<Record<string, readonly string[]>> = {
  contacts: ['firstname', 'lastname', 'email', 'phone', 'mobilephone', 'company'],
};
const folded = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll('ø', 'o');

/** Area code and local number. This one knows the country code 1 and 44 alone. */
const searchablePhone = (typed: string): string => {
  const digits = typed.replace(/(ext|x).*$/i, '').replaceAll(/\D/g, '');
  if (typed.trim().startsWith('+44')) return digits.slice(2);
  return digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
};

export class Store {
  readonly records = new Map<string, Stored>();
  /** Beside HubSpot's own. */
  readonly customProperties = new Set<string>();
  /** Searches find what was made by then; reads find all. */
  indexedUpToMs = Number.POSITIVE_INFINITY;
  #count = 1_000;

  known(type: string): Readonly<Record<string, 'text'>> {
    const own = PROPERTIES[type] as Readonly<Record<string, 'text'>>;
    return {
      ...own,
      ...Object.fromEntries([...this.customProperties].map((name) => [name, 'text' as const])),
    };
  }

  add(
    type: string,
    properties: Record<string, string>,
    createdAtMs: number,
    contactIds: readonly string[] = [],
    id = String(++this.#count),
  ): Stored {
    const stored = { id, type, properties: {}, createdAtMs, contactIds: [...contactIds] };
    this.records.set(`${type}/${id}`, stored);
    this.change(stored, properties);
    return stored;
  }

  change(stored: Stored, properties: Readonly<Record<string, string>>): void {
    Object.assign(stored.properties, properties);
    const { phone, mobilephone, email } = stored.properties;
    if (email !== undefined) stored.properties['email'] = email.toLowerCase();
    if (stored.type !== 'contacts') return;
    stored.properties['hs_searchable_calculated_phone_number'] = searchablePhone(phone ?? '');
    stored.properties['hs_searchable_calculated_mobile_number'] = searchablePhone(mobilephone ?? '');
  }

  of(type: string): Stored[] {
    return [...this.records.values()].filter((one) => one.type === type);
  }

  byEmail(email: string): Stored | undefined {
    return this.of('contacts').find(({ properties }) => properties['email'] === email.toLowerCase());
  }

  /** What a search finds, oldest first; a word when it is refused. */
  search(type: string, { filterGroups = [], query }: SearchBody): Stored[] | 'VALIDATION_ERROR' {
    const filters = filterGroups.flatMap((group) => group.filters);
    const known = this.known(type);
    if (filterGroups.length > 5 || filters.length > 18) return 'VALIDATION_ERROR';
    if (filterGroups.some((group) => group.filters.length === 0 || group.filters.length > 6))
      return 'VALIDATION_ERROR';
    if (filters.some(({ propertyName }) => !Object.hasOwn(known, propertyName))) return 'VALIDATION_ERROR';
    return this.of(type)
      .filter(({ createdAtMs }) => createdAtMs <= this.indexedUpToMs)
      .filter(
        (one) =>
          filterGroups.length === 0 ||
          filterGroups.some((group) => group.filters.every((f) => holds(one, f))),
      )
      .filter((one) => query === undefined || contains(one, query))
      .sort((a, b) => a.createdAtMs - b.createdAtMs);
  }
}

function contains({ type, properties }: Stored, query: string): boolean {
  const texts = (SEARCHED[type] ?? []).map((name) => folded(properties[name] ?? ''));
  return folded(query)
    .split(/\s+/)
    .every((word) => texts.some((text) => text.includes(word)));
}

function holds({ properties }: Stored, { propertyName, operator, value = '', values = [] }: Filter): boolean {
  const has = (properties[propertyName] ?? '').toLowerCase();
  if (has === '') return false;
  const number = /^\d+$/.test(has) ? Number(has) : Date.parse(has);
  switch (operator) {
    case 'EQ':
      return has === value.toLowerCase();
    case 'IN':
      // Values that are not in lower case find nothing.
      return values.includes(has);
    case 'LT':
      return number < Number(value);
    case 'GT':
      return number > Number(value);
    default:
      throw new Error(`the stand-in knows no operator ${operator}`);
  }
}
