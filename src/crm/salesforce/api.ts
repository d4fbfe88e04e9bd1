// Salesforce's REST API as the rest of this folder asks it: rows by SOQL and SOSL, records made, changed and deleted.
// Knows no fields. developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { LivelineError, type ErrorCode } from '../../base/errors.ts';
import { createRest, type Rest, type RestAnswer, type RestRequest } from '../../web/rest.ts';
import { codesOf, FAULTS, refusalOf } from './faults.ts';
import { isRecordId } from './record-id.ts';
import { soqlString } from './soql.ts';
import type { Grant, Tokens } from './tokens.ts';

/** Winter '25. Answers to upserts have a body since v46.0. */
const DATA = '/services/data/v62.0';
/** A page holds 200 rows at least; nothing here needs more than this. */
const MOST_PAGES = 10;

export type RecordType = 'Contact' | 'Event' | 'Task' | 'Case' | 'Order';
export type Fields = Readonly<Record<string, unknown>>;
export const HAS_ID = { Id: z.string() };

const page = z.object({ records: z.array(z.unknown()), nextRecordsUrl: z.string().nullish() });
const searched = z.object({ searchRecords: z.array(z.unknown()) });
const saved = z.object({ id: z.string() });

export interface Making<T> {
  /** What is read of one that is there already. */
  readonly select: string;
  readonly shape: z.ZodType<T>;
  readonly body: Fields;
  readonly key: string;
}

export interface SalesforceApiOptions {
  readonly tokens: Tokens;
  readonly keyField: string | undefined;
  readonly clock: Clock;
}

export class SalesforceApi {
  readonly keyField: string | undefined;
  readonly #tokens: Tokens;
  readonly #clock: Clock;
  /** By which grant a request was made: its signal, which is its own, names it. */
  readonly #shown = new WeakMap<AbortSignal, Grant>();
  #instance: { readonly url: string; readonly rest: Rest } | undefined;

  constructor(options: SalesforceApiOptions) {
    this.keyField = options.keyField;
    this.#tokens = options.tokens;
    this.#clock = options.clock;
  }

  async userId(signal: AbortSignal): Promise<string> {
    return (await this.#tokens.grant(signal)).userId;
  }

  /** Of all pages, up to ten. An id that is none to Salesforce finds nothing. `deleted`: also what is in the recycle bin. */
  async rows<T>(
    soql: string,
    shape: z.ZodType<T>,
    signal: AbortSignal,
    deleted = false,
  ): Promise<readonly T[]> {
    const found: T[] = [];
    const label = `query ${/ FROM (\w+)/.exec(soql)?.[1] ?? ''}`;
    let request: Pick<RestRequest, 'path' | 'query'> = {
      path: `${DATA}/${deleted ? 'queryAll' : 'query'}`,
      query: { q: soql },
    };
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const answer = await this.#ask({ method: 'GET', ...request, label }, signal);
      if (answer.status === 400 && codesOf(answer.body).some((code) => FAULTS.idInvalid.has(code))) return [];
      const { records, nextRecordsUrl } = readable(page, allowed(answer, label, 'CRM_REFUSED'));
      found.push(...readable(z.array(shape), records));
      if (nextRecordsUrl === undefined || nextRecordsUrl === null) break;
      if (!nextRecordsUrl.startsWith('/services/data/')) throw unreadable();
      request = { path: nextRecordsUrl };
    }
    return found;
  }

  async search<T>(sosl: string, shape: z.ZodType<T>, signal: AbortSignal): Promise<readonly T[]> {
    const request = { method: 'GET', path: `${DATA}/search/`, query: { q: sosl }, label: 'search' } as const;
    const { searchRecords } = readable(
      searched,
      allowed(await this.#ask(request, signal), 'search', 'CRM_REFUSED'),
    );
    return readable(z.array(shape), searchRecords);
  }

  /** The record that was made under this key before, wherever it is by now; none without a key field. */
  async made<T>(
    type: RecordType,
    { select, shape, key }: Pick<Making<T>, 'select' | 'shape' | 'key'>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    if (this.keyField === undefined) return undefined;
    const where = `${this.keyField} = ${soqlString(keyValue(key))}`;
    return (await this.rows(`SELECT ${select} FROM ${type} WHERE ${where} LIMIT 1`, shape, signal, true))[0];
  }

  /** Makes a record and returns it as it was sent; asked again under the same key, where there is a key field, it writes over it. */
  async make<T>(type: RecordType, making: Making<T>, signal: AbortSignal): Promise<T> {
    const { shape, body: json, key } = making;
    const { keyField } = this;
    const label = `make ${type}`;
    const answer = await this.#ask(
      keyField === undefined
        ? { method: 'POST', path: `${DATA}/sobjects/${type}`, json, label }
        : {
            method: 'PATCH',
            path: `${DATA}/sobjects/${type}/${keyField}/${keyValue(key)}`,
            json,
            repeatable: true,
            label,
          },
      signal,
    );
    // Two upserts at the same moment: the other one was first.
    const twin = codesOf(answer.body).includes('DUPLICATE_VALUE')
      ? await this.made(type, making, signal)
      : undefined;
    return twin ?? this.#read(answer, label, json, shape);
  }

