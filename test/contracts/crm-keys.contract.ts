// The rules of doing a thing once in a CRM, and of leaving off when nobody waits any more.
import { expect, test } from 'vitest';
import type { Crm } from '../../src/crm/crm.ts';
import { ABORTED, anaIn, booking, go, type CrmRig, type Lack } from './crm-rig.ts';
import { NOW_MS, WORLD } from './crm-world.ts';

interface Creation {
  readonly what: string;
  readonly needs: readonly Lack[];
  readonly make: (
    crm: Crm,
    contactId: string,
    key: string,
    signal: AbortSignal,
  ) => Promise<{ readonly id: string }>;
}

const draft = { title: 'Call back', text: 'Please.', from: 'Ana' };
const CREATIONS: readonly Creation[] = [
  {
    what: 'contact',
    needs: ['writing-contacts'],
    make: (crm, _, key, signal) => crm.createContact({ name: 'Zora Kim' }, key, signal),
  },
  {
    what: 'appointment',
    needs: ['appointments', 'booking'],
    make: (crm, contactId, key, signal) => crm.bookAppointment(booking(contactId), key, signal),
  },
  {
    what: 'ticket',
    needs: ['new-tickets'],
    make: (crm, contactId, key, signal) =>
      crm.createObject({ kind: 'ticket', contactId, ...draft }, key, signal),
  },
  {
    what: 'message',
    needs: ['new-messages'],
    make: (crm, contactId, key, signal) =>
      crm.createObject({ kind: 'message', contactId, ...draft }, key, signal),
  },
];

export function keyRules({ open, traits, has }: CrmRig): void {
  for (const { what, needs, make } of CREATIONS) {
    if (!needs.every(has)) continue;

    if (traits.keepsKeys) {
      test(`[CR50] the same key is the same ${what}, also at the same time`, async (context) => {
        const crm = await open(WORLD, context);
        const ana = await anaIn(crm);
        const all = await Promise.all(Array.from({ length: 6 }, () => make(crm, ana, 'k1', go())));
        for (const one of [...all, await make(crm, ana, 'k1', go())]) expect(one).toEqual(all[0]);
        if (what === 'contact') expect(await crm.findByName('zora kim', 5, go())).toEqual([all[0]]);
        if (what === 'ticket' && has('tickets'))
          expect(await crm.objectsOf(ana, 'ticket', 9, go())).toHaveLength(2);
      });

      if (what !== 'appointment')
        test(`[CR54] another key is another ${what}`, async (context) => {
          const crm = await open(WORLD, context);
          const ana = await anaIn(crm);
          const [one, two] = [await make(crm, ana, 'k1', go()), await make(crm, ana, 'k2', go())];
          expect(two.id).not.toBe(one.id);
        });
    }

    test(`[CR51] once the signal has fired no ${what} is made, and its key is free`, async (context) => {
      const crm = await open(WORLD, context);
      const ana = await anaIn(crm);
      await expect(make(crm, ana, 'k1', AbortSignal.abort())).rejects.toEqual(ABORTED);
      if (what === 'contact') expect(await crm.findByName('zora kim', 5, go())).toEqual([]);
      if (what === 'appointment')
        expect((await crm.appointmentsOf(ana, NOW_MS, go())).some(({ about }) => about === 'a filling')).toBe(
          false,
        );
      expect((await make(crm, ana, 'k1', go())).id).not.toBe('');
    });
  }

  if (traits.keepsKeys)
    test('[CR52] a key is of one kind of thing alone', async (context) => {
      const crm = await open(WORLD, context);
      const ana = await anaIn(crm);
      const able = CREATIONS.filter(({ needs }) => needs.every(has));
      const made = [];
      // A ticket and a message are both objects, and nobody asks for both under one key.
      for (const { what, make } of able)
        if (what !== 'message') made.push((await make(crm, ana, 'k1', go())).id);
      expect(new Set(made).size).toBe(made.length);
    });
}

export function signalRules({ open, has }: CrmRig): void {
  test('[CR53] once the signal has fired nothing is asked', async (context) => {
    const crm = await open(WORLD, context);
    const ana = await anaIn(crm);
    const off = AbortSignal.abort();
    const asked: (() => Promise<unknown>)[] = [
      () => crm.check(off),
      () => crm.findByPhone('+15550100102', off),
      () => crm.findByEmail('ana@example.com', off),
      () => crm.findById(ana, off),
      () => crm.findByName('ana', 5, off),
    ];
    if (has('writing-contacts')) asked.push(() => crm.updateContact(ana, { name: 'Eve' }, off));
    if (has('appointments')) asked.push(() => crm.appointmentsOf(ana, 0, off));
    if (has('appointments') && has('booking')) asked.push(() => crm.cancelAppointment('a1', off));
    if (has('orders')) asked.push(() => crm.objectsOf(ana, 'order', 5, off));
    if (has('orders')) asked.push(() => crm.findObject('order', 'HD-2042', off));
    for (const ask of asked) await expect(ask(), String(ask)).rejects.toEqual(ABORTED);
    expect(await crm.findById(ana, go())).toMatchObject({ name: 'Ana Moreno' });
  });
}
