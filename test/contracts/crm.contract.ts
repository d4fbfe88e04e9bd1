// The rules that every CRM keeps, whatever stands behind it. Each adapter's test opens one with these contacts in it.
import { describe, expect, test } from 'vitest';
import type { Contact, Crm } from '../../src/crm/crm.ts';

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
    facts: { 'next appointment': 'Thursday at ten' },
  },
  { id: 'c3', name: 'José Núñez', phone: '+15550100103', facts: {} },
  { id: 'c4', name: "Søren O'Neill", phone: '+15550100104', facts: {} },
  { id: 'c5', name: 'Ana Moreno Vidal', phone: '+15550100105', facts: {} },
];

const never = (): AbortSignal => new AbortController().signal;
const fired = (): AbortSignal => AbortSignal.abort();
const ids = (contacts: readonly Contact[]): string[] => contacts.map(({ id }) => id);
const message = { from: 'Ana Moreno', text: 'Please call back about the chairs.' };

/** Writes to what should not be ours to change; a frozen object refuses by throwing, which is as good. */
function tamper(change: () => void): void {
  try {
    change();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(TypeError);
  }
}

export function crmContract(adapter: string, open: (contacts: readonly Contact[]) => Promise<Crm>): void {
  describe(`${adapter} keeps the rules of a CRM`, () => {
    test('[CR1] a known number finds its contact, with every field', async () => {
      const crm = await open(CONTACTS);
      expect(await crm.findByPhone('+15550100102', never())).toMatchObject(CONTACTS[1]!);
    });

    test.each(['+15550100199', '+1555010010', '', 'anonymous', 'sip:ana@example.com'])(
      '[CR2] an unknown number finds nobody, and that is no error: "%s"',
      async (phone) => {
        const crm = await open(CONTACTS);
        expect(await crm.findByPhone(phone, never())).toBeUndefined();
      },
    );

    test.each([
      ['JOSE NUNEZ', 'c3'],
      ['josé núñez', 'c3'],
      ['jose\u0301 nun\u0303ez', 'c3'],
      ['  Jose   Nunez ', 'c3'],
      ['soren oneill', 'c4'],
      ['Søren O’Neill', 'c4'],
    ])('[CR3] case, accents, punctuation and spaces do not matter in a name: "%s"', async (name, id) => {
      const crm = await open(CONTACTS);
      expect(ids(await crm.findByName(name, 5, never()))).toEqual([id]);
    });

    test('[CR4] the best match comes first: the whole name, then whole words, then beginnings', async () => {
      const crm = await open(CONTACTS);
      expect(ids(await crm.findByName('ana moreno', 5, never()))).toEqual(['c2', 'c5']);
      expect(ids(await crm.findByName('moreno', 5, never()))).toEqual(['c2', 'c5', 'c1']);
    });

    test('[CR5] at most `limit` contacts come back, the best ones', async () => {
      const crm = await open(CONTACTS);
      expect(ids(await crm.findByName('moreno', 2, never()))).toEqual(['c2', 'c5']);
      expect(await crm.findByName('moreno', 0, never())).toEqual([]);
    });

    test.each(['', '   ', '-', '…', 'Zebedee', 'Ana Zebedee', '%', '.*', "' or 1=1 --"])(
      '[CR6] a name that nobody has, or that is none, finds nobody: "%s"',
      async (name) => {
        const crm = await open(CONTACTS);
        expect(await crm.findByName(name, 5, never())).toEqual([]);
      },
    );

    test('[CR7] a message comes back with an id, as it was given', async () => {
      const crm = await open(CONTACTS);
      const taken = await crm.takeMessage({ ...message, contactId: 'c2' }, 'key-1', never());
      expect(taken).toEqual({ ...message, contactId: 'c2', id: taken.id });
      expect(taken.id).not.toBe('');
    });

    test('[CR8] the same key is the same message, also with another text and also at the same time', async () => {
      const crm = await open(CONTACTS);
      const [first, twin] = await Promise.all([
        crm.takeMessage(message, 'key-1', never()),
        crm.takeMessage(message, 'key-1', never()),
      ]);
      const again = await crm.takeMessage({ from: 'x', text: 'y' }, 'key-1', never());
      expect(twin).toEqual(first);
      expect(again).toEqual(first);
    });

    test('[CR9] another key is another message, also with the same text', async () => {
      const crm = await open(CONTACTS);
      const first = await crm.takeMessage(message, 'key-1', never());
      const second = await crm.takeMessage(message, 'key-2', never());
      expect(second.id).not.toBe(first.id);
    });

    test('[CR10] a signal that has fired rejects with AbortError', async () => {
      const crm = await open(CONTACTS);
      const aborted = { name: 'AbortError' };
      await expect(crm.findByPhone('+15550100102', fired())).rejects.toMatchObject(aborted);
      await expect(crm.findByName('Ana', 5, fired())).rejects.toMatchObject(aborted);
      await expect(crm.takeMessage(message, 'key-1', fired())).rejects.toMatchObject(aborted);
    });

    test('[CR11] a message that was aborted before it was taken leaves its key free', async () => {
      const crm = await open(CONTACTS);
      await crm.takeMessage({ from: 'x', text: 'y' }, 'key-1', fired()).catch(() => undefined);
      expect(await crm.takeMessage(message, 'key-1', never())).toMatchObject(message);
    });

    test('[CR12] a result belongs to the asker: writing to it changes nothing for the next one', async () => {
      const crm = await open(CONTACTS);
      const contact = (await crm.findByPhone('+15550100102', never()))!;
      const found = await crm.findByName('Ana Moreno', 5, never());
      const taken = await crm.takeMessage(message, 'key-1', never());
      tamper(() => Object.assign(contact, { name: 'Eve' }));
      tamper(() => Object.assign(contact.facts, { 'next appointment': 'never' }));
      tamper(() => Object.assign(found, { length: 0 }));
      tamper(() => Object.assign(taken, { text: 'forged' }));
      expect(await crm.findByPhone('+15550100102', never())).toMatchObject(CONTACTS[1]!);
      expect(ids(await crm.findByName('Ana Moreno', 5, never()))).toEqual(['c2', 'c5']);
      expect(await crm.takeMessage(message, 'key-1', never())).toMatchObject(message);
    });

    test('[CR13] what was handed in belongs to the giver: writing to it later changes nothing', async () => {
      const given = structuredClone(CONTACTS) as Contact[];
      const crm = await open(given);
      const said = { ...message };
      await crm.takeMessage(said, 'key-1', never());
      Object.assign(given[1]!.facts, { 'next appointment': 'never' });
      Object.assign(given[1]!, { name: 'Eve' });
      given.length = 0;
      said.text = 'forged';
      expect(await crm.findByPhone('+15550100102', never())).toMatchObject(CONTACTS[1]!);
      expect(await crm.takeMessage(message, 'key-1', never())).toMatchObject(message);
    });
  });
}
