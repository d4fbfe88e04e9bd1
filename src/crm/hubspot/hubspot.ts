// HubSpot as our CRM, by the access token of a private app. Knows what goes where; the records know how.
import type { CountryCode } from 'libphonenumber-js';
import type { Clock } from '../../base/clock.ts';
import { createRest } from '../../web/rest.ts';
import type { CallLog, Crm } from '../crm.ts';
import { Contacts } from './contacts.ts';
import { paragraphs } from './html.ts';
import { Meetings } from './meetings.ts';
import { Objects } from './objects.ts';
import { Pace } from './pace.ts';
import { Records } from './records.ts';

export interface HubSpotOptions {
  /** Of a private app. Scopes: crm.objects.contacts.read and .write, crm.objects.orders.read, tickets. */
  readonly accessToken: string;
  /** Another server than HubSpot's own; it may stand in a private network. */
  readonly baseUrl?: string | undefined;
  /** Properties of a contact that are facts, and what they are called aloud: `{ next_visit: 'next visit' }`. */
  readonly factProperties?: Readonly<Record<string, string>> | undefined;
  /** The same of an order. */
  readonly orderFactProperties?: Readonly<Record<string, string>> | undefined;
  /** Where numbers that were typed without a country are at home. */
  readonly country?: CountryCode | undefined;
  /** Whose calendar is booked. Left out: a meeting of anybody's takes up its time. */
  readonly ownerId?: string | undefined;
  /** Where tickets go. HubSpot's first pipeline is 0, its stage "New" 1 (docs, "Tickets"). */
  readonly ticketPipeline?: { readonly pipeline: string; readonly stage: string } | undefined;
  readonly attemptTimeoutMs?: number | undefined;
  /** Of this process; where several share an account, its share. */
  readonly searchesPerSecond?: number | undefined;
  readonly clock: Clock;
}

const BASE_URL = 'https://api.hubapi.com';
/** Of an account (docs, "Search the CRM", limits); more are refused with 429. */
const SEARCHES_PER_SECOND = 5;
/** HubSpot counts when they arrive: a second, and by how much the way there varies. */
const PACE_WINDOW_MS = 1_100;
const FACTS = { company: 'company', jobtitle: 'job title', city: 'city' };
const ORDER_FACTS = {
  hs_total_price: 'total',
  hs_currency_code: 'currency',
  hs_shipping_tracking_number: 'tracking number',
};
const CODES = { unavailable: 'CRM_UNAVAILABLE', refused: 'CRM_REFUSED', inDoubt: 'CRM_IN_DOUBT' } as const;

/** Throws CRM_REFUSED for a base URL that is none. */
export function createHubSpotCrm(options: HubSpotOptions): Crm {
  const { accessToken, baseUrl, clock } = options;
  const rest = createRest({
    name: 'HubSpot',
    baseUrl: baseUrl ?? BASE_URL,
    codes: CODES,
    authorize: () => Promise.resolve({ authorization: `Bearer ${accessToken}` }),
    // Whoever gives an address of their own means it.
    allowPrivate: baseUrl !== undefined,
    attemptTimeoutMs: options.attemptTimeoutMs,
    clock,
  });
  const pace = new Pace({
    most: options.searchesPerSecond ?? SEARCHES_PER_SECOND,
    withinMs: PACE_WINDOW_MS,
    clock,
  });
  const records = new Records(rest, pace);
  const factProperties = options.factProperties ?? FACTS;
  const contacts = new Contacts({ records, factProperties, country: options.country });
  const meetings = new Meetings({ records, ownerId: options.ownerId, epochMs: () => clock.epochMs() });
  const objects = new Objects({
    records,
    orderFactProperties: options.orderFactProperties ?? ORDER_FACTS,
    tickets: options.ticketPipeline ?? { pipeline: '0', stage: '1' },
    epochMs: () => clock.epochMs(),
  });

  return {
    name: 'HubSpot',
    // Objects have a property hs_unique_creation_key, "used for idempotent creates", but HubSpot's documentation does not
    // say what a second creation under it gives, nor that apps may write it.
    keepsKeys: false,
    async check(signal) {
      const path = '/crm/v3/objects/contacts';
      await rest.ask({ method: 'GET', path, query: { limit: 1 }, label: 'check', signal });
    },
    findByPhone: (phone, signal) => contacts.findByPhone(phone, signal),
    findByEmail: (email, signal) => contacts.findByEmail(email, signal),
    findById: (id, signal) => contacts.findById(id, signal),
    findByName: (name, limit, signal) => contacts.findByName(name, limit, signal),
    createContact: (contact, _key, signal) => contacts.create(contact, signal),
    updateContact: (id, changes, signal) => contacts.update(id, changes, signal),
    appointmentsOf: (contactId, fromMs, signal) => meetings.of(contactId, fromMs, signal),
    bookAppointment: (appointment, _key, signal) => meetings.book(appointment, signal),
    cancelAppointment: (id, signal) => meetings.cancel(id, signal),
    objectsOf: (contactId, kind, limit, signal) => objects.of(contactId, kind, limit, signal),
    findObject: (kind, number, signal) => objects.find(kind, number, signal),
    createObject: (object, _key, signal) => objects.create(object, signal),
    async logCall(log, signal) {
      const { contactId } = log;
      const link = contactId === undefined ? undefined : ({ type: 'calls', contactId } as const);
      await records.create('calls', callProperties(log), signal, link);
    },
  };
}

/** docs, "Calls": the duration in milliseconds, the body rich text. */
const callProperties = (log: CallLog): Record<string, string> => ({
  hs_timestamp: new Date(log.startedAtMs).toISOString(),
  hs_call_title: `${log.direction === 'inbound' ? 'Call from' : 'Call to'} ${log.direction === 'inbound' ? log.from : log.to}`,
  hs_call_body: paragraphs(log.summary, `Outcome: ${log.outcome}`, `Call ${log.callId}`),
  hs_call_direction: log.direction === 'inbound' ? 'INBOUND' : 'OUTBOUND',
  hs_call_duration: String(Math.round(log.durationMs)),
  hs_call_from_number: log.from,
  hs_call_to_number: log.to,
  hs_call_status: 'COMPLETED',
  ...(log.recordingUrl === undefined ? {} : { hs_call_recording_url: log.recordingUrl }),
});
