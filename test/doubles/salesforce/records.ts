// The records of the Salesforce stand-in: kept, changed, deleted and found as Salesforce does. Knows nothing of HTTP.
import { SCHEMAS, type Field, type Schema } from './schema.ts';
import {
  literalOf,
  parse,
  patternOf,
  QueryFault,
  type Condition,
  type Row,
  type Token,
  type Value,
} from './soql.ts';

type Record_ = Record<string, Value>;
const RECORD_ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;
const PREFIXES: Readonly<Record<string, string>> = {
  Contact: '003',
  Event: '00U',
  Task: '00T',
  Case: '500',
  Order: '801',
};
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export class Records {
  readonly #tables = new Map<string, Map<string, Record_>>();
  readonly #keyField: string | undefined;
  #count = 0;

  constructor(keyField: string | undefined) {
    this.#keyField = keyField;
  }

  /** A copy of all there are, deleted ones too. */
  all(type: string): readonly Row[] {
    return [...this.#table(type).values()].map((row) => ({ ...row }));
  }

  schema(type: string): Schema {
    const schema = SCHEMAS[type];
    if (schema === undefined)
      throw new QueryFault('INVALID_TYPE', `sObject type '${type}' is not supported.`);
    return this.#keyField === undefined || type === 'Order'
      ? schema
      : { ...schema, [this.#keyField]: { kind: 'text', most: 64 } };
  }

  /** Past the rules for what comes by the API. */
  seed(type: string, fields: Readonly<Record_>): string {
    const count = ++this.#count;
    const id = `${PREFIXES[type]}${String(count).padStart(12, '0')}AAA`;
    const createdAt = new Date(Date.UTC(2027, 0, 1) + count * 1_000).toISOString();
    const row: Record_ = { Id: id, CreatedDate: createdAt, LastModifiedDate: createdAt, IsDeleted: false };
    if (type === 'Event') Object.assign(row, { ShowAs: 'Busy', IsChild: false });
    if (type === 'Case') row['CaseNumber'] = String(1_000 + count).padStart(8, '0');
    Object.assign(row, fields);
    if (type === 'Event')
      row['EndDateTime'] = new Date(
        Date.parse(String(row['StartDateTime'])) + Number(row['DurationInMinutes']) * 60_000,
      ).toISOString();
    this.#table(type).set(id, row);
    return id;
  }

  create(type: string, given: Readonly<Record<string, unknown>>): string {
    const fields = this.#checked(type, given);
    for (const [name, { required }] of Object.entries(this.schema(type)))
      if (required === true && fields[name] == null)
        throw new QueryFault('REQUIRED_FIELD_MISSING', `Required fields are missing: [${name}]`);
    return this.seed(type, fields);
  }

  change(type: string, id: string, given: Readonly<Record<string, unknown>>): void {
    const row = this.#living(type, id);
    Object.assign(row, this.#checked(type, given));
  }

  /** Of those that live, as external ids go. */
  upsert(type: string, field: string, key: string, given: Readonly<Record<string, unknown>>) {
    if (field !== this.#keyField) throw new QueryFault('NOT_FOUND', 'The requested resource does not exist');
    const found = this.all(type).find((row) => row['IsDeleted'] === false && same(String(row[field]), key));
    if (found === undefined) return { id: this.create(type, { ...given, [field]: key }), created: true };
    this.change(type, String(found['Id']), given);
    return { id: String(found['Id']), created: false };
  }

  delete(type: string, id: string): void {
    this.#living(type, id)['IsDeleted'] = true;
  }

  query(soql: string, deletedToo: boolean): readonly Row[] {
    const { fields, from, conditions, joined, order, limit } = parse(soql);
    const schema = this.schema(from);
    for (const name of [...fields, ...conditions.map(({ field }) => field), ...(order ? [order.field] : [])])
      if (schema[name] === undefined) throw new QueryFault('INVALID_FIELD', `No such column '${name}'`);
    const tests = conditions.map((condition) => testOf(condition, schema[condition.field]!));
    const found = this.all(from).filter(
      (row) =>
        (deletedToo || row['IsDeleted'] === false) &&
        (tests.length === 0 ||
          (joined === 'AND' ? tests.every((test) => test(row)) : tests.some((test) => test(row)))),
    );
    if (order !== undefined) {
      const by = (row: Row): string => String(row[order.field]);
      found.sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0) * (order.descending ? -1 : 1));
    }
    return found.slice(0, limit).map((row) => ({
      ...Object.fromEntries(fields.map((name) => [name, asSent(row[name] ?? null, schema[name]!)])),
    }));
  }

  #table(type: string): Map<string, Record_> {
    let table = this.#tables.get(type);
    if (table === undefined) this.#tables.set(type, (table = new Map<string, Record_>()));
    return table;
  }

  #living(type: string, id: string): Record_ {
    const row = this.#table(type).get(id);
    if (row === undefined) throw new QueryFault('NOT_FOUND', 'The requested resource does not exist');
    if (row['IsDeleted'] === true) throw new QueryFault('ENTITY_IS_DELETED', 'entity is deleted');
    return row;
  }

  #checked(type: string, given: Readonly<Record<string, unknown>>): Record_ {
    const schema = this.schema(type);
    return Object.fromEntries(
      Object.entries(given).map(([name, value]): [string, Value] => {
        const field = schema[name];
        if (field === undefined) throw new QueryFault('INVALID_FIELD', `No such column '${name}' on ${type}`);
        if (field.readOnly === true)
          throw new QueryFault('INVALID_FIELD_FOR_INSERT_UPDATE', `Unable to create/update fields: ${name}`);
        return [name, this.#value(name, value, field)];
      }),
    );
  }

  #value(name: string, value: unknown, { kind, most = Infinity, contact }: Field): Value {
    if (value === null) return null;
    if (kind === 'number' && typeof value === 'number') return value;
    if (kind === 'boolean' && typeof value === 'boolean') return value;
    if (kind === 'number' || kind === 'boolean' || typeof value !== 'string')
      throw new QueryFault('JSON_PARSER_ERROR', `Cannot deserialize ${name}`);
    if (kind === 'time' && Number.isNaN(Date.parse(value)))
      throw new QueryFault('JSON_PARSER_ERROR', `Cannot deserialize ${name}`);
    if (kind === 'date' && !/^\d{4}-\d\d-\d\d$/.test(value))
      throw new QueryFault('JSON_PARSER_ERROR', `Cannot deserialize ${name}`);
    if (kind === 'id' && !RECORD_ID.test(value))
      throw new QueryFault('MALFORMED_ID', `${name}: id value of incorrect type`);
    if (contact === true) this.#mustBeContact(name, value);
    if (kind !== 'text') return value;
    // Salesforce trims, breaks lines as Windows does, and knows no empty text.
    const kept = value.toWellFormed().replaceAll('\0', '').trim().replaceAll(/\r?\n/g, '\r\n');
    if (kept.length > most)
      throw new QueryFault('STRING_TOO_LONG', `${name}: data value too large: ${value}`);
    return kept === '' ? null : kept;
  }

  #mustBeContact(name: string, id: string): void {
    const contact = this.#table('Contact').get(id);
    if (contact === undefined)
      throw new QueryFault('INVALID_CROSS_REFERENCE_KEY', `${name}: invalid cross reference id`);
    if (contact['IsDeleted'] === true) throw new QueryFault('ENTITY_IS_DELETED', 'entity is deleted');
  }
}

