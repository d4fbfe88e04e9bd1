import { expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import { updateContact } from '../../../src/tools/built-in/update-contact.ts';
import { whoseToRead } from '../../../src/tools/built-in/whose.ts';
import { ADA, ADA_PHONE, CONTACTS, contextOf, memoryCrm, use } from '../rig.ts';

const STRANGER = '+15550100199';
const JOHN = CONTACTS[3]!;
const REGISTERED = { registered_name: 'Ada Moreno', registered_phone: ADA_PHONE };
const signal = new AbortController().signal;

test('what is given changes, and the rest stays; empty texts are left out', async () => {
  const context = contextOf();
  const { tell, about } = await use(
    updateContact,
    { name: '', email: ' ada@example.com ', phone: '', note: '', registered_name: '', registered_phone: '' },
    context,
  );
  expect(tell).toEqual({
    name: 'Ada Moreno',
    changed: ['e-mail address'],
    message: 'Changed in the records: e-mail address.',
  });
  expect(about).toBe(ADA.id);
  expect(await context.crm.findById(ADA.id, signal)).toEqual({ ...ADA, email: 'ada@example.com' });
});

test('everything at once', async () => {
  const context = contextOf();
  const changes = {
    name: 'Ada Vidal',
    email: 'ada@example.com',
    phone: '+1 555 010 0188',
    note: 'Has a dog.',
  };
  await use(updateContact, changes, context);
  expect(await context.crm.findById(ADA.id, signal)).toMatchObject({
    name: 'Ada Vidal',
    email: 'ada@example.com',
    phone: '+15550100188',
    facts: { ...ADA.facts, note: 'Has a dog.' },
  });
});

test('who has changed their number is known for the rest of the call, and mends a digit', async () => {
  const context = contextOf({ callId: callId('CA-moved') });
  await use(updateContact, { phone: '+15550100188' }, context);
  await use(updateContact, { phone: '+15550100189' }, context);
  await use(
    updateContact,
    { email: 'ada@example.com', ...REGISTERED, registered_phone: '+15550100189' },
    context,
  );
  expect(await whoseToRead({}, context)).toMatchObject({ own: true, contact: { id: ADA.id } });
  expect(await context.crm.findById(ADA.id, signal)).toMatchObject({
    phone: '+15550100189',
    email: 'ada@example.com',
  });
  for (const other of [{ callId: callId('CA-other') }, { caller: STRANGER }])
    await expect(use(updateContact, { phone: STRANGER }, { ...context, ...other })).rejects.toThrow(
      /not in the records/,
    );
});

test('a note is added to what the staff have noted; the same one stands there once', async () => {
  const crm = memoryCrm({ contacts: [{ ...ADA, facts: { note: 'Allergic to penicillin.' } }] });
  const context = contextOf({ crm });
  for (const note of ['Has a dog.', 'Has a dog.']) await use(updateContact, { note }, context);
  const contact = await crm.findById(ADA.id, signal);
  expect(contact?.facts).toEqual({ note: 'Allergic to penicillin. Has a dog.' });
});

test('a full note is not cut: nothing changes', async () => {
  const crm = memoryCrm({ contacts: [{ ...ADA, facts: { note: 'x'.repeat(990) } }] });
  const update = use(updateContact, { note: 'Has a dog.', email: 'ada@example.com' }, contextOf({ crm }));
  await expect(update).rejects.toThrow(/note on this person is full/);
  expect(await crm.findById(ADA.id, signal)).not.toHaveProperty('email');
});

test('a phone number that another person has is refused; one’s own is no change to refuse', async () => {
  const context = contextOf();
  await expect(use(updateContact, { phone: JOHN.phone }, context)).rejects.toThrow(/under another person/);
  expect((await use(updateContact, { phone: ADA_PHONE }, context)).tell['changed']).toEqual(['phone number']);
});

test('somebody else needs the registered name and phone, both fitting', async () => {
  const context = contextOf({ caller: STRANGER });
  const note = 'Moves in May.';
  for (const registered of [
    {},
    { registered_name: 'Ada Moreno' },
    { registered_phone: ADA_PHONE },
    { registered_name: 'John Smith', registered_phone: ADA_PHONE },
  ])
    await expect(use(updateContact, { note, ...registered }, context)).rejects.toMatchObject({
      code: 'TOOL_ARGUMENTS_INVALID',
    });
  expect(await context.crm.findById(ADA.id, signal)).toEqual(ADA);
  await use(updateContact, { note, registered_name: 'Ada Moreno', registered_phone: ADA_PHONE }, context);
  expect(await context.crm.findById(ADA.id, signal)).toEqual({ ...ADA, facts: { ...ADA.facts, note } });
});

test.each([STRANGER, JOHN.phone!, 'anonymous'])(
  'whoever knows a name and a number does not take the entry over: %s',
  async (caller) => {
    const context = contextOf({ caller });
    for (const change of [{ phone: STRANGER }, { email: 'mine@example.com' }, { name: 'Ada Mine' }])
      for (const more of [{}, { note: 'Has a dog.' }])
        await expect(use(updateContact, { ...change, ...more, ...REGISTERED }, context)).rejects.toThrow(
          /only in a call from the number that is registered/,
        );
    expect(await context.crm.findById(ADA.id, signal)).toEqual(ADA);
  },
);

test('a caller whom the CRM knows by a second number changes their own entry, and names the first one or not', async () => {
  const crm = memoryCrm();
  const context = contextOf({
    caller: STRANGER,
    crm: { ...crm, findByPhone: (phone) => crm.findByPhone(phone === STRANGER ? ADA_PHONE : phone, signal) },
  });
  for (const [nth, registered] of [{}, REGISTERED].entries()) {
    const email = `new-${nth}@example.com`;
    await use(updateContact, { email, ...registered }, context);
    expect(await crm.findById(ADA.id, signal)).toMatchObject({ email });
  }
});

test.each([{}, { name: ' ', note: ' ' }])('nothing to change is said: %j', async (args) => {
  await expect(use(updateContact, args, contextOf())).rejects.toThrow(/Nothing was given to change/);
});

test.each([
  { email: 'ada at example dot com' },
  { phone: '12' },
  { note: 'x'.repeat(501) },
  { name: 'x'.repeat(101) },
])('what cannot be is refused before anything is asked: %j', async (args) => {
  await expect(updateContact.accept(args)).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
});
