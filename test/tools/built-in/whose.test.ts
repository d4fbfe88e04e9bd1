import { describe, expect, test } from 'vitest';
import { messageOf } from '../../../src/base/errors.ts';
import type { Contact, Crm } from '../../../src/crm/crm.ts';
import { ToolRefusal } from '../../../src/tools/refusal.ts';
import {
  isCalling,
  knownToChange,
  warning,
  whoseToChange,
  whoseToRead,
} from '../../../src/tools/built-in/whose.ts';
import { ADA, ADA_PHONE, CONTACTS, contextOf, memoryCrm } from '../rig.ts';

const STRANGER = '+15550100199';
const JOHN = CONTACTS[3]!;
/** Somebody without a number, as a CRM may have. */
const NUMBERLESS: Contact = {
  id: 'id-of-nobody',
  name: 'Nora Numberless',
  email: 'nora@example.com',
  facts: {},
};
/** A family, with twins of one name. */
const SHARED = '+15550100177';
const sharer = (id: string, name: string, email?: string): Contact => ({
  ...{ id, name, phone: SHARED, facts: {} },
  ...(email && { email }),
});
const PAUL = sharer('paul', 'Paul Pair', 'paul@example.com');
const PAULA = sharer('paula', 'Paula Pair');
const PAULA_MARIA = sharer('paula-maria', 'Paula Maria Pair');
const FAMILY = [PAUL, PAULA, PAULA_MARIA, sharer('tim', 'Tim Twin'), sharer('tom', 'Tim Twin')];
const crm = memoryCrm({ contacts: [...CONTACTS, NUMBERLESS, ...FAMILY] });
const calledBy = (caller: string) => contextOf({ crm, caller });

describe('reading', () => {
  test.each([
    [{}, ADA_PHONE, ADA, true],
    [{ phone: ADA_PHONE }, ADA_PHONE, ADA, true],
    [{ name: 'Ada Moreno' }, ADA_PHONE, ADA, true],
    [{ phone: ADA_PHONE }, STRANGER, ADA, false],
    [{ name: 'Ada Moreno' }, STRANGER, ADA, false],
    [{ email: 'NORA@example.com' }, ADA_PHONE, NUMBERLESS, false],
    [{ phone: STRANGER, email: 'nora@example.com' }, ADA_PHONE, NUMBERLESS, false],
    [{ phone: STRANGER, name: 'nora' }, ADA_PHONE, NUMBERLESS, false],
    // Neither has a number, and that makes them nobody's own.
    [{ name: 'Nora Numberless' }, 'anonymous', NUMBERLESS, false],
    [{ email: 'nora@example.com' }, 'anonymous', NUMBERLESS, false],
  ])('%j asked for by %s', async (identity, caller, contact, own) => {
    expect(await whoseToRead(identity, calledBy(caller))).toEqual({ is: 'one', contact, own });
  });

  test.each([
    [{ name: 'Paul Pair' }, PAUL],
    [{ email: 'paul@example.com' }, PAUL],
  ])('a number that two share is the own one of neither: %j', async (identity, contact) => {
    const found = await whoseToRead(identity, calledBy(SHARED));
    expect(found).toEqual({ is: 'one', contact, own: false });
    expect(await isCalling(contact, calledBy(SHARED))).toBe(false);
  });

  test('an e-mail address, a name and another number are their own also from a second number that the CRM knows', async () => {
    const second: Crm = { ...crm, findByPhone: () => Promise.resolve(NUMBERLESS) };
    const context = contextOf({ crm: second, caller: STRANGER });
    for (const identity of [{ email: 'nora@example.com' }, { name: 'Nora Numberless' }, { phone: ADA_PHONE }])
      expect(await whoseToRead(identity, context)).toMatchObject({ own: true });
  });

  test('a CRM that knows a second number of the caller has found their own entry', async () => {
    const second = { ...crm, findByPhone: () => Promise.resolve(ADA) };
    expect(await whoseToRead({}, contextOf({ crm: second, caller: STRANGER }))).toMatchObject({ own: true });
  });

  test.each([
    [{}, 'anonymous', /withheld/],
    [{}, STRANGER, /this number/],
    [{ phone: STRANGER }, ADA_PHONE, /this number/],
    [{ email: 'nobody@example.com' }, ADA_PHONE, /this e-mail address/],
    [{ name: 'Zebedee' }, ADA_PHONE, /this name/],
  ])('nobody: %j asked for by %s', async (identity, caller, words) => {
    const found = await whoseToRead(identity, calledBy(caller));
    expect(found).toMatchObject({
      is: 'ask',
      tell: { found: 0, message: expect.stringMatching(words) as string },
    });
  });

  test('the warning stands beside what is not told to its owner', () => {
    expect(warning(false)).toContain('be sure that you speak with them');
    expect(warning(true)).not.toContain('be sure');
  });
});

