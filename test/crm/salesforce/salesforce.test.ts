import { describe, expect, onTestFinished, test } from 'vitest';
import { createSalesforceCrm } from '../../../src/crm/salesforce/salesforce.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { NOW_MS } from '../../contracts/crm-world.ts';
import { CLIENT_ID, CLIENT_SECRET, USER_ID } from '../../doubles/salesforce/login.ts';
import { REMARK } from '../../doubles/salesforce/world.ts';
import { KEY_FIELD, salesforce } from './rig.ts';

const go = (): AbortSignal => new AbortController().signal;
const DAY_MS = 86_400_000;
const message = { kind: 'message', title: 'Call back', text: 'Please.', from: 'Ana, +15550100102' } as const;
const wish = (contactId: string) => ({
  contactId,
  startsAtMs: NOW_MS + 30 * DAY_MS,
  minutes: 30,
  about: 'a filling',
});

describe('a contact in Salesforce', () => {
  test.each([
    ['+15550100101', 'Anna Morenova'],
    ['+15550100103', 'José Núñez'],
    ['+15550100104', "Søren O'Neill"],
    ['+15550100105', 'Ana Moreno Vidal'],
  ])('is found by %s, however the staff typed it', async (phone, name) => {
    const { crm } = await salesforce({ onTestFinished });
    expect(await crm.findByPhone(phone, go())).toMatchObject({ name, phone });
  });

  test('tells nothing of what the staff remarked, and a change leaves the remark as it was', async (context) => {
    const { crm, standIn, id } = await salesforce(context);
    const told = [
      await crm.findByPhone('+15550100102', go()),
      await crm.findByName('ana', 5, go()),
      await crm.objectsOf(id('c2'), 'order', 5, go()),
      await crm.updateContact(id('c2'), { facts: { likes: 'noon' } }, go()),
    ];
    expect(JSON.stringify(told)).not.toContain(REMARK);
    const row = standIn.records.all('Contact').find(({ Id }) => Id === id('c2'))!;
    expect(String(row['Description']).split(REMARK)).toHaveLength(3);
    expect(row['Description']).toContain('likes: noon');
  });

  test.each([
    ['MobilePhone', '+15550100102'],
    ['Phone', '(555) 010-0102'],
    ['HomePhone', '+1 555 010 0102 ext. 7'],
    ['Phone', '1 (555) 0100-102'],
  ])('that shares its number, as %s %s, is not found by it', async (field, typed) => {
    const { crm, standIn } = await salesforce({ onTestFinished });
    expect(await crm.findByPhone('+15550100102', go())).toMatchObject({ name: 'Ana Moreno' });
    standIn.records.seed('Contact', { LastName: 'Other', [field]: typed });
    expect(await crm.findByPhone('+15550100102', go())).toBeUndefined();
  });

  test('with an extension is not found by what stands before it', async (context) => {
    const { crm, standIn } = await salesforce(context);
    standIn.records.seed('Contact', { LastName: 'Other', Phone: '+1 312-555-0123 x7' });
    expect(await crm.findByPhone('+13125550123', go())).toBeUndefined();
  });

  test.each([
    ['US', '+442125550123'],
    [undefined, '+12125550123'],
    ['GB', '+12125550123'],
  ] as const)(
    'without a country, where numbers are of %s, is not who calls from %s',
    async (country, phone) => {
      const { crm, standIn } = await salesforce({ onTestFinished }, { country });
      standIn.records.seed('Contact', { LastName: 'Other', Phone: '(212) 555-0123' });
      expect(await crm.findByPhone(phone, go())).toBeUndefined();
    },
  );
});

