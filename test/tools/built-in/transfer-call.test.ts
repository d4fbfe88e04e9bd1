import { expect, test } from 'vitest';
import { toWireSchema } from '../../../src/live/gemini/schema.ts';
import { ToolRefusal } from '../../../src/tools/refusal.ts';
import type { Place } from '../../../src/tools/built-in/places.ts';
import { callBack } from '../../../src/tools/built-in/call-back.ts';
import { takeVoicemail } from '../../../src/tools/built-in/take-voicemail.ts';
import { transferCall } from '../../../src/tools/built-in/transfer-call.ts';
import { withPlaces } from '../../../src/tools/built-in/with-places.ts';
import { toolsOf } from '../../doubles/tools-of.ts';
import { contextOf, tell, use } from '../rig.ts';

const NIGHT_MS = Date.parse('2026-11-24T03:00:00Z');
const byDay = (epochMs: number): boolean => epochMs < NIGHT_MS;
const PLACES: readonly Place[] = [
  { name: 'billing', description: 'Invoices and payments', spoken: 'Billing', isOpenAt: byDay },
  { name: 'front_desk', description: 'Everything else', spoken: 'the front desk' },
];
const args = { destination: 'billing', reason: 'Wrong invoice', briefing: 'Ada was charged twice.' };
const wire = (places: readonly Place[]) =>
  toWireSchema({ model: 'any', tool: 'transfer_call' }, transferCall(places).declaration.parameters);

test('the model names a destination; the call gets it with reason and briefing, once it was announced', async () => {
  const result = await use(transferCall(PLACES), args, contextOf());
  expect(result.then).toEqual({ type: 'transfer', ...args });
  expect(result.tell['message']).toMatch(/connected with Billing .* one short sentence .* say nothing more/);
});

test('the model is told of the names and of what each is for, and of nothing else of them', () => {
  const schema = wire(PLACES);
  expect(schema?.properties?.['destination']).toEqual({
    type: 'STRING',
    enum: ['billing', 'front_desk'],
    description: 'With whom. billing: Invoices and payments; front_desk: Everything else',
  });
  expect(schema?.required).toEqual(['destination', 'reason', 'briefing']);
});

test.each(['+19005550100', 'sip:evil@example.com', 'Billing', '', 7, undefined])(
  'as a destination %j is sent back with the names that there are',
  async (destination) => {
    await expect(use(transferCall(PLACES), { ...args, destination }, contextOf())).rejects.toMatchObject({
      code: 'TOOL_ARGUMENTS_INVALID',
      message: expect.stringContaining('destination: expected one of billing, front_desk') as string,
    });
  },
);

test.each(['reason', 'briefing'])('without a %s the person would know nothing', async (field) => {
  await expect(use(transferCall(PLACES), { ...args, [field]: '  ' }, contextOf())).rejects.toMatchObject({
    message: expect.stringContaining(`${field}: expected some words`) as string,
  });
});

test('closed now: the model is told, and what is open instead', async () => {
  const night = contextOf({ epochMs: NIGHT_MS });
  expect((await tell(transferCall(PLACES), args, night))['message']).toBe(
    'Nobody is there at billing at this time of day. Tell the caller. ' +
      'Open now: front_desk. Offer one of these if it fits, or what else you can do.',
  );
  expect((await tell(transferCall(PLACES.slice(0, 1)), args, night))['message']).toContain(
    'Nobody else is there either',
  );
  await expect(use(transferCall(PLACES), args, night)).rejects.toBeInstanceOf(ToolRefusal);
  const other = await use(transferCall(PLACES), { ...args, destination: 'front_desk' }, night);
  expect(other.then).toMatchObject({ destination: 'front_desk' });
});

test('without places the schema is still one that the API takes, and nobody is connected', async () => {
  expect(wire([])?.properties?.['destination']).toEqual({ type: 'STRING', description: 'With whom.' });
  for (const destination of ['billing', '+12025550111', ''])
    await expect(use(transferCall([]), { ...args, destination }, contextOf())).rejects.toBeInstanceOf(
      ToolRefusal,
    );
});

test('with the places of its profile a tool is still set as the profile has it', async () => {
  const listed = toolsOf([
    { is: 'named', name: 'end_call' },
    { is: 'named', name: 'transfer_call', timeoutMs: 700, announce: 'One moment.', behavior: 'blocking' },
    { is: 'named', name: 'take_voicemail' },
  ]);
  const [end, transfer, voicemail] = withPlaces(listed, PLACES);
  expect([end, voicemail]).toEqual([listed[0], listed[2]]);
  expect(transfer).toMatchObject({ timeoutMs: 700, declaration: { behavior: 'blocking' } });
  expect(transfer?.declaration.description).toMatch(
    /^Connects the caller .* say in your own words: "One moment\."$/,
  );
  expect(transfer?.declaration.parameters).toEqual(transferCall(PLACES).declaration.parameters);
  expect((await use(transfer!, args, contextOf())).then).toMatchObject({ destination: 'billing' });
  await expect(use(listed[1]!, args, contextOf())).rejects.toBeInstanceOf(ToolRefusal);
  expect(transfer?.effect).toBeUndefined();
});

test('a callback is to one of the places too, and is still done once', () => {
  const [given] = withPlaces([{ ...callBack([]), timeoutMs: 900 }], PLACES);
  expect(given).toMatchObject({ timeoutMs: 900, effect: {} });
  expect(given?.declaration).toEqual(callBack(PLACES).declaration);
});

test.each([{}, { reason: 'they would rather speak themselves' }])('to the voicemail: %j', async (given) => {
  const result = await use(takeVoicemail, given, contextOf());
  expect(result.then).toEqual({ type: 'voicemail' });
  expect(result.tell['message']).toMatch(/after the beep; then say nothing more/);
});
