// The CRM in Salesforce: contacts, events as appointments, orders and cases, tasks as messages and call logs.
import type { CountryCode } from 'libphonenumber-js';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { Crm } from '../crm.ts';
import { HAS_ID, SalesforceApi, type RecordType } from './api.ts';
import { SalesforceAppointments } from './appointments.ts';
import { logCall } from './call-logs.ts';
import { SalesforceContacts } from './contacts.ts';
import { SalesforceObjects } from './objects.ts';
import { Tokens, type Credentials } from './tokens.ts';

export interface SalesforceCrmOptions extends Credentials {
  /**
   * A custom text field of 64 characters and more, external id and unique, of this name on Contact, Case and activities:
   * `Liveline_Key__c`. With it Salesforce itself makes each thing once.
   */
  readonly keyField?: string | undefined;
  /** Where numbers that were typed without a country are at home; left out, they are nobody's. */
  readonly country?: CountryCode | undefined;
  /** What a message for the staff becomes; a task unless said. */
  readonly messagesAs?: 'task' | 'case' | undefined;
  readonly clock: Clock;
}

/** Names of custom fields, which stand in queries as they are. */
const KEY_FIELD = /^[A-Za-z]\w{0,79}__c$/;
const WRITTEN: readonly RecordType[] = ['Contact', 'Event', 'Task', 'Case'];

/**
 * Throws CRM_INVALID. A cancelled appointment is deleted in Salesforce, and is known for as long as the recycle bin keeps
 * it; appointments are taken to overlap within the calendar of the user whom the connected app acts for. Facts are lines
 * in the Description of a contact, order or case, under "To be told on the phone:"; the rest of it is never told.
 */
export function createSalesforceCrm({
  keyField,
  country,
  messagesAs = 'task',
  clock,
  ...credentials
}: SalesforceCrmOptions): Crm {
  if (keyField !== undefined && !KEY_FIELD.test(keyField))
    throw new LivelineError(
      'CRM_INVALID',
      'the key field for Salesforce must be the API name of a custom field, such as Liveline_Key__c',
    );
  const api = new SalesforceApi({ tokens: new Tokens(credentials, clock), keyField, clock });
  const contacts = new SalesforceContacts(api, country);
  const appointments = new SalesforceAppointments(api);
  const objects = new SalesforceObjects(api, messagesAs);
  return {
    name: 'Salesforce',
    keepsKeys: keyField !== undefined,
    async check(signal) {
      for (const type of WRITTEN) await checkType(api, type, signal);
    },
    findByPhone: (phone, signal) => contacts.byPhone(phone, signal),
    findByEmail: (email, signal) => contacts.byEmail(email, signal),
    findById: (id, signal) => contacts.byId(id, signal),
    findByName: (name, limit, signal) => contacts.byName(name, limit, signal),
    createContact: (contact, key, signal) => contacts.create(contact, key, signal),
    updateContact: (id, changes, signal) => contacts.update(id, changes, signal),
    appointmentsOf: (contactId, fromMs, signal) => appointments.of(contactId, fromMs, signal),
    bookAppointment: (appointment, key, signal) => appointments.book(appointment, key, signal),
    cancelAppointment: (id, signal) => appointments.cancel(id, signal),
    objectsOf: (contactId, kind, limit, signal) => objects.of(contactId, kind, limit, signal),
    findObject: (kind, number, signal) => objects.byNumber(kind, number, signal),
    createObject: (object, key, signal) => objects.create(object, key, signal),
    logCall: (log, signal) => logCall(api, log, signal),
  };
}

async function checkType(api: SalesforceApi, type: RecordType, signal: AbortSignal): Promise<void> {
  const { keyField } = api;
  const select = keyField === undefined ? 'Id' : `Id, ${keyField}`;
  try {
    await api.rows(`SELECT ${select} FROM ${type} LIMIT 1`, z.object(HAS_ID), signal);
  } catch (thrown) {
    if (keyField === undefined || !(thrown instanceof LivelineError) || thrown.code !== 'CRM_REFUSED')
      throw thrown;
    throw new LivelineError('CRM_REFUSED', `${thrown.message}; is there a field ${keyField} on ${type}?`);
  }
}
