import { describe, expect, test } from 'vitest';
import { toolNames, toolsNamed } from '../../src/tools/catalogue.ts';

test('the built-ins, in the order that was asked for', () => {
  const named = toolsNamed(['end_call', 'look_up_contact', 'take_message']);
  expect(named.map((tool) => tool.declaration.name)).toEqual(['end_call', 'look_up_contact', 'take_message']);
  expect([...toolNames].sort()).toEqual(['end_call', 'look_up_contact', 'take_message']);
  expect(toolsNamed([])).toEqual([]);
});

test('an unknown one is named, with those that there are', () => {
  expect(() => toolsNamed(['end_call', 'make_coffee'])).toThrow(
    expect.objectContaining({
      code: 'TOOL_UNKNOWN',
      message: 'there is no tool "make_coffee"; there are look_up_contact, take_message, end_call',
    }),
  );
  expect(() => toolsNamed(['constructor'])).toThrow(/there is no tool "constructor"/);
});

test('how its calls are treated goes into the declaration of this agent’s tool alone', () => {
  const [patient] = toolsNamed([{ name: 'end_call', behavior: 'non-blocking', scheduling: 'silent' }]);
  expect(patient?.declaration).toMatchObject({ behavior: 'non-blocking', scheduling: 'silent' });
  const [plain] = toolsNamed(['end_call']);
  expect(plain?.declaration).toEqual({ ...patient?.declaration, behavior: undefined, scheduling: undefined });
});

describe.each(toolsNamed(toolNames).map((tool) => [tool.declaration.name, tool] as const))(
  '%s is fit for the Live API',
  (name, { declaration }) => {
    test('its name, its words, and a schema with described fields and no additionalProperties', () => {
      expect(name).toMatch(/^[a-z][a-z_]{0,63}$/);
      expect(declaration.description.length).toBeGreaterThan(20);
      expect(JSON.stringify(declaration)).not.toMatch(/additionalProperties|\$schema|anyOf/);
      const fields = Object.values(declaration.parameters['properties'] as Record<string, object>);
      expect(fields.length).toBeGreaterThan(0);
      for (const field of fields) expect(field).toHaveProperty('description');
    });
  },
);
