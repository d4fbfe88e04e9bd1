// The CRM in memory: contacts as handed in, the rest for as long as the process lives. Knows nothing of files.
import { randomUUID } from 'node:crypto';
import { LivelineError } from '../base/errors.ts';
import type { Appointment, CallLog, Contact, Crm, CrmObject } from './crm.ts';
import { nameRank } from './names.ts';

/** Does the work at once, or rejects when it throws or the signal has fired. */
const unlessAborted = <T>(signal: AbortSignal, work: () => T): Promise<T> =>
  new Promise((resolve) => {
    signal.throwIfAborted();
    resolve(work());
  });

const MOST_APPOINTMENTS = 20;
const bare = (number: string): string => number.replaceAll(/[\s-]/g, '').toLowerCase();
const endOf = ({ startsAtMs, minutes }: Pick<Appointment, 'startsAtMs' | 'minutes'>): number =>
  startsAtMs + minutes * 60_000;
const frozen = <T extends { readonly facts: Contact['facts'] }>(one: T) =>
  Object.freeze({ ...one, facts: Object.freeze({ ...one.facts }) });

export interface MemoryCrmOptions {
  readonly contacts: readonly Contact[];
  readonly appointments?: readonly Appointment[];
  /** Oldest first. */
  readonly objects?: readonly CrmObject[];
}

/** Keeps frozen copies of its own, so that nobody outside holds its state. Contacts are as the file loader checks them. */
export function createMemoryCrm(options: MemoryCrmOptions): Crm & { readonly logged: readonly CallLog[] } {
  const contacts = new Map<string, Contact>(options.contacts.map((one) => [one.id, frozen(one)]));
  const appointments = new Map(
    (options.appointments ?? []).map((one) => [one.id, Object.freeze({ ...one })]),
  );
  const objects = new Map<string, CrmObject>((options.objects ?? []).map((one) => [one.id, frozen(one)]));
  const made = new Map<string, unknown>();
  const logs = new Map<string, CallLog>();
  const find = (test: (contact: Contact) => boolean): Contact | undefined =>
    [...contacts.values()].find(test);

  function once<T>(key: string, make: () => T): T {
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as T;
  }

  function known<T>(map: ReadonlyMap<string, T>, id: string): T {
    const found = map.get(id);
    if (found === undefined) throw new LivelineError('CRM_UNKNOWN', 'there is nothing under this id');
    return found;
  }

  function keep<T extends { readonly id: string }>(map: Map<string, T>, one: T): T {
    const kept = Object.freeze(one);
    map.set(kept.id, kept);
    return kept;
  }

  return {
    name: 'memory',
    keepsKeys: true,
    get logged() {
      return [...logs.values()];
    },
    check: (signal) => unlessAborted(signal, () => undefined),
    findByPhone: (phone, signal) =>
      unlessAborted(signal, () => {
        const theirs = [...contacts.values()].filter((contact) => contact.phone === phone);
        return theirs.length === 1 ? theirs[0] : undefined;
      }),
    findByEmail: (email, signal) =>
      unlessAborted(signal, () => find((contact) => contact.email?.toLowerCase() === email.toLowerCase())),
    findById: (id, signal) => unlessAborted(signal, () => contacts.get(id)),
    findByName: (name, limit, signal) =>
      unlessAborted(signal, () =>
        [...contacts.values()]
          .flatMap((contact) => {
            const rank = nameRank(name, contact.name);
            return rank === undefined ? [] : [{ contact, rank }];
          })
          .sort((a, b) => a.rank - b.rank)
          .slice(0, limit)
          .map(({ contact }) => contact),
      ),
    createContact: (contact, key, signal) =>
      unlessAborted(signal, () =>
        once(`contact ${key}`, () =>
          keep(contacts, frozen({ ...contact, id: randomUUID(), facts: contact.facts ?? {} })),
        ),
      ),
    updateContact: (id, { facts, ...changes }, signal) =>
      unlessAborted(signal, () => {
        const contact = known(contacts, id);
        const said = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
        return keep(contacts, frozen({ ...contact, ...said, facts: { ...contact.facts, ...facts } }));
      }),

    appointmentsOf: (contactId, fromMs, signal) =>
      unlessAborted(signal, () =>
        [...appointments.values()]
          .filter((one) => one.contactId === contactId && one.status === 'booked' && endOf(one) > fromMs)
          .sort((a, b) => a.startsAtMs - b.startsAtMs)
          .slice(0, MOST_APPOINTMENTS),
      ),
    bookAppointment: (appointment, key, signal) =>
      unlessAborted(signal, () =>
        once(`appointment ${key}`, () => {
          known(contacts, appointment.contactId);
          const taken = [...appointments.values()].some(
            (one) =>
              one.status === 'booked' &&
              one.startsAtMs < endOf(appointment) &&
              endOf(one) > appointment.startsAtMs,
          );
          if (taken) throw new LivelineError('CRM_CONFLICT', 'this time is taken');
          return keep(appointments, { ...appointment, id: randomUUID(), status: 'booked' as const });
        }),
      ),
    cancelAppointment: (id, signal) =>
      unlessAborted(signal, () => keep(appointments, { ...known(appointments, id), status: 'cancelled' })),

    objectsOf: (contactId, kind, limit, signal) =>
      unlessAborted(signal, () =>
        [...objects.values()]
          .filter((one) => one.contactId === contactId && one.kind === kind)
          .reverse()
          .slice(0, limit),
      ),
    findObject: (kind, number, signal) =>
      unlessAborted(signal, () =>
        [...objects.values()].find((one) => one.kind === kind && bare(one.number) === bare(number)),
      ),
    createObject: ({ kind, contactId, title, text, from }, key, signal) =>
      unlessAborted(signal, () =>
        once(`object ${key}`, () => {
          const number = `${kind[0]!.toUpperCase()}-${1_000 + objects.size + 1}`;
          const facts = Object.freeze({ text, from });
          return keep(objects, { id: randomUUID(), kind, number, contactId, title, status: 'open', facts });
        }),
      ),
    logCall: (log, signal) =>
      unlessAborted(signal, () => {
        if (!logs.has(log.callId)) logs.set(log.callId, Object.freeze({ ...log }));
      }),
  };
}
