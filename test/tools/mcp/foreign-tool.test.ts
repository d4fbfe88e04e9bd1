// The arguments of a foreign tool, whatever its fields are called.
import { describe, expect, test } from 'vitest';
import { foreignTool } from '../../../src/tools/mcp/foreign-tool.ts';

describe('what a foreign tool accepts', () => {
  const string = { type: 'string' };
  const accept = (parameters: object, given: unknown) =>
    foreignTool(
      { name: 'x', description: 'x', does: 'looks', parameters: { type: 'object', ...parameters } },
      { timeoutMs: 1, run: () => Promise.reject(new Error('not called')) },
    ).accept(given);
  const names = ['toString', 'constructor', 'valueOf', 'hasOwnProperty'];
  const odd = Object.fromEntries(names.map((name) => [name, string]));

  test.each([undefined, {}, { inner: {} }, { list: [{}] }])(
    'a field named as what objects inherit is not there unless it is given: %j',
    async (given) => {
      const inner = { type: 'object', properties: odd };
      const properties = { ...odd, inner, list: { type: 'array', items: inner } };
      expect(await accept({ properties }, given)).toEqual(given ?? {});
    },
  );

  test('and is asked for, taken and checked like any other', async () => {
    const parameters = { properties: odd, required: ['constructor'] };
    await expect(accept(parameters, {})).rejects.toThrow(/^constructor: /);
    await expect(accept(parameters, { constructor: 4 })).rejects.toThrow(/^constructor: /);
    expect(await accept(parameters, { constructor: 'Lotus' })).toEqual({ constructor: 'Lotus' });
  });
});
