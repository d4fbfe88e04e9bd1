import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { createTicket } from '../../../src/tools/built-in/create-ticket.ts';
import { ADA, ADA_PHONE, contextOf, listeningCrm, use } from '../rig.ts';

const FAULT = { subject: 'The lamp flickers', details: 'The lamp of order A-1001 flickers since Monday.' };

test('it is opened under the effect key, and its number is told', async () => {
  const crm = listeningCrm();
  const { tell } = await use(createTicket, { ...FAULT, name: 'Ada' }, contextOf({ crm, effectKey: 'key-1' }));
  expect(crm.taken).toEqual([
    {
      message: {
        kind: 'ticket',
        contactId: ADA.id,
        title: FAULT.subject,
        text: FAULT.details,
        from: `Ada, ${ADA_PHONE}`,
      },
      key: 'key-1',
    },
  ]);
  expect(tell['number']).toMatch(/\d/);
  expect(tell['message']).toContain(String(tell['number']));
});

test('a caller whom nobody knows, or who cannot be looked up, opens one too', async () => {
  const crm = listeningCrm();
  await use(createTicket, FAULT, contextOf({ crm, caller: 'anonymous' }));
  crm.findByPhone = () => Promise.reject(new LivelineError('CRM_UNAVAILABLE', 'down'));
  await use(createTicket, FAULT, contextOf({ crm }));
  expect(crm.taken.map(({ message }) => message.contactId)).toEqual([undefined, undefined]);
});

test('a CRM that does not take it is not hidden', async () => {
  const crm = listeningCrm();
  crm.createObject = () => Promise.reject(new LivelineError('CRM_IN_DOUBT', 'no answer'));
  await expect(use(createTicket, FAULT, contextOf({ crm }))).rejects.toMatchObject({ code: 'CRM_IN_DOUBT' });
});

test.each([
  {},
  { ...FAULT, subject: ' ' },
  { ...FAULT, details: '' },
  { ...FAULT, subject: 'x'.repeat(151) },
])('without its words there is no ticket: %j', async (args) => {
  await expect(createTicket.accept(args)).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
});
