// Records of HubSpot's CRM by its REST interface, version 3 (developers.hubspot.com/docs/api-reference/crm). Knows how they are
// read, searched and written, and nothing of what they mean.
import { z } from 'zod';
import { LivelineError, type ErrorCode } from '../../base/errors.ts';
import type { Rest, RestAnswer } from '../../web/rest.ts';
import type { Pace } from './pace.ts';

export type RecordType = 'contacts' | 'meetings' | 'notes' | 'calls' | 'orders' | 'tickets';
export type Properties = Readonly<Record<string, string>>;

export interface HubSpotRecord {
  readonly id: string;
  /** Those that were asked for and have a value. */
  readonly properties: Properties;
  readonly createdAtMs: number;
  /** The first contact it belongs to, where that was asked for. */
  readonly contactId: string | undefined;
}

export interface Filter {
  readonly propertyName: string;
  readonly operator: 'EQ' | 'IN' | 'LT' | 'GT';
  readonly value?: string;
  readonly values?: readonly string[];
}

/** At most five groups of six filters: one group must hold wholly. */
export interface Search {
  readonly filterGroups?: readonly { readonly filters: readonly Filter[] }[];
  readonly query?: string;
}

/** A number beyond 2^53 has lost digits in reading JSON, and would be somebody else. */
const recordId = z.union([z.string(), z.number().refine(Number.isSafeInteger)]).transform(String);
const link = z.object({ id: recordId });
const links = z.object({
  results: z.array(link),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});
const record = z
  .object({
    id: recordId,
    properties: z.record(z.string(), z.string().nullable()).default({}),
    createdAt: z.string().optional(),
    associations: z.object({ contacts: links.optional() }).optional(),
  })
  .transform(({ id, properties, createdAt, associations }): HubSpotRecord => {
    const given = Object.entries(properties).flatMap(([name, value]) =>
      value === null || value === '' ? [] : [[name, value] as const],
    );
    const createdAtMs = Date.parse(createdAt ?? '');
    return {
      id,
      properties: Object.fromEntries(given),
      createdAtMs: Number.isNaN(createdAtMs) ? 0 : createdAtMs,
      contactId: associations?.contacts?.results[0]?.id,
    };
  });
const page = z.object({
  results: z.array(record),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});
const pipelines = z.object({
  results: z.array(z.object({ stages: z.array(z.object({ id: z.string(), label: z.string() })) })),
});

/** HubSpot's own limits: docs, "Search the CRM" and "Batch read". */
const SEARCH_PAGE = 200;
const BATCH = 100;
const LINKS_PAGE = 500;
/** Nobody waits on the phone for more. */
const MOST_PAGES = 3;
/** Anything else is no id, and might lead elsewhere in a path. */
const ID = /^\w[\w-]{0,63}$/;

/** From a record to the contact it belongs to, as HubSpot defines them (docs, "Associations": association type ids). */
const TO_CONTACT = { meetings: 200, notes: 202, calls: 194, tickets: 16 } as const;
export type Linked = keyof typeof TO_CONTACT;

export class Records {
  readonly #rest: Rest;
  readonly #pace: Pace;

  /** `pace`: of searches. */
  constructor(rest: Rest, pace: Pace) {
    this.#rest = rest;
    this.#pace = pace;
  }