/** Salesforce writes its offset without a colon. */
const asSent = (value: Value, { kind }: Field): Value =>
  kind === 'time' && typeof value === 'string' ? value.replace(/Z$/, '+0000') : value;

function testOf({ field, operator, values }: Condition, { kind }: Field): (row: Row) => boolean {
  const [first] = values;
  if (operator === 'LIKE') {
    if (kind !== 'text' || first?.is !== 'string') throw wrong(field);
    const pattern = patternOf(first.raw);
    return (row) => pattern.test(String(row[field] ?? ''));
  }
  if (operator === '<' || operator === '>') {
    if (kind !== 'time' || first?.is !== 'time') throw wrong(field);
    return (row) => {
      const difference = Date.parse(String(row[field])) - first.epochMs;
      return operator === '<' ? difference < 0 : difference > 0;
    };
  }
  const wanted = values.map((token) => equalTo(field, kind, token));
  return (row) => wanted.some((test) => test(row[field] ?? null));
}

function equalTo(field: string, kind: Field['kind'], token: Token): (value: Value) => boolean {
  if (kind === 'boolean' && token.is === 'word' && /^(true|false)$/.test(token.text))
    return (value) => value === (token.text === 'true');
  if (token.is !== 'string' || (kind !== 'text' && kind !== 'id')) throw wrong(field);
  const text = literalOf(token.raw);
  if (kind === 'id' && !RECORD_ID.test(text))
    throw new QueryFault('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`);
  return (value) => typeof value === 'string' && (kind === 'id' ? value === text : same(value, text));
}

const wrong = (field: string): QueryFault =>
  new QueryFault('INVALID_FIELD', `filter criteria must be of type for field '${field}'`);
