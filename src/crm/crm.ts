// A CRM: whom we know, what is agreed with them, and what we write down. Rules are numbered [CR…] in
// test/contracts/crm.contract.ts. Times are milliseconds since the epoch.

export interface Contact {
  readonly id: string;
  readonly name: string;
  /** E.164. */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  /** What else is known, in words fit to be read aloud. */
  readonly facts: Readonly<Record<string, string>>;
}

/** What is left out stays as it is; a fact of the same name is replaced. */
export interface ContactChanges {
  readonly name?: string | undefined;
  /** E.164. */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly facts?: Readonly<Record<string, string>> | undefined;
}

export interface Appointment {
  readonly id: string;
  readonly contactId: string;
  readonly startsAtMs: number;
  readonly minutes: number;
  /** What it is about, fit to be read aloud. */
  readonly about: string;
  readonly status: 'booked' | 'cancelled';
}

export type ObjectKind = 'order' | 'ticket' | 'message';

/** An order, a ticket, a message for the staff. */
export interface CrmObject {
  readonly id: string;
  readonly kind: ObjectKind;
  /** What people call it by: an order number. */
  readonly number: string;
  readonly contactId?: string | undefined;
  readonly title: string;
  readonly status: string;
  /** What else is known, in words fit to be read aloud. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface NewObject {
  /** Orders are not made by phone. */
  readonly kind: Exclude<ObjectKind, 'order'>;
  readonly contactId?: string | undefined;
  readonly title: string;
  readonly text: string;
  /** Who it comes from, for whoever reads it: a name, a number. */
  readonly from: string;
}

/** A call that is over, for the history of its contact. */
export interface CallLog {
  readonly callId: string;
  readonly contactId?: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound';
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly outcome: string;
  readonly summary: string;
  readonly recordingUrl?: string | undefined;
}

/**
 * Each method throws CRM_UNAVAILABLE (nothing was done, trying again may help), CRM_REFUSED, CRM_UNSUPPORTED, and
 * AbortError when the signal says so. What writes also throws CRM_IN_DOUBT when nobody can say whether it was done.
 * `key`: a second creation under the same key is the first one again, where `keepsKeys`.
 */
export interface Crm {
  /** For people: "HubSpot". */
  readonly name: string;
  /** Whether the CRM itself takes keys; otherwise only who asks can see to it that a thing is created once. */
  readonly keepsKeys: boolean;
  /** Tries address and credentials. */
  check(signal: AbortSignal): Promise<void>;

  /** A number that several contacts share is nobody's. */
  findByPhone(phone: string, signal: AbortSignal): Promise<Contact | undefined>;
  /** Case does not matter. */
  findByEmail(email: string, signal: AbortSignal): Promise<Contact | undefined>;
  findById(id: string, signal: AbortSignal): Promise<Contact | undefined>;
  /** Case and accents do not matter; at most `limit`, best match first. */
  findByName(name: string, limit: number, signal: AbortSignal): Promise<readonly Contact[]>;
  createContact(
    contact: ContactChanges & { readonly name: string },
    key: string,
    signal: AbortSignal,
  ): Promise<Contact>;
  /** Throws CRM_UNKNOWN. */
  updateContact(id: string, changes: ContactChanges, signal: AbortSignal): Promise<Contact>;

  /** Those that are booked and end after `fromMs`, by their beginning; at most 20. */
  appointmentsOf(contactId: string, fromMs: number, signal: AbortSignal): Promise<readonly Appointment[]>;
  /** Throws CRM_CONFLICT when the time is taken, and CRM_UNKNOWN for a contact that is not there. */
  bookAppointment(
    appointment: Pick<Appointment, 'contactId' | 'startsAtMs' | 'minutes' | 'about'>,
    key: string,
    signal: AbortSignal,
  ): Promise<Appointment>;
  /** One that is cancelled already stays so. Throws CRM_UNKNOWN. */
  cancelAppointment(id: string, signal: AbortSignal): Promise<Appointment>;

  /** Newest first; at most `limit`. */
  objectsOf(
    contactId: string,
    kind: ObjectKind,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly CrmObject[]>;
  /** Case, spaces and dashes do not matter. */
  findObject(kind: ObjectKind, number: string, signal: AbortSignal): Promise<CrmObject | undefined>;
  createObject(object: NewObject, key: string, signal: AbortSignal): Promise<CrmObject>;

  /** The same call again changes nothing where `keepsKeys`. */
  logCall(log: CallLog, signal: AbortSignal): Promise<void>;
}
