// A CRM that is any REST service, asked as its description says. What the description leaves out throws CRM_UNSUPPORTED.
import { LivelineError } from '../../base/errors.ts';
import { parsePhoneNumber } from '../../base/phone-number.ts';
import type { Appointment, Contact, Crm } from '../crm.ts';
import { nameRank } from '../names.ts';
import { createAsker, type HttpCrmOptions } from './asking.ts';
import type { ContactAnswer } from './description.ts';
import { appointmentOf, contactOf, NOBODY, objectOf } from './rows.ts';

const MINUTE_MS = 60_000;
const MOST_APPOINTMENTS = 20;
/** Asked for, to take the best of them: services rank names in their own ways. */
const MOST_NAMES_SEARCHED = 20;
/** Nobody's: numbers from 555-0100 to 555-0199 are kept for fiction (nationalnanpa.com). */
const NUMBER_OF_NOBODY = '+15550100000';

export { loadHttpCrm } from './description.ts';
export type { HttpCrmDescription } from './description.ts';

const iso = (epochMs: number): string => new Date(epochMs).toISOString();
const bare = (number: string): string => number.replaceAll(/[\s-]/g, '').toUpperCase();

/** Throws CRM_INVALID when a secret that the description names is not set. */
export function createHttpCrm(options: HttpCrmOptions): Crm {
  const { description } = options;
  const { name, keeps_keys: keepsKeys } = description;
  const { described, find, write, make } = createAsker(options);
  const country = description.default_country;

  const contactIn = (response: ContactAnswer) => (row: unknown) => contactOf(response, row, country);

  async function findById(id: string, signal: AbortSignal): Promise<Contact | undefined> {
    const request = described(description.find_by_id, 'find_by_id');
    const asking = { method: 'find_by_id', request, values: { id }, signal };
    return (await find(asking, contactIn(request.response))).find((contact) => contact.id === id);
  }

  async function findByPhone(phone: string, signal: AbortSignal): Promise<Contact | undefined> {
    signal.throwIfAborted();
    const number = parsePhoneNumber(phone);
    if (number === undefined) return undefined;
    const request = description.find_by_phone;
    const asking = { method: 'find_by_phone', request, values: { phone: number }, signal, wantsAll: true };
    const found = await find(asking, contactIn(request.response));
    // Searches are broad: a neighbour's records must not be read to whoever calls.
    const isIt = ({ phone }: Contact): boolean =>
      request.response.fields.phone === undefined || phone === number;
    const theirs = new Map(found.filter(isIt).map((contact) => [contact.id, contact]));
    return theirs.size === 1 ? theirs.values().next().value : undefined;
  }

  async function findAppointment(id: string, signal: AbortSignal): Promise<Appointment> {
    const request = described(description.find_appointment, 'find_appointment');
    const asking = { method: 'find_appointment', request, values: { id }, signal };
    const found = await find(asking, (row) => appointmentOf(request.response, row, undefined));
    const one = found.find((appointment) => appointment.id === id);
    if (one === undefined)
      throw new LivelineError('CRM_UNKNOWN', `${name}: cancel_appointment: it knows nothing under this id`);
    return one;
  }

  return {
    name,
    keepsKeys,
    async check(signal) {
      const request = description.check;
      if (request === undefined) await findByPhone(NUMBER_OF_NOBODY, signal);
      else await write({ method: 'check', request, values: {}, signal }, { repeatable: true, expects: [] });
    },
    findByPhone,
    findById,
    async findByEmail(email, signal) {
      const request = described(description.find_by_email, 'find_by_email');
      const asked = email.trim().toLowerCase();
      if (asked === '') return undefined;
      const asking = { method: 'find_by_email', request, values: { email: asked }, signal, wantsAll: true };
      const found = await find(asking, contactIn(request.response));
      return found.find(
        (contact) => request.response.fields.email === undefined || contact.email?.toLowerCase() === asked,
      );
    },
    async findByName(asked, limit, signal) {
      const request = described(description.find_by_name, 'find_by_name');
      if (limit <= 0 || nameRank(asked, asked) === undefined) return [];
      const values = { name: asked.trim(), limit: Math.max(limit, MOST_NAMES_SEARCHED) };
      const found = await find(
        { method: 'find_by_name', request, values, signal },
        contactIn(request.response),
      );
      return found
        .map((contact) => ({ contact, rank: nameRank(asked, contact.name) }))
        .filter((one): one is typeof one & { rank: 0 | 1 | 2 } => one.rank !== undefined)
        .sort((a, b) => a.rank - b.rank)
        .slice(0, limit)
        .map(({ contact }) => contact);
    },
    async createContact(contact, key, signal) {
      const request = described(description.create_contact, 'create_contact');
      const asking = { method: 'create_contact', request, values: { ...contact, key }, signal };
      return make(asking, { repeatable: keepsKeys, expects: [] }, contactIn(request.response));
    },
    async updateContact(id, changes, signal) {
      const request = described(description.update_contact, 'update_contact');
      const { response } = request;
      const asking = { method: 'update_contact', request, values: { ...changes, id }, signal };
      // The same values again leave the same contact.
      const how = { repeatable: true, expects: [404] };
      if (response !== undefined)
        return make({ ...asking, request: { ...request, response } }, how, contactIn(response));
      await write(asking, how);
      const contact = await findById(id, signal);
      if (contact === undefined)
        throw new LivelineError('CRM_UNKNOWN', `${name}: update_contact: the contact is there no more`);
      return contact;
    },

    async appointmentsOf(contactId, fromMs, signal) {
      const request = described(description.appointments_of, 'appointments_of');
      const values = { contact_id: contactId, from: iso(fromMs) };
      const found = await find({ method: 'appointments_of', request, values, signal }, (row) =>
        appointmentOf(request.response, row, contactId),
      );
      return found
        .filter((one) => one.contactId === contactId && one.status === 'booked')
        .filter((one) => one.startsAtMs + one.minutes * MINUTE_MS > fromMs)
        .sort((a, b) => a.startsAtMs - b.startsAtMs)
        .slice(0, MOST_APPOINTMENTS);
    },
    async bookAppointment({ contactId, startsAtMs, minutes, about }, key, signal) {
      const request = described(description.book_appointment, 'book_appointment');
      const times = { starts_at: iso(startsAtMs), ends_at: iso(startsAtMs + minutes * MINUTE_MS), minutes };
      const values = { contact_id: contactId, ...times, about, key };
      const asking = { method: 'book_appointment', request, values, signal };
      const made = await make(asking, { repeatable: keepsKeys, expects: [404, 409] }, (row) =>
        appointmentOf(request.response, row, contactId),
      );
      return made.contactId === NOBODY ? { ...made, contactId } : made;
    },
    async cancelAppointment(id, signal) {
      const request = described(description.cancel_appointment, 'cancel_appointment');
      const { response } = request;
      const asking = { method: 'cancel_appointment', request, values: { id }, signal };
      const how = { repeatable: true, expects: [404] };
      if (response !== undefined)
        return make({ ...asking, request: { ...request, response } }, how, (row) =>
          appointmentOf(response, row, undefined),
        );
      const before = await findAppointment(id, signal);
      // What is deleted may be unknown afterwards: one that is cancelled is not asked for again.
      if (before.status === 'booked') await write(asking, how);
      return { ...before, status: 'cancelled' };
    },

    async objectsOf(contactId, kind, limit, signal) {
      const method = `objects_of.${kind}`;
      const request = described(description.objects_of[kind], method);
      if (limit <= 0) return [];
      const asking = { method, request, values: { contact_id: contactId, kind, limit }, signal };
      const found = await find(asking, (row) => objectOf(request.response, row, kind, contactId));
      return found.filter((one) => one.contactId === contactId).slice(0, limit);
    },
    async findObject(kind, number, signal) {
      const method = `find_object.${kind}`;
      const request = described(description.find_object[kind], method);
      if (bare(number) === '') return undefined;
      const values = { kind, number: number.trim(), bare_number: bare(number) };
      const found = await find({ method, request, values, signal }, (row) =>
        objectOf(request.response, row, kind, undefined),
      );
      return found.find((one) => bare(one.number) === bare(number));
    },
    async createObject({ kind, contactId, title, text, from }, key, signal) {
      const method = `create_object.${kind}`;
      const request = described(description.create_object[kind], method);
      const values = { kind, contact_id: contactId, title, text, from, key };
      return make({ method, request, values, signal }, { repeatable: keepsKeys, expects: [404] }, (row) =>
        objectOf(request.response, row, kind, contactId),
      );
    },
    async logCall(log, signal) {
      const request = described(description.log_call, 'log_call');
      const values = {
        call_id: log.callId,
        contact_id: log.contactId,
        from: log.from,
        to: log.to,
        direction: log.direction,
        started_at: iso(log.startedAtMs),
        ended_at: iso(log.startedAtMs + log.durationMs),
        duration_seconds: Math.round(log.durationMs / 1_000),
        outcome: log.outcome,
        summary: log.summary,
        recording_url: log.recordingUrl,
      };
      await write({ method: 'log_call', request, values, signal }, { repeatable: keepsKeys, expects: [404] });
    },
  };
}
