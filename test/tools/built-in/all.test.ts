import { expect, test } from 'vitest';
import { BUILT_INS } from '../../../src/tools/built-in/all.ts';
import { toWireSchema } from '../../../src/live/gemini/schema.ts';
import { contextOf, use } from '../rig.ts';

test('every name comes once, as the Live API takes it', () => {
  const names = BUILT_INS.map(({ declaration }) => declaration.name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z_]{0,63}$/);
});

test.each(BUILT_INS.map((tool) => [tool.declaration.name, tool] as const))(
  '%s: the Live API can be told of it, field by field, in one level',
  (name, { declaration }) => {
    const schema = toWireSchema({ model: 'any', tool: name }, declaration.parameters);
    const fields = Object.values(schema?.properties ?? {});
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields) {
      expect(['STRING', 'INTEGER', 'BOOLEAN']).toContain(field.type);
      expect(field.description).toMatch(/\w+/);
      expect(field).not.toHaveProperty('enum');
    }
  },
);

test.each(BUILT_INS.map((tool) => [tool.declaration.name, tool] as const))(
  '%s: a CRM that is cut off or a caller who hangs up is an error, and no answer that pretends',
  async (_, tool) => {
    const args = {
      ...{ message: 'Hello.', subject: 'Lamp', details: 'It flickers.', email: 'ada@example.com' },
      ...{ date: '2026-11-26', time: '09:30', about: 'Check-up', body: 'Hello.' },
    };
    const context = contextOf({ signal: AbortSignal.abort() });
    const outcome = await use(tool, args, context).then(
      ({ then }) => then?.type,
      () => 'error',
    );
    const needNoCrm: Record<string, string> = { end_call: 'hangUp', take_voicemail: 'voicemail' };
    expect(outcome).toBe(needNoCrm[tool.declaration.name] ?? 'error');
  },
);

test('what acts says so, and what only looks does not', () => {
  const acting = BUILT_INS.filter(({ effect }) => effect !== undefined).map(
    ({ declaration }) => declaration.name,
  );
  expect(acting).toEqual([
    'update_contact',
    'book_appointment',
    'cancel_appointment',
    'create_ticket',
    'take_message',
    'send_text',
    'opt_out',
    'record_outcome',
    'call_back',
  ]);
});
