// Appointments in Salesforce: Events in the calendar of the user whom we act for. An Event knows no "cancelled": as in
// Salesforce's own calendar, cancelling deletes it, and the recycle bin, which is read too, remembers it for 15 days.
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import type { Appointment } from '../crm.ts';
import { HAS_ID, type SalesforceApi } from './api.ts';
import { oneLine } from './facts.ts';
import { isRecordId } from './record-id.ts';
import { soqlString, soqlTime } from './soql.ts';

const SELECT = 'Id, WhoId, Subject, StartDateTime, DurationInMinutes, IsDeleted';
const shape = z.object({
  ...HAS_ID,
  WhoId: z.string().nullish(),
  Subject: z.string().nullish(),
  StartDateTime: z.string(),
  DurationInMinutes: z.number(),
  IsDeleted: z.boolean().optional(),
});
type Row = z.infer<typeof shape>;

const MOST = 20;
/** Of Event.Subject. */
const MOST_SUBJECT = 255;
const MINUTE_MS = 60_000;

type Wish = Pick<Appointment, 'contactId' | 'startsAtMs' | 'minutes' | 'about'>;

export class SalesforceAppointments {
  readonly #api: SalesforceApi;
  #booking: Promise<unknown> = Promise.resolve();

  constructor(api: SalesforceApi) {
    this.#api = api;
  }

  async of(contactId: string, fromMs: number, signal: AbortSignal): Promise<readonly Appointment[]> {
    signal.throwIfAborted();
    if (!isRecordId(contactId)) return [];
    // IsChild: the copies for those who are invited.
    const where = `WhoId = ${soqlString(contactId)} AND IsChild = false AND EndDateTime > ${soqlTime(fromMs)}`;
    const soql = `SELECT ${SELECT} FROM Event WHERE ${where} ORDER BY StartDateTime ASC LIMIT ${MOST}`;
    return (await this.#api.rows(soql, shape, signal)).map(appointmentOf);
  }

  /** One after the other: Salesforce itself lets appointments overlap, and looking comes before writing. */
  book(wish: Wish, key: string, signal: AbortSignal): Promise<Appointment> {
    const booked = this.#booking.then(() => this.#book(wish, key, signal));
    this.#booking = booked.catch(() => undefined);
    return booked;
  }

  async #book(wish: Wish, key: string, signal: AbortSignal): Promise<Appointment> {
    signal.throwIfAborted();
    if (!isRecordId(wish.contactId))
      throw new LivelineError('CRM_UNKNOWN', 'Salesforce has no contact under this id');
    const owner = await this.#api.userId(signal);
    const body = {
      OwnerId: owner,
      WhoId: wish.contactId,
      Subject: oneLine(wish.about).slice(0, MOST_SUBJECT),
      StartDateTime: soqlTime(wish.startsAtMs),
      DurationInMinutes: wish.minutes,
    };
    const made = { select: SELECT, shape, body, key: `appointment ${key}` };
    const before = await this.#api.made('Event', made, signal);
    if (before !== undefined) return appointmentOf(before);
    if (await this.#isTaken(wish, owner, signal)) throw taken();
    const row = await this.#api.make('Event', made, signal);
    // Another node may have looked at the same time: then both see the other one, and neither stays. It is booked
    // whatever becomes of this look.
    const collided = await this.#isTaken(wish, owner, signal, row.Id).catch(() => false);
    if (!collided) return appointmentOf(row);
    await this.#withdraw(row.Id);
    throw taken();
  }

  /** Without its key, which is not used up: the time may become free. Done also when nobody waits any more. */
  async #withdraw(id: string): Promise<void> {
    const { keyField } = this.#api;
    const signal = new AbortController().signal;
    try {
      if (keyField !== undefined) await this.#api.change('Event', id, { [keyField]: null }, signal);
      await this.#api.remove('Event', id, signal);
    } catch (cause) {
      throw new LivelineError(
        'CRM_IN_DOUBT',
        `Salesforce: two appointments were booked for one time, and event ${id} could not be withdrawn; delete it there`,
        { cause },
      );
    }
  }

  async cancel(id: string, signal: AbortSignal): Promise<Appointment> {
    signal.throwIfAborted();
    const soql = `SELECT ${SELECT} FROM Event WHERE Id = ${soqlString(id)} LIMIT 1`;
    const row = isRecordId(id) ? (await this.#api.rows(soql, shape, signal, true))[0] : undefined;
    if (row === undefined)
      throw new LivelineError('CRM_UNKNOWN', 'Salesforce has no appointment under this id');
    if (row.IsDeleted !== true) await this.#api.remove('Event', id, signal);
    return { ...appointmentOf(row), status: 'cancelled' };
  }

  async #isTaken(
    { startsAtMs, minutes }: Wish,
    owner: string,
    signal: AbortSignal,
    but?: string,
  ): Promise<boolean> {
    const [from, to] = [soqlTime(startsAtMs), soqlTime(startsAtMs + minutes * MINUTE_MS)];
    const soql =
      `SELECT Id FROM Event WHERE OwnerId = ${soqlString(owner)} AND ShowAs IN ('Busy', 'OutOfOffice') ` +
      `AND StartDateTime < ${to} AND EndDateTime > ${from} LIMIT 2`;
    return (await this.#api.rows(soql, z.object(HAS_ID), signal)).some(({ Id }) => Id !== but);
  }
}

const taken = (): LivelineError => new LivelineError('CRM_CONFLICT', 'this time is taken');

function appointmentOf(row: Row): Appointment {
  // Salesforce writes its offset without a colon: +0000.
  const startsAtMs = Date.parse(row.StartDateTime.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(startsAtMs))
    throw new LivelineError('CRM_UNAVAILABLE', 'Salesforce gives an appointment without a time');
  return {
    id: row.Id,
    contactId: row.WhoId ?? '',
    startsAtMs,
    minutes: row.DurationInMinutes,
    about: row.Subject ?? '',
    status: row.IsDeleted === true ? 'cancelled' : 'booked',
  };
}
