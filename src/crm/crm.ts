// A CRM: whom we know, and what we write down about them. Rules are numbered [CR…] in test/contracts/crm.contract.ts.

export interface Contact {
  readonly id: string;
  readonly name: string;
  /** E.164, unique among contacts. */
  readonly phone: string;
  readonly email?: string | undefined;
  /** What else is known, in words fit to be read aloud. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface Message {
  readonly id: string;
  readonly contactId?: string | undefined;
  readonly from: string;
  readonly text: string;
}

export interface Crm {
  /** Each throws CRM_UNAVAILABLE when the CRM cannot be asked, and AbortError when the signal says so. */
  findByPhone(phone: string, signal: AbortSignal): Promise<Contact | undefined>;
  /** Case and accents do not matter; at most `limit`, best match first. */
  findByName(name: string, limit: number, signal: AbortSignal): Promise<readonly Contact[]>;
  /** `idempotencyKey`: a second message under the same key is the first one again. */
  takeMessage(message: Omit<Message, 'id'>, idempotencyKey: string, signal: AbortSignal): Promise<Message>;
}