  /** As an upsert alone would undo what people have changed since, it is asked first whether there is one under this key. */
  async makeOnce<T>(type: RecordType, making: Making<T>, signal: AbortSignal): Promise<T> {
    return (await this.made(type, making, signal)) ?? this.make(type, making, signal);
  }

  #read<T>(answer: RestAnswer, label: string, body: Fields, shape: z.ZodType<T>): T {
    const record = saved.safeParse(allowed(answer, label));
    if (record.success) return readable(shape, { ...body, Id: record.data.id });
    throw new LivelineError(
      this.keyField === undefined ? 'CRM_IN_DOUBT' : 'CRM_UNAVAILABLE',
      `Salesforce: ${label}: it was taken, but the answer names no record; look there for it`,
    );
  }

  /** Throws CRM_UNKNOWN. */
  async change(type: RecordType, id: string, body: Fields, signal: AbortSignal): Promise<void> {
    const label = `change ${type}`;
    const path = `${DATA}/sobjects/${type}/${segment(id)}`;
    allowed(await this.#ask({ method: 'PATCH', path, json: body, repeatable: true, label }, signal), label);
  }

  /** One that is not there any more stays so. */
  async remove(type: RecordType, id: string, signal: AbortSignal): Promise<void> {
    const label = `delete ${type}`;
    const path = `${DATA}/sobjects/${type}/${segment(id)}`;
    const answer = await this.#ask({ method: 'DELETE', path, repeatable: true, label }, signal);
    if (answer.status !== 404) allowed(answer, label);
  }

  async #ask(request: Omit<RestRequest, 'signal' | 'expects'>, signal: AbortSignal): Promise<RestAnswer> {
    const { instanceUrl } = await this.#tokens.grant(signal);
    const rest = this.#restAt(instanceUrl);
    return rest.ask({ ...request, expects: FAULTS.statuses, signal: AbortSignal.any([signal]) });
  }

  #restAt(url: string): Rest {
    if (this.#instance?.url === url) return this.#instance.rest;
    const rest = createRest({
      name: 'Salesforce',
      baseUrl: url,
      codes: { unavailable: 'CRM_UNAVAILABLE', refused: 'CRM_REFUSED', inDoubt: 'CRM_IN_DOUBT' },
      authorize: async (signal, renew) => {
        const grant = await this.#tokens.grant(signal, renew ? this.#shown.get(signal) : undefined);
        this.#shown.set(signal, grant);
        // An organisation that has moved: its new token is not for the old place. The next request goes to the new one.
        if (grant.instanceUrl !== url)
          throw new LivelineError(
            'CRM_UNAVAILABLE',
            'Salesforce has moved this organisation meanwhile; try again',
          );
        return { authorization: `Bearer ${grant.accessToken}` };
      },
      allowPrivate: this.#tokens.onThisMachine,
      clock: this.#clock,
    });
    this.#instance = { url, rest };
    return rest;
  }
}

/** One length and one case for whatever a key holds: external ids are compared without regard to case. */
const keyValue = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Ids are letters and digits; anything else could lead to another path. Throws CRM_UNKNOWN. */
function segment(id: string): string {
  if (isRecordId(id)) return id;
  throw new LivelineError('CRM_UNKNOWN', 'Salesforce has nothing under this id');
}

function allowed({ status, body }: RestAnswer, label: string, missing: ErrorCode = 'CRM_UNKNOWN'): unknown {
  if (status < 300) return body;
  throw refusalOf(status, body, label, missing);
}

function readable<T>(shape: z.ZodType<T>, value: unknown): T {
  const read = shape.safeParse(value);
  if (!read.success) throw unreadable();
  return read.data;
}

/** Without the cause: it would quote the answer. */
const unreadable = (): LivelineError =>
  new LivelineError('CRM_UNAVAILABLE', 'Salesforce gives an answer of a shape that it does not document');