  /** Undefined: there is none. */
  async read(
    type: RecordType,
    id: string,
    properties: readonly string[],
    signal: AbortSignal,
    by: { readonly idProperty?: 'email'; readonly withContact?: boolean } = {},
  ): Promise<HubSpotRecord | undefined> {
    if (by.idProperty === undefined && !ID.test(id)) return undefined;
    const answer = await this.#rest.ask({
      method: 'GET',
      path: `/crm/v3/objects/${type}/${encodeURIComponent(id)}`,
      query: {
        properties: properties.join(','),
        idProperty: by.idProperty,
        associations: by.withContact === true ? 'contacts' : undefined,
      },
      label: `read one of ${type}`,
      expects: [404],
      signal,
    });
    return answer.status === 404 ? undefined : understood(record, answer, 'CRM_UNAVAILABLE');
  }

  /** Newly written records may be missing for some moments. Pages until `enough` says so, or three pages are read. */
  async search(
    type: RecordType,
    search: Search,
    properties: readonly string[],
    signal: AbortSignal,
    enough: (found: readonly HubSpotRecord[]) => boolean = () => false,
  ): Promise<readonly HubSpotRecord[]> {
    const found: HubSpotRecord[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const answer = await this.#rest.ask({
        method: 'POST',
        path: `/crm/v3/objects/${type}/search`,
        json: { ...search, properties, limit: SEARCH_PAGE, ...(after === undefined ? {} : { after }) },
        label: `search ${type}`,
        repeatable: true,
        turn: (turnSignal) => this.#pace.turn(turnSignal),
        signal,
      });
      const { results, paging } = understood(page, answer, 'CRM_UNAVAILABLE');
      found.push(...results);
      after = paging?.next?.after;
      if (after === undefined || enough(found)) break;
    }
    return found;
  }

  /** The newest hundred that belong to a contact; unlike a search, what was written a moment ago is among them. */
  async ofContact(
    type: RecordType,
    contactId: string,
    properties: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly HubSpotRecord[]> {
    const ids = await this.#linkedTo(contactId, type, signal);
    // Ids only grow, so the newest have the greatest.
    ids.sort((a, b) => b.length - a.length || (a < b ? 1 : -1));
    if (ids.length === 0) return [];
    const answer = await this.#rest.ask({
      method: 'POST',
      path: `/crm/v3/objects/${type}/batch/read`,
      json: { properties, inputs: ids.slice(0, BATCH).map((id) => ({ id })) },
      label: `read ${type}`,
      repeatable: true,
      signal,
    });
    return understood(page, answer, 'CRM_UNAVAILABLE').results.map((one) => ({ ...one, contactId }));
  }

  /** Must not be tried again: HubSpot takes no key that would make it one. */
  async create(
    type: RecordType,
    properties: Properties,
    signal: AbortSignal,
    link?: { readonly type: Linked; readonly contactId: string },
  ): Promise<HubSpotRecord> {
    const associations =
      link === undefined
        ? []
        : [
            {
              to: { id: link.contactId },
              types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: TO_CONTACT[link.type] }],
            },
          ];
    const answer = await this.#rest.ask({
      method: 'POST',
      path: `/crm/v3/objects/${type}`,
      json: { properties, associations },
      label: `create one of ${type}`,
      signal,
    });
    return understood(record, answer, 'CRM_IN_DOUBT');
  }

  /** Throws CRM_UNKNOWN. */
  async change(type: RecordType, id: string, properties: Properties, signal: AbortSignal): Promise<void> {
    if (!ID.test(id)) throw unknown(type);
    const answer = await this.#rest.ask({
      method: 'PATCH',
      path: `/crm/v3/objects/${type}/${id}`,
      json: { properties },
      label: `change one of ${type}`,
      repeatable: true,
      expects: [404],
      signal,
    });
    if (answer.status === 404) throw unknown(type);
  }

  /** What people call the stages of a pipeline, by their ids. */
  async stages(type: 'orders' | 'tickets', signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const path = `/crm/v3/pipelines/${type}`;
    const answer = await this.#rest.ask({ method: 'GET', path, label: `read pipelines of ${type}`, signal });
    const { results } = understood(pipelines, answer, 'CRM_UNAVAILABLE');
    return new Map(results.flatMap(({ stages }) => stages.map(({ id, label }) => [id, label] as const)));
  }

  async #linkedTo(contactId: string, type: RecordType, signal: AbortSignal): Promise<string[]> {
    const ids = new Set<string>();
    let after: string | undefined;
    for (let pages = 0; ID.test(contactId) && pages < MOST_PAGES; pages++) {
      const answer = await this.#rest.ask({
        method: 'GET',
        path: `/crm/v3/objects/contacts/${contactId}/associations/${type}`,
        query: { limit: LINKS_PAGE, after },
        label: `list ${type} of a contact`,
        expects: [404],
        signal,
      });
      if (answer.status === 404) break;
      const { results, paging } = understood(links, answer, 'CRM_UNAVAILABLE');
      for (const { id } of results) ids.add(id);
      after = paging?.next?.after;
      if (after === undefined) break;
    }
    return [...ids];
  }
}

export const unknown = (type: RecordType): LivelineError =>
  new LivelineError('CRM_UNKNOWN', `HubSpot has none of its ${type} under this id`);

function understood<T>(schema: z.ZodType<T>, { body, status }: RestAnswer, otherwise: ErrorCode): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const where = read.error.issues.map(({ path }) => path.join('.') || 'the whole').slice(0, 3);
  throw new LivelineError(
    otherwise,
    `HubSpot answers ${status} in a shape that its documentation does not know, at ${where.join(', ')}`,
  );
}
