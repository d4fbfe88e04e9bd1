import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextRefused } from '../../../src/carrier/text-refused.ts';
import { sendText } from '../../../src/tools/built-in/send-text.ts';
import { ADA, ADA_PHONE, contextOf, listeningTexts, memoryCrm, use } from '../rig.ts';

const CALLED = '+15550100100';
const BODY = 'Harbour Dental, 1 Quay Street.';

test('it goes to the number that calls, from the number that was called', async () => {
  const texts = listeningTexts();
  const { tell } = await use(sendText, { body: BODY, to_registered_number: false }, contextOf({ texts }));
  expect(texts.sent).toEqual([{ from: CALLED, to: ADA_PHONE, body: BODY }]);
  expect(tell['message']).toContain('on its way');
});

test('a number that the model names goes nowhere', async () => {
  const texts = listeningTexts();
  const args = { body: BODY, to: '+449011234567', phone: '+449011234567', from: '+15550100111' };
  await use(sendText, args, contextOf({ texts }));
  expect(texts.sent).toEqual([{ from: CALLED, to: ADA_PHONE, body: BODY }]);
});

test.each(['anonymous', '', 'sip:ada@example.com', 'client:ada', '911'])(
  'a caller without a number gets none: "%s"',
  async (caller) => {
    const texts = listeningTexts();
    await expect(use(sendText, { body: BODY }, contextOf({ texts, caller }))).rejects.toThrow(/withheld/);
    expect(texts.sent).toEqual([]);
  },
);

test('a line without a number sends none', async () => {
  const texts = listeningTexts();
  const called = 'sip:desk@example.com';
  await expect(use(sendText, { body: BODY }, contextOf({ texts, called }))).rejects.toMatchObject({
    code: 'CARRIER_REFUSED',
  });
  expect(texts.sent).toEqual([]);
});

describe('the number in the records', () => {
  /** Ada calls from another number of hers than the one that is shown. */
  const knownAs = (phone: string | undefined) => {
    const crm = memoryCrm();
    return { ...crm, findByPhone: () => Promise.resolve({ ...ADA, phone }) };
  };
  const send = async (phone: string | undefined, numbers: { caller?: string; called?: string } = {}) => {
    const texts = listeningTexts();
    const context = contextOf({ texts, crm: knownAs(phone), ...numbers });
    const outcome = await use(sendText, { body: BODY, to_registered_number: true }, context).catch(String);
    return { to: texts.sent.map(({ to }) => to), outcome };
  };

  test('is used when it is of the caller’s country or of ours', async () => {
    expect((await send('+12025550188', { caller: '+12025550143' })).to).toEqual(['+12025550188']);
    expect(
      (await send('+447400123456', { caller: '+442079460000', called: '+12025550100' })).to,
    ).toHaveLength(1);
    expect((await send('+12025550143', { caller: '+442079460000', called: '+12025550100' })).to).toHaveLength(
      1,
    );
  });

  test('is used when it is the one that calls, of whatever country', async () => {
    expect((await send(ADA_PHONE)).to).toEqual([ADA_PHONE]);
    expect((await send('+447700900123', { caller: '+447700900123' })).to).toEqual(['+447700900123']);
  });

  test('is not used when nobody can tell the country of the call: +1 555 is of any in North America', async () => {
    expect((await send('+18765551234')).to).toEqual([]); // Jamaica
    expect((await send('+15550100188')).to).toEqual([]);
    expect((await send('+15550100188', { caller: '+12025550143', called: '+12025550100' })).to).toEqual([]);
  });

  test('is not used unless it is asked for', async () => {
    const texts = listeningTexts();
    const context = contextOf({ texts, crm: knownAs('+12025550188') });
    await use(sendText, { body: BODY, to_registered_number: false }, context);
    await use(sendText, { body: BODY }, context);
    expect(texts.sent.map(({ to }) => to)).toEqual([ADA_PHONE, ADA_PHONE]);
  });

  test.each([
    ['another country', '+4915112345678', '+12025550143'],
    ['another country of the same code', '+18765551234', '+12025550143'], // Jamaica
    ['a country that does not exist', '+999123456789', '+12025550143'],
    ['what is no number', 'call the office', '+12025550143'],
    ['nothing', undefined, '+12025550143'],
  ])('is not used when it is of %s', async (_, phone, caller) => {
    const { to, outcome } = await send(phone, { caller, called: '+12025550100' });
    expect(to).toEqual([]);
    expect(outcome).toMatch(/number they call from/);
  });

  test('of a caller whom nobody knows there is none', async () => {
    const texts = listeningTexts();
    const context = contextOf({ texts, caller: '+15550100199' });
    await expect(use(sendText, { body: BODY, to_registered_number: true }, context)).rejects.toThrow(
      /no number for the caller/,
    );
  });
});

describe('the words', () => {
  test.each([
    ['a\u0000b\u0007c', 'a b c'],
    ['line\r\nline\rline\nline', 'line\nline\nline\nline'],
    ['  a\tb  ', 'a b'],
    ['a\u0085b\u009fc', 'a b c'],
    ['half a \ud83d', 'half a \ufffd'],
    ['👩‍👧 äöü', '👩‍👧 äöü'],
  ])('%j are sent as %j', async (body, sent) => {
    expect(await sendText.accept({ body })).toEqual({ body: sent });
  });

  const nasty = fc.constantFrom(
    ...['a', ' ', '\u0000', '\t', '\r', '\n', '\u007f', '\u0085', '\ud83d', '\ude00', 'é', '👩', '\u200d'],
  );
  test('whatever is taken is short, whole and without control characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nasty, { maxLength: 600 }), async (parts) => {
        const body = parts.join('');
        const accepted = await sendText.accept({ body }).catch(() => undefined);
        if (accepted === undefined) return;
        const taken = String(accepted['body']);
        expect(taken.length).toBeGreaterThan(0);
        expect(taken.length).toBeLessThanOrEqual(480);
        expect(taken).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
        expect(taken.isWellFormed()).toBe(true);
      }),
    );
  });

  test.each([{}, { body: '' }, { body: ' \n ' }, { body: 'x'.repeat(481) }, { body: 7 }])(
    'none, or too many, are refused: %j',
    async (args) => {
      await expect(sendText.accept(args)).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
    },
  );
});

test('what the carrier says is not hidden', async () => {
  const refused = new TextRefused('opted-out', 'STOP');
  const texts = { send: () => Promise.reject(refused) };
  await expect(use(sendText, { body: BODY }, contextOf({ texts }))).rejects.toBe(refused);
});