describe('an appointment in Salesforce', () => {
  test('is an event in the calendar of the user whom we act for', async (context) => {
    const { crm, standIn, id } = await salesforce(context);
    const { id: made } = await crm.bookAppointment(wish(id('c2')), 'k1', go());
    expect(standIn.records.all('Event').find(({ Id }) => Id === made)).toMatchObject({
      OwnerId: USER_ID,
      WhoId: id('c2'),
      Subject: 'a filling',
      DurationInMinutes: 30,
    });
    await crm.cancelAppointment(made, go());
    expect(standIn.records.all('Event').find(({ Id }) => Id === made)).toMatchObject({ IsDeleted: true });
  });

  test.each([
    { of: 'of somebody else', fields: { OwnerId: '005000000000002AAA' } },
    { of: 'that leaves its time free', fields: { ShowAs: 'Free' } },
  ])('may overlap one $of', async ({ fields }) => {
    const { crm, standIn, id } = await salesforce({ onTestFinished });
    const StartDateTime = new Date(wish('').startsAtMs).toISOString();
    standIn.records.seed('Event', {
      OwnerId: USER_ID,
      Subject: 'x',
      StartDateTime,
      DurationInMinutes: 30,
      ...fields,
    });
    expect(await crm.bookAppointment(wish(id('c2')), 'k1', go())).toMatchObject({ status: 'booked' });
  });

  test('that was cancelled is not booked again under its key', async (context) => {
    const { crm, id } = await salesforce(context, { keyField: KEY_FIELD });
    const booked = await crm.bookAppointment(wish(id('c2')), 'k1', go());
    await crm.cancelAppointment(booked.id, go());
    expect(await crm.bookAppointment(wish(id('c2')), 'k1', go())).toEqual({ ...booked, status: 'cancelled' });
    expect(await crm.appointmentsOf(id('c2'), wish('').startsAtMs, go())).toEqual([]);
  });

  test.each([undefined, KEY_FIELD])(
    'is never one of two at a time, from two nodes (key field %s)',
    async (keyField) => {
      const options = keyField === undefined ? {} : { keyField };
      const { crm, standIn, id } = await salesforce({ onTestFinished }, options);
      const other = createSalesforceCrm({
        loginUrl: standIn.url,
        clientId: CLIENT_ID,
        by: { clientSecret: CLIENT_SECRET },
        clock: systemClock,
        ...options,
      });
      await Promise.all([crm.check(go()), other.check(go())]);
      const results = await Promise.allSettled([
        crm.bookAppointment(wish(id('c1')), 'k1', go()),
        other.bookAppointment(wish(id('c2')), 'k2', go()),
      ]);
      const booked = results.filter(({ status }) => status === 'fulfilled');
      expect(booked.length).toBeLessThanOrEqual(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CRM_CONFLICT' });
      const living = standIn.records
        .all('Event')
        .filter(({ IsDeleted, Subject }) => IsDeleted === false && Subject === 'a filling');
      expect(living).toHaveLength(booked.length);
    },
  );

  test.each([undefined, KEY_FIELD])(
    'gives way to one that came between the look and the writing, and its key is not used up (key field %s)',
    async (keyField) => {
      const options = keyField === undefined ? {} : { keyField };
      const { crm, standIn, id } = await salesforce({ onTestFinished }, options);
      const StartDateTime = new Date(wish('').startsAtMs).toISOString();
      let rival: string | undefined;
      const comesBetween = ({ method }: { method: string }): boolean => {
        if (method === 'PATCH' || method === 'POST')
          rival ??= standIn.records.seed('Event', { OwnerId: USER_ID, StartDateTime, DurationInMinutes: 30 });
        return false;
      };
      await crm.check(go());
      standIn.plan({ is: 'silent' }, { when: comesBetween });
      const booking = (): Promise<unknown> => crm.bookAppointment(wish(id('c2')), 'k1', go());
      await expect(booking()).rejects.toMatchObject({ code: 'CRM_CONFLICT' });
      expect(await crm.appointmentsOf(id('c2'), wish('').startsAtMs, go())).toEqual([]);
      standIn.records.delete('Event', rival!);
      expect(await booking()).toMatchObject({ status: 'booked' });
    },
  );

  test('that cannot be withdrawn is in doubt, and says which', async (context) => {
    const { crm, standIn, id } = await salesforce(context);
    const StartDateTime = new Date(wish('').startsAtMs).toISOString();
    await crm.check(go());
    const comesBetween = ({ method }: { method: string }): boolean => {
      if (method === 'POST')
        standIn.records.seed('Event', { OwnerId: USER_ID, StartDateTime, DurationInMinutes: 30 });
      return false;
    };
    standIn.plan({ is: 'silent' }, { when: comesBetween });
    const body = [{ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY', message: 'no' }];
    standIn.plan({ is: 'answers', status: 400, body }, { when: ({ method }) => method === 'DELETE' });
    await expect(crm.bookAppointment(wish(id('c2')), 'k1', go())).rejects.toMatchObject({
      code: 'CRM_IN_DOUBT',
      message: expect.stringMatching(/event 00U\w+ could not be withdrawn/) as string,
    });
  });
});

describe('an object in Salesforce', () => {
  test('is made once under its key, and what the staff did since is not undone', async (context) => {
    const { crm, standIn } = await salesforce(context, { keyField: KEY_FIELD });
    const made = await crm.createObject({ ...message, kind: 'ticket' }, 'k1', go());
    standIn.records.change('Case', made.id, { Status: 'Closed' });
    expect(await crm.createObject({ ...message, kind: 'ticket' }, 'k1', go())).toEqual({
      ...made,
      status: 'Closed',
    });
    expect(standIn.records.all('Case').find(({ Id }) => Id === made.id)).toMatchObject({ Status: 'Closed' });
  });

  test('is found without the zeros that its number begins with', async (context) => {
    const { crm, standIn } = await salesforce(context);
    standIn.records.seed('Order', { OrderNumber: '00000101', Name: 'a lamp', Status: 'Activated' });
    for (const number of ['101', '00101', '0000-0101', '00000101'])
      expect(await crm.findObject('order', number, go()), number).toMatchObject({ title: 'a lamp' });
    expect(await crm.findObject('order', '1010', go())).toBeUndefined();
  });

  test.each([
    { messagesAs: 'task', type: 'Task', status: 'Not Started', who: 'WhoId' },
    { messagesAs: 'case', type: 'Case', status: 'New', who: 'ContactId' },
  ] as const)('is a $type where messages are to be such', async ({ messagesAs, type, status, who }) => {
    const { crm, standIn, id } = await salesforce({ onTestFinished }, { messagesAs });
    const made = await crm.createObject({ ...message, contactId: id('c2') }, 'k1', go());
    expect(made).toMatchObject({ kind: 'message', status, contactId: id('c2') });
    expect(standIn.records.all(type).find(({ Id }) => Id === made.id)).toMatchObject({
      Subject: 'Call back',
      Description: 'Please.\r\n\r\nFrom: Ana, +15550100102',
      Status: status,
      [who]: id('c2'),
    });
  });

  test('is not made for a contact that is not there', async (context) => {
    const { crm, id, standIn } = await salesforce(context);
    standIn.records.delete('Contact', id('c3'));
    for (const contactId of [id('c3'), '003000000000999AAA', 'nobody', "' OR Id != '"])
      for (const kind of ['message', 'ticket'] as const)
        await expect(crm.createObject({ ...message, kind, contactId }, 'k', go())).rejects.toMatchObject({
          code: 'CRM_UNKNOWN',
        });
  });
});

test('a call is a completed task as telephony writes it, once under its key', async (context) => {
  const { crm, standIn, id } = await salesforce(context, { keyField: KEY_FIELD });
  const log = {
    callId: 'CA1',
    contactId: id('c2'),
    from: '+15550100102',
    to: '+15550100100',
    direction: 'inbound',
    startedAtMs: NOW_MS,
    durationMs: 61_500,
    outcome: 'caller-hung-up',
    summary: 'Ana asked for her night guard.',
    recordingUrl: 'https://example.com/r/1',
  } as const;
  await crm.logCall(log, go());
  await crm.logCall(log, go());
  expect(standIn.records.all('Task').filter(({ TaskSubtype }) => TaskSubtype === 'Call')).toMatchObject([
    {
      Subject: 'Call: caller-hung-up',
      Status: 'Completed',
      CallType: 'Inbound',
      CallDurationInSeconds: 62,
      CallObject: 'CA1',
      ActivityDate: '2026-06-10',
      WhoId: id('c2'),
      Description:
        'Ana asked for her night guard.\r\n\r\nFrom +15550100102 to +15550100100\r\nRecording: https://example.com/r/1',
    },
  ]);
});
