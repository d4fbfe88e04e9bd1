// The rules of orders, tickets, messages and call logs in a CRM.
import { expect, test } from 'vitest';
import type { CallLog, CrmObject, NewObject } from '../../src/crm/crm.ts';
import { anaIn, annaIn, failing, go, refused, tame, type CrmRig } from './crm-rig.ts';
import { HOSTILE, NOW_MS, OBJECTS, WORLD } from './crm-world.ts';

const MADE = [
  ['ticket', 'new-tickets', 'tickets'],
  ['message', 'new-messages', 'messages'],
] as const;
const READ = [
  ['order', 'orders'],
  ['ticket', 'tickets'],
  ['message', 'messages'],
] as const;

const draft = (kind: NewObject['kind'], contactId?: string): NewObject => ({
  kind,
  contactId,
  title: 'Call back',
  text: 'Please call back about the chairs.',
  from: 'Ana Moreno, +15550100102',
});
const numbers = (objects: readonly CrmObject[]): string[] => objects.map(({ number }) => number);

export function objectRules({ open, has, withFacts }: CrmRig): void {
  for (const [kind, lack] of READ)
    if (!has(lack))
      test(`[CR30] it has no ${lack} to read, and says so`, async (context) => {
        const crm = await open(WORLD, context);
        const list = crm.objectsOf(await anaIn(crm), kind, 5, go());
        await expect(list).rejects.toEqual(failing('CRM_UNSUPPORTED'));
        await expect(crm.findObject(kind, 'X-1', go())).rejects.toEqual(failing('CRM_UNSUPPORTED'));
      });

  if (has('orders')) {
    test('[CR31] orders come newest first, at most `limit`, of this contact alone', async (context) => {
      const crm = await open(WORLD, context);
      const ana = await anaIn(crm);
      const found = await crm.objectsOf(ana, 'order', 5, go());
      expect(numbers(found)).toEqual(['HD-2044', 'HD-2042', 'HD-2040']);
      const { title, facts } = OBJECTS[2]!;
      expect(found[0]).toMatchObject({ kind: 'order', contactId: ana, title, ...withFacts(facts) });
      expect(found[0]?.status).not.toBe('');
      expect(numbers(await crm.objectsOf(ana, 'order', 2, go()))).toEqual(['HD-2044', 'HD-2042']);
      expect(await crm.objectsOf(ana, 'order', 0, go())).toEqual([]);
      for (const id of ['nobody', ...HOSTILE])
        expect(await crm.objectsOf(id, 'order', 5, go()), id).toEqual([]);
    });

    test('[CR32] a number is found however it is spelt, and only the whole of it', async (context) => {
      const crm = await open(WORLD, context);
      const order = await crm.findObject('order', 'HD-2043', go());
      expect(order).toMatchObject({ number: 'HD-2043', title: 'a retainer', contactId: await annaIn(crm) });
      for (const spelt of ['hd-2043', 'HD2043', ' hd 20 43 ', 'Hd - 2043', 'h-d-2-0-4-3'])
        expect(await crm.findObject('order', spelt, go()), spelt).toEqual(order);
      for (const other of ['2043', 'HD-204', 'HD-20433', 'HD-204_', 'HD%', '-', ' '])
        expect(await crm.findObject('order', other, go()), other).toBeUndefined();
    });
  }

  if (has('orders') && has('tickets'))
    test('[CR33] one kind is not another', async (context) => {
      const crm = await open(WORLD, context);
      expect(await crm.findObject('ticket', 'HD-2043', go())).toBeUndefined();
      const tickets = await crm.objectsOf(await anaIn(crm), 'ticket', 5, go());
      expect(tickets.map(({ title }) => title)).toEqual(['The invoice is wrong']);
    });

  for (const [kind, lackMade, lackRead] of MADE) {
    if (!has(lackMade)) {
      test(`[CR34] no ${kind} can be made, and it says so`, async (context) => {
        const crm = await open(WORLD, context);
        const make = crm.createObject(draft(kind), 'k1', go());
        await expect(make).rejects.toEqual(failing('CRM_UNSUPPORTED'));
      });
      continue;
    }

    test(`[CR35] a ${kind} comes back with an id and a number, as it was given`, async (context) => {
      const crm = await open(WORLD, context);
      const ana = await anaIn(crm);
      const made = await crm.createObject(draft(kind, ana), 'k1', go());
      expect(made).toMatchObject({ kind, contactId: ana, title: 'Call back' });
      const other = await crm.createObject(draft(kind), 'k2', go());
      expect(other.contactId).toBeUndefined();
      for (const field of ['id', 'number'] as const) {
        expect(made[field]).not.toBe('');
        expect(other[field]).not.toBe(made[field]);
      }
      if (!has(lackRead)) return;
      expect(await crm.findObject(kind, made.number.toLowerCase(), go())).toEqual(made);
      expect((await crm.objectsOf(ana, kind, 1, go()))[0]).toEqual(made);
    });

    test(`[CR36] the words of a ${kind} stay words, or are refused`, async (context) => {
      const crm = await open(WORLD, context);
      for (const [i, text] of HOSTILE.entries()) {
        const asked = { ...draft(kind), title: `About ${text}`, text, from: text };
        const made = await crm.createObject(asked, `k${i}`, go()).catch(refused);
        if (made !== undefined) expect(tame(made.title)).toBe(tame(asked.title));
      }
    });
  }
}

export function callRules({ open, has }: CrmRig): void {
  const log = (contactId?: string): CallLog => ({
    callId: 'CA1',
    contactId,
    from: '+15550100102',
    to: '+15550100100',
    direction: 'inbound',
    startedAtMs: NOW_MS,
    durationMs: 61_500,
    outcome: 'caller-hung-up',
    summary: 'Ana asked when her night guard can be picked up.',
    recordingUrl: 'https://example.com/r/1',
  });

  if (!has('calls')) {
    test('[CR40] it keeps no calls, and says so', async (context) => {
      const crm = await open(WORLD, context);
      await expect(crm.logCall(log(), go())).rejects.toEqual(failing('CRM_UNSUPPORTED'));
    });
    return;
  }

  test('[CR41] a call is logged, twice without harm, and also one of nobody known', async (context) => {
    const crm = await open(WORLD, context);
    const ana = await anaIn(crm);
    await crm.logCall(log(ana), go());
    await crm.logCall(log(ana), go());
    await crm.logCall({ ...log(), callId: 'CA2', recordingUrl: undefined }, go());
    for (const [i, text] of HOSTILE.entries())
      await crm.logCall({ ...log(ana), callId: `CA3-${i}`, summary: text }, go()).catch(refused);
  });
}
