import { expect, test } from 'vitest';
import { findOrder } from '../../../src/tools/built-in/find-order.ts';
import { ADA_PHONE, CONTACTS, contextOf, memoryCrm, order, use } from '../rig.ts';

const JOHN = CONTACTS[3]!;
const crm = memoryCrm({
  objects: [
    order('A-1001', { title: 'A lamp' }),
    order('A-1002', { contactId: JOHN.id, title: 'A desk', facts: { note: 'x'.repeat(5_000) } }),
    order('A-1003', { contactId: undefined }),
    order('T-1', { kind: 'ticket' }),
    ...['A-1004', 'A-1005', 'A-1006'].map((number) => order(number)),
  ],
});
const find = async (args: object, caller: string = ADA_PHONE) =>
  (await use(findOrder, args, contextOf({ crm, caller }))).tell;

test('by its number, as people say it', async () => {
  expect(await find({ number: ' a 1001 ' })).toEqual({
    found: 1,
    orders: [{ number: 'A-1001', title: 'A lamp', status: 'on its way', facts: { arrives: 'on Friday' } }],
    message: "The call comes from this person's own number.",
  });
});

test.each([
  ['A-1002', ADA_PHONE], // John's
  ['A-1003', ADA_PHONE], // nobody's
  ['A-1003', '+15550100199'],
  ['A-1003', 'anonymous'],
  ['A-1001', 'anonymous'],
])('somebody else’s comes with the warning: %s asked for by %s', async (number, caller) => {
  const told = await find({ number }, caller);
  expect(told).toMatchObject({
    found: 1,
    message: expect.stringContaining('be sure that you speak') as string,
  });
  expect(JSON.stringify(told).length).toBeLessThan(1_000);
});

test.each([[{}], [{ number: '' }], [{ number: ' ' }]])(
  'without a number the caller’s latest three, the newest first: %j',
  async (args) => {
    const told = await find(args);
    expect(told).toMatchObject({
      found: 3,
      orders: [{ number: 'A-1006' }, { number: 'A-1005' }, { number: 'A-1004' }],
    });
    expect(JSON.stringify(told)).not.toContain('id-of');
  },
);

test.each([
  [{ number: 'A-9' }, ADA_PHONE, /No order has this number/],
  [{ number: 'T-1' }, ADA_PHONE, /No order has this number/], // a ticket's
  [{}, CONTACTS[4]!.phone!, /no order in the records/],
  [{}, '+15550100199', /Ask for the number of the order/],
  [{}, 'anonymous', /Ask for the number of the order/],
])('none: %j asked for by %s', async (args, caller, words) => {
  expect(await find(args, caller)).toMatchObject({
    found: 0,
    message: expect.stringMatching(words) as string,
  });
});
