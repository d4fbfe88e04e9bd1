import { describe, expect, test } from 'vitest';
import { lookUpContact } from '../../../src/tools/built-in/look-up-contact.ts';
import { ADA, ADA_PHONE, CONTACTS, contextOf, memoryCrm, use } from '../rig.ts';

const lookUp = async (args: object, caller: string = ADA_PHONE) =>
  (await use(lookUpContact, args, contextOf({ caller }))).tell;

const ada = {
  found: 1,
  name: 'Ada Moreno',
  facts: ADA.facts,
  message: "The call comes from this person's own number.",
};

test.each([[{}], [{ phone: '' }], [{ phone: '  ', name: '' }], [{ name: ' ' }]])(
  'with no argument, or empty ones, it looks up the caller: %j',
  async (args) => expect(await lookUp(args)).toEqual(ada),
);

test('by phone number, as people write it', async () => {
  expect(await lookUp({ phone: '+1 (555) 010-0123' })).toEqual(ada);
});

test('by e-mail address, whatever its case', async () => {
  const crm = memoryCrm({ contacts: [{ ...ADA, phone: undefined, email: 'ada@example.com' }] });
  const { tell } = await use(lookUpContact, { email: 'ADA@example.com', name: '' }, contextOf({ crm }));
  // Somebody without a number is nobody's own.
  expect(tell).toMatchObject({
    found: 1,
    name: ADA.name,
    message: expect.stringMatching(/be sure/) as string,
  });
});

test('by name, and the whole name wins over longer ones', async () => {
  expect(await lookUp({ name: 'ada moreno' })).toEqual(ada);
});

test('the number wins over the name; a number that nobody has gives way to it', async () => {
  expect(await lookUp({ phone: ADA.phone, name: 'John Smith' })).toEqual(ada);
  expect(await lookUp({ phone: '+15550100199', name: 'Ada Moreno' })).toEqual(ada);
});

test('facts of somebody else than the caller come with a warning to be sure of them first', async () => {
  const told = await lookUp({ name: 'Ada Moreno' }, '+15550100199');
  expect(told).toMatchObject({ found: 1, name: 'Ada Moreno' });
  expect(told['message']).toMatch(/does not come from this person's number: be sure/);
});

describe('several people', () => {
  test('it asks which, in words', async () => {
    expect(await lookUp({ name: 'Moreno' })).toEqual({
      found: 3,
      names: ['Ada Moreno', 'Adam Moreno', 'Ada Morenova'],
      message: 'Several people fit. Ask the caller which of them is meant, then look up that full name.',
    });
  });

  test('of one name: it asks for the number', async () => {
    const told = await lookUp({ name: 'John Smith' });
    expect(told).toMatchObject({ found: 2, names: ['John Smith'] });
    expect(told['message']).toContain('Ask for the phone number');
  });
});

test.each([
  ['this number', { phone: '+15550100199' }, ADA.phone],
  ['this name', { name: 'Zebedee' }, ADA.phone],
  ['this number', {}, '+15550100199'],
  ['withheld', {}, 'anonymous'],
  ['withheld', {}, ''],
])(
  'an empty look-up says so in words and says not to ask again: %s, %j, caller %s',
  async (what, args, caller) => {
    const told = await lookUp(args, caller);
    expect(told).toMatchObject({ found: 0 });
    expect(told['message']).toContain(what);
    expect(told['message']).toContain('Do not look this up again');
  },
);

test('somebody of whom nothing is known does not look like an empty result', async () => {
  expect((await lookUp({ name: 'Adam' }))['message']).toContain(
    'Nothing more is known of them; do not look again.',
  );
});

test('a number without its country is refused with words to mend it', async () => {
  await expect(lookUp({ phone: '010 0123' })).rejects.toMatchObject({
    code: 'TOOL_ARGUMENTS_INVALID',
    message: expect.stringContaining('phone: expected the whole number with its country code') as string,
  });
});

test('no id of the CRM is ever told', async () => {
  const told = await Promise.all([lookUp({}), lookUp({ name: 'Moreno' }), lookUp({ name: 'John Smith' })]);
  for (const { id } of CONTACTS) expect(JSON.stringify(told)).not.toContain(id);
});