describe('changing', () => {
  test.each([
    [{}, ADA_PHONE, ADA],
    [{ name: 'ada' }, ADA_PHONE, ADA],
    [{ name: 'Ada Maria Moreno' }, ADA_PHONE, ADA],
    [{ phone: ADA_PHONE }, ADA_PHONE, ADA],
    [{ name: 'Ada Moreno', phone: ADA_PHONE }, STRANGER, ADA],
    [{ name: 'ADA MORENO', phone: ADA_PHONE }, 'anonymous', ADA],
    [{ name: 'John Smith', phone: JOHN.phone }, ADA_PHONE, JOHN],
    [{ name: 'Jane Doe', phone: STRANGER }, ADA_PHONE, undefined],
    [{}, STRANGER, undefined],
    [{ name: 'Ada Moreno' }, STRANGER, undefined],
    [{}, 'anonymous', undefined],
    [{ name: 'Ada Moreno' }, 'anonymous', undefined],
    // A number that several share.
    [{}, SHARED, undefined],
    [{ name: 'Jane Doe' }, SHARED, undefined],
    [{ name: 'Ada Moreno' }, SHARED, undefined],
    [{ name: 'paul pair' }, SHARED, PAUL],
    [{ name: 'Paul Pair', phone: SHARED }, SHARED, PAUL],
    [{ name: 'Paul Pair', phone: SHARED }, STRANGER, PAUL],
    [{ name: 'Paul Pair', phone: SHARED }, 'anonymous', PAUL],
    [{ name: 'Paula Pair', phone: SHARED }, ADA_PHONE, PAULA],
    [{ name: 'Maria Pair' }, SHARED, PAULA_MARIA],
  ])('%j by %s', async (identity, caller, contact) => {
    expect(await whoseToChange(identity, calledBy(caller))).toEqual(contact);
  });

  test.each([
    [{ phone: JOHN.phone }, ADA_PHONE, /both the full name and the phone/],
    [{ phone: ADA_PHONE }, 'anonymous', /both the full name and the phone/],
    [{ name: 'Ada Moreno', phone: JOHN.phone }, STRANGER, /with this name and this phone number together/],
    // What is guessed at once is no proof: a first name, it twice, beginnings.
    [{ name: 'Ada', phone: ADA_PHONE }, STRANGER, /together/],
    [{ name: 'Ada ada', phone: ADA_PHONE }, STRANGER, /together/],
    [{ name: 'A M', phone: ADA_PHONE }, STRANGER, /together/],
    [{ name: 'Ada Moreno Vidal', phone: ADA_PHONE }, STRANGER, /together/],
    [{ name: '-', phone: ADA_PHONE }, STRANGER, /together/],
    [{ name: 'John Smith' }, ADA_PHONE, /under another name/],
    [{ name: 'John Smith', phone: ADA_PHONE }, ADA_PHONE, /under another name/],
    // A number that several share.
    [{ name: 'Paul' }, SHARED, /Ask for the full name/],
    [{ name: 'Pair' }, SHARED, /Ask for the full name/],
    [{ name: 'Paul', phone: SHARED }, STRANGER, /together/],
    [{ phone: SHARED }, STRANGER, /both the full name and the phone/],
    [{ name: 'Tim Twin' }, SHARED, /Several people fit this name/],
    [{ name: 'Tim Twin', phone: SHARED }, STRANGER, /Several people fit this name/],
  ])('%j by %s is refused', async (identity, caller, words) => {
    const outcome = whoseToChange(identity, calledBy(caller));
    await expect(outcome).rejects.toThrow(ToolRefusal);
    await expect(outcome).rejects.toThrow(words);
  });

  test.each([
    [{}, STRANGER, /not in the records/],
    [{ name: 'Ada Moreno' }, 'anonymous', /both the full name and the phone/],
    [{ name: 'Jane Doe', phone: STRANGER }, ADA_PHONE, /together/],
  ])('what only a known contact has: %j by %s', async (identity, caller, words) => {
    await expect(knownToChange(identity, calledBy(caller))).rejects.toThrow(words);
  });

  test('a number that is nobody’s and a name that does not fit sound alike: neither tells who is a customer', async () => {
    const words = async (identity: object): Promise<string> =>
      knownToChange(identity, calledBy(STRANGER)).then(String, (thrown: unknown) => messageOf(thrown));
    expect(await words({ name: 'Jane Doe', phone: ADA_PHONE })).toBe(
      await words({ name: 'Jane Doe', phone: '+15550100188' }),
    );
  });
});
