// HubSpot's orders, tickets and notes as the orders, tickets and messages of ours. Knows no contact but by id.
import type { CrmObject, NewObject, ObjectKind } from '../crm.ts';
import { paragraphs, wordsOf } from './html.ts';
import type { HubSpotRecord, Properties, Records } from './records.ts';

export interface ObjectOptions {
  readonly records: Records;
  /** Which properties of an order are facts, and what they are called aloud. */
  readonly orderFactProperties: Readonly<Record<string, string>>;
  /** Where new tickets go. */
  readonly tickets: { readonly pipeline: string; readonly stage: string };
  readonly epochMs: () => number;
}

const TYPES = { order: 'orders', ticket: 'tickets', message: 'notes' } as const;
const PROPERTIES = {
  order: [
    'hs_order_name',
    'hs_external_order_id',
    'hs_external_order_status',
    'hs_fulfillment_status',
    'hs_pipeline_stage',
  ],
  ticket: ['subject', 'hs_pipeline_stage'],
  message: ['hs_note_body'],
} as const;
/** A note holds 65,536 signs (docs, "Notes"), and escapes take up to six each. */
const LONGEST_TEXT = 10_000;
const LONGEST_TITLE = 250;
const LONGEST_FACT = 500;
/** Every spelling of it is in the search, whose body may have 3,000 signs (docs, "Search the CRM", limits). */
const LONGEST_NUMBER = 100;

const bare = (number: string): string => number.replaceAll(/[\s#-]/g, '').toLowerCase();

export class Objects {
  readonly #options: ObjectOptions;
  #stages: { readonly [type in 'orders' | 'tickets']?: ReadonlyMap<string, string> } = {};

  constructor(options: ObjectOptions) {
    this.#options = options;
  }

  async of(
    contactId: string,
    kind: ObjectKind,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly CrmObject[]> {
    signal.throwIfAborted();
    const found = await this.#options.records.ofContact(
      TYPES[kind],
      contactId,
      this.#properties(kind),
      signal,
    );
    const newest = found.toSorted((a, b) => b.createdAtMs - a.createdAtMs).slice(0, Math.max(0, limit));
    return Promise.all(newest.map((one) => this.#object(kind, one, signal)));
  }

  async find(kind: ObjectKind, number: string, signal: AbortSignal): Promise<CrmObject | undefined> {
    signal.throwIfAborted();
    const asked = bare(number);
    const id = kind === 'order' ? await this.#orderId(asked, signal) : asked;
    if (id === undefined) return undefined;
    const properties = this.#properties(kind);
    const found = await this.#options.records.read(TYPES[kind], id, properties, signal, {
      withContact: true,
    });
    return found && this.#object(kind, found, signal);
  }

  async create(asked: NewObject, signal: AbortSignal): Promise<CrmObject> {
    signal.throwIfAborted();
    const { kind, contactId } = asked;
    const type = TYPES[asked.kind];
    const properties = this.#propertiesOf(asked);
    const link = contactId === undefined ? undefined : { type, contactId };
    const created = await this.#options.records.create(type, properties, signal, link);
    return this.#object(kind, { ...created, properties, contactId }, signal);
  }

  /** Orders are known by the number of the shop or by their name, as somebody typed it. */
  async #orderId(asked: string, signal: AbortSignal): Promise<string | undefined> {
    if (asked === '' || asked.length > LONGEST_NUMBER || !asked.isWellFormed()) return undefined;
    const filterGroups = ['hs_external_order_id', 'hs_order_name'].map((propertyName) => ({
      filters: [{ propertyName, operator: 'IN', values: spellings(asked) } as const],
    }));
    const found = await this.#options.records.search('orders', { filterGroups }, PROPERTIES.order, signal);
    return found.find(
      ({ properties }) =>
        bare(properties['hs_external_order_id'] ?? '') === asked ||
        bare(properties['hs_order_name'] ?? '') === asked,
    )?.id;
  }

  #properties(kind: ObjectKind): readonly string[] {
    const facts = kind === 'order' ? Object.keys(this.#options.orderFactProperties) : [];
    return [...PROPERTIES[kind], ...facts];
  }

  #propertiesOf({ kind, title, text, from }: NewObject): Properties {
    const [subject, words] = [
      title.replaceAll(/\s+/g, ' ').slice(0, LONGEST_TITLE),
      text.slice(0, LONGEST_TEXT),
    ];
    const { tickets, epochMs } = this.#options;
    return kind === 'ticket'
      ? {
          subject,
          content: `${words}\n\n${from}`,
          hs_pipeline: tickets.pipeline,
          hs_pipeline_stage: tickets.stage,
        }
      : { hs_timestamp: new Date(epochMs()).toISOString(), hs_note_body: paragraphs(subject, words, from) };
  }

  async #object(
    kind: ObjectKind,
    { id, properties, contactId }: HubSpotRecord,
    signal: AbortSignal,
  ): Promise<CrmObject> {
    switch (kind) {
      case 'order': {
        const { hs_order_name: name, hs_external_order_id: number = name ?? id } = properties;
        const said = properties['hs_external_order_status'] ?? properties['hs_fulfillment_status'];
        const status = said ?? (await this.#stage('orders', properties, signal));
        const facts = Object.entries(this.#options.orderFactProperties).flatMap(([property, word]) => {
          const value = properties[property];
          return value === undefined ? [] : [[word, value.slice(0, LONGEST_FACT)] as const];
        });
        return {
          id,
          kind,
          number,
          contactId,
          title: name ?? number,
          status,
          facts: Object.fromEntries(facts),
        };
      }
      case 'ticket': {
        const status = await this.#stage('tickets', properties, signal);
        return { id, kind, number: id, contactId, title: properties['subject'] ?? '', status, facts: {} };
      }
      case 'message': {
        const [title = '', ...rest] = wordsOf(properties['hs_note_body'] ?? '');
        const facts = rest.length === 0 ? {} : { text: rest.join('\n').slice(0, LONGEST_FACT) };
        return {
          id,
          kind,
          number: id,
          contactId,
          title: title.slice(0, LONGEST_TITLE),
          status: 'noted',
          facts,
        };
      }
    }
  }

  /** A pipeline that cannot be read, for want of a scope perhaps, takes nothing away from the rest. */
  async #stage(type: 'orders' | 'tickets', properties: Properties, signal: AbortSignal): Promise<string> {
    const stage = properties['hs_pipeline_stage'];
    if (stage === undefined) return 'unknown';
    const known =
      this.#stages[type] ?? (await this.#options.records.stages(type, signal).catch(() => undefined));
    if (known !== undefined) this.#stages = { ...this.#stages, [type]: known };
    return known?.get(stage) ?? 'unknown';
  }
}

/** HubSpot compares whole values, in lower case with IN: a number may have been typed with a sign between its parts. */
function spellings(asked: string): string[] {
  const split = (sign: string): string => asked.replaceAll(/(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/gu, sign);
  const written = [...new Set([asked, split('-'), split(' ')])];
  return [...written, ...written.map((one) => `#${one}`)];
}
