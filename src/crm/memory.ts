// The CRM in memory: contacts as handed in, messages for as long as the process lives. Knows nothing of files.
import { randomUUID } from 'node:crypto';
import type { Contact, Crm, Message } from './crm.ts';
import { nameRank } from './names.ts';

/** Does the work at once, or rejects when it throws or the signal has fired. */
const unlessAborted = <T>(signal: AbortSignal, work: () => T): Promise<T> =>
  new Promise((resolve) => {
    signal.throwIfAborted();
    resolve(work());
  });

/** Keeps frozen copies of its own, so that nobody outside holds its state. Contacts are as the file loader checks them. */
export function createMemoryCrm({ contacts }: { contacts: readonly Contact[] }): Crm {
  const kept = contacts.map((contact): Contact =>
    Object.freeze({ ...contact, facts: Object.freeze({ ...contact.facts }) }),
  );
  const messages = new Map<string, Message>();

  return {
    findByPhone: (phone, signal) =>
      unlessAborted(signal, () => kept.find((contact) => contact.phone === phone)),

    findByName: (name, limit, signal) =>
      unlessAborted(signal, () =>
        kept
          .flatMap((contact) => {
            const rank = nameRank(name, contact.name);
            return rank === undefined ? [] : [{ contact, rank }];
          })
          .sort((a, b) => a.rank - b.rank)
          .slice(0, limit)
          .map(({ contact }) => contact),
      ),

    takeMessage: (message, idempotencyKey, signal) =>
      unlessAborted(signal, () => {
        const taken = messages.get(idempotencyKey) ?? Object.freeze({ ...message, id: randomUUID() });
        messages.set(idempotencyKey, taken);
        return taken;
      }),
  };
}
