// The world that every CRM is opened with by its contract: people, what is agreed with them, what they ordered.
// Knows no CRM. A CRM may give ids of its own: no rule relies on these.
import type { Appointment, Contact, CrmObject } from '../../src/crm/crm.ts';

/** When the tests play. */
export const NOW_MS = Date.UTC(2026, 5, 10, 9);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface WorldObject extends CrmObject {
  readonly createdAtMs: number;
}

export interface World {
  readonly contacts: readonly Contact[];
  readonly appointments: readonly Appointment[];
  /** In no order of time. */
  readonly objects: readonly WorldObject[];
}

export const CONTACTS: readonly Contact[] = [
  {
    id: 'c1',
    name: 'Anna Morenova',
    phone: '+15550100101',
    facts: { 'last order': 'two chairs' },
  },
  {
    id: 'c2',
    name: 'Ana Moreno',
    phone: '+15550100102',
    email: 'ana@example.com',
    facts: { 'next appointment': 'Thursday at ten', preference: 'mornings' },
  },
  { id: 'c3', name: 'José Núñez', phone: '+15550100103', facts: {} },
  { id: 'c4', name: "Søren O'Neill", phone: '+15550100104', email: 'soren.oneill@example.com', facts: {} },
  { id: 'c5', name: 'Ana Moreno Vidal', phone: '+15550100105', facts: {} },
  { id: 'c6', name: 'Benedikt Ruiz', email: 'b_ruiz@example.com', facts: {} },
];

const appointment = (
  id: string,
  contactId: string,
  inMs: number,
  about: string,
  status: Appointment['status'] = 'booked',
): Appointment => ({ id, contactId, startsAtMs: NOW_MS + inMs, minutes: 30, about, status });

/** In no order of time; no two booked ones overlap. */
export const APPOINTMENTS: readonly Appointment[] = [
  appointment('a1', 'c2', 7 * DAY_MS, 'a cleaning'),
  appointment('a2', 'c2', DAY_MS, 'a check-up'),
  appointment('a3', 'c2', -7 * DAY_MS, 'a filling, long ago'),
  appointment('a4', 'c2', 2 * DAY_MS, 'an X-ray', 'cancelled'),
  appointment('a5', 'c1', 3 * DAY_MS, 'fitting of braces'),
  // It began a quarter of an hour ago, and is not over.
  appointment('a6', 'c2', -HOUR_MS / 4, 'a consultation'),
];

const object = (
  id: string,
  kind: CrmObject['kind'],
  number: string,
  contactId: string,
  agoDays: number,
  title: string,
  status: string,
): WorldObject => ({
  id,
  kind,
  number,
  contactId,
  title,
  status,
  facts: { expected: 'on Wednesday' },
  createdAtMs: NOW_MS - agoDays * DAY_MS,
});

export const OBJECTS: readonly WorldObject[] = [
  object('o1', 'order', 'HD-2042', 'c2', 10, 'a night guard', 'ready to be picked up'),
  object('o2', 'order', 'HD-2040', 'c2', 30, 'whitening trays', 'picked up'),
  object('o3', 'order', 'HD-2044', 'c2', 2, 'two toothbrushes', 'sent'),
  object('o4', 'order', 'HD-2043', 'c1', 5, 'a retainer', 'at the lab'),
  object('o5', 'ticket', 'T-17', 'c2', 3, 'The invoice is wrong', 'open'),
  object('o6', 'message', 'M-18', 'c2', 1, 'Call back', 'open'),
];

export const WORLD: World = { contacts: CONTACTS, appointments: APPOINTMENTS, objects: OBJECTS };

/** What people, models and attackers put into a field. */
export const HOSTILE: readonly string[] = [
  "' or 1=1 --",
  "Robert'); drop table contacts;--",
  '%',
  '_',
  '100 % "quoted" \\ back\\slash',
  '{{secret.token}} ${x} $1 :name',
  '../../contacts/c2?x=1#y',
  '<b>Ana</b> & "co"\r\nX-Injected: 1',
  '😀 Zoë 🦷',
  'Nul\0byte',
  'half a pair \ud83d',
];
