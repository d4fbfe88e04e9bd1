// Orders and cases in Salesforce, and messages for the staff, which are Tasks and have no number to ask for.
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import type { CrmObject, NewObject, ObjectKind } from '../crm.ts';
import { HAS_ID, type Fields, type RecordType, type SalesforceApi } from './api.ts';
import { factsIn, oneLine } from './facts.ts';
import { isRecordId } from './record-id.ts';
import { soqlLike, soqlString } from './soql.ts';

const text = z.string().nullish();

/** Where objects of one kind are, and how they are read. */
interface Source {
  readonly type: RecordType;
  readonly select: string;
  readonly shape: z.ZodType<CrmObject>;
  readonly numberField: string;
  /** Which may name the contact. */
  readonly contactFields: readonly string[];
}

const orders: Source = {
  type: 'Order',
  select: 'Id, OrderNumber, Name, Status, Description, BillToContactId, ShipToContactId',
  shape: z
    .object({
      ...HAS_ID,
      OrderNumber: z.string(),
      Name: text,
      Status: z.string(),
      Description: text,
      BillToContactId: text,
      ShipToContactId: text,
    })
    .transform((row) => ({
      id: row.Id,
      kind: 'order',
      number: row.OrderNumber,
      ...withContact(row.BillToContactId ?? row.ShipToContactId),
      title: row.Name ?? 'an order',
      status: row.Status,
      facts: factsIn(row.Description),
    })),
  numberField: 'OrderNumber',
  contactFields: ['BillToContactId', 'ShipToContactId'],
};

const cases: Source = {
  type: 'Case',
  select: 'Id, CaseNumber, Subject, Status, Description, ContactId',
  shape: z
    .object({
      ...HAS_ID,
      // Given by Salesforce, and so not among what was just sent.
      CaseNumber: text,
      Subject: text,
      Status: z.string(),
      Description: text,
      ContactId: text,
    })
    .transform((row) => ({
      id: row.Id,
      kind: 'ticket',
      number: row.CaseNumber ?? row.Id,
      ...withContact(row.ContactId),
      title: row.Subject ?? 'a ticket',
      status: row.Status,
      facts: factsIn(row.Description),
    })),
  numberField: 'CaseNumber',
  contactFields: ['ContactId'],
};

const tasks = {
  select: 'Id, WhoId, Subject, Status',
  shape: z.object({ ...HAS_ID, WhoId: text, Subject: text, Status: z.string() }),
};

/** What the search for a number brings beside it is dropped: it may have signs between its own. */
const MOST_LIKE = 50;
const MOST_NUMBER = 80;
/** Of Case.Subject and Task.Subject. */
const MOST_SUBJECT = 255;
/** Salesforce's own order and case numbers: eight digits, of which people leave the first zeros away. */
const DIGITS = 8;

export class SalesforceObjects {
  readonly #api: SalesforceApi;
  readonly #messagesAs: 'task' | 'case';

  constructor(api: SalesforceApi, messagesAs: 'task' | 'case') {
    this.#api = api;
    this.#messagesAs = messagesAs;
  }

  async of(
    contactId: string,
    kind: ObjectKind,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly CrmObject[]> {
    signal.throwIfAborted();
    const { type, select, shape, contactFields } = sourceOf(kind);
    if (!isRecordId(contactId) || limit <= 0) return [];
    const where = contactFields.map((field) => `${field} = ${soqlString(contactId)}`).join(' OR ');
    const soql = `SELECT ${select} FROM ${type} WHERE ${where} ORDER BY CreatedDate DESC LIMIT ${Math.floor(limit)}`;
    return this.#api.rows(soql, shape, signal);
  }

  async byNumber(kind: ObjectKind, number: string, signal: AbortSignal): Promise<CrmObject | undefined> {
    signal.throwIfAborted();
    const { type, select, shape, numberField } = sourceOf(kind);
    const asked = bare(number);
    if (asked === '' || asked.length > MOST_NUMBER) return undefined;
    const whole = /^\d+$/.test(asked) ? asked.padStart(DIGITS, '0') : asked;
    const where = `${numberField} LIKE ${soqlLike(...Array.from(asked))} OR ${numberField} = ${soqlString(whole)}`;
    const soql = `SELECT ${select} FROM ${type} WHERE ${where} LIMIT ${MOST_LIKE}`;
    const objects = await this.#api.rows(soql, shape, signal);
    return (
      objects.find((object) => bare(object.number) === asked) ??
      objects.find((object) => bare(object.number) === whole)
    );
  }

  async create(
    { kind, contactId, title, text, from }: NewObject,
    key: string,
    signal: AbortSignal,
  ): Promise<CrmObject> {
    signal.throwIfAborted();
    const words = {
      Subject: oneLine(title).slice(0, MOST_SUBJECT),
      Description: `${text.toWellFormed()}\n\nFrom: ${oneLine(from)}`,
    };
    if (kind === 'ticket' || this.#messagesAs === 'case') {
      const made = await this.#createCase(
        {
          ...words,
          Status: 'New',
          Origin: 'Phone',
          ...(contactId === undefined ? {} : { ContactId: contactId }),
        },
        `${kind} ${key}`,
        signal,
      );
      return { ...made, kind };
    }
    const body = {
      ...words,
      Status: 'Not Started',
      Priority: 'Normal',
      ...(contactId === undefined ? {} : { WhoId: contactId }),
    };
    const row = await this.#api.makeOnce('Task', { ...tasks, body, key: `message ${key}` }, signal);
    const { Id: id, Subject, Status: status } = row;
    return { id, kind, number: id, ...withContact(row.WhoId), title: Subject ?? '', status, facts: {} };
  }

  async #createCase(body: Fields, key: string, signal: AbortSignal): Promise<CrmObject> {
    const { select, shape } = cases;
    const made = await this.#api.makeOnce('Case', { select, shape, body, key }, signal);
    if (made.number !== made.id) return made;
    // It is made, whatever becomes of this: without its number it goes by its id.
    const soql = `SELECT ${select} FROM Case WHERE Id = ${soqlString(made.id)} LIMIT 1`;
    const numbered = await this.#api.rows(soql, shape, signal).catch(() => []);
    return numbered[0] ?? made;
  }
}

function sourceOf(kind: ObjectKind): Source {
  if (kind === 'message')
    throw new LivelineError(
      'CRM_UNSUPPORTED',
      'Salesforce keeps messages as tasks of the staff, which are not read here',
    );
  return kind === 'order' ? orders : cases;
}

const bare = (number: string): string => number.replaceAll(/[\s-]/g, '').toLowerCase();

function withContact(id: string | null | undefined): { contactId?: string } {
  return id == null ? {} : { contactId: id };
}
