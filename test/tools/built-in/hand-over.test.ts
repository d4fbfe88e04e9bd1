import { expect, test } from 'vitest';
import { toWireSchema } from '../../../src/live/gemini/schema.ts';
import { ToolRefusal } from '../../../src/tools/refusal.ts';
import { handOver } from '../../../src/tools/built-in/hand-over.ts';
import { withAgents } from '../../../src/tools/built-in/with-places.ts';
import { toolsOf } from '../../doubles/tools-of.ts';
import { contextOf, use } from '../rig.ts';

const AGENTS = [
  { name: 'billing', description: 'Invoices', spoken: 'billing' },
  { name: 'repairs', description: 'Broken things', spoken: 'repairs' },
];
const args = { agent: 'billing', reason: 'An invoice is wrong.' };

test('the model names an agent; the call gets it with the reason', async () => {
  const result = await use(handOver(AGENTS), args, contextOf());
  expect(result.then).toEqual({ type: 'handOver', ...args });
  expect(result.tell['message']).toMatch(/handed over .* one short sentence .* say nothing more/);
});

test('the model is told of the names and of what each is for', () => {
  const schema = toWireSchema({ model: 'any', tool: 'hand_over' }, handOver(AGENTS).declaration.parameters);
  expect(schema?.properties?.['agent']).toEqual({
    type: 'STRING',
    enum: ['billing', 'repairs'],
    description: 'To whom. billing: Invoices; repairs: Broken things',
  });
  expect(schema?.required).toEqual(['agent', 'reason']);
});

test.each(['Harbour Billing', '', 7, undefined])(
  'as an agent %j is sent back with the names',
  async (agent) => {
    await expect(use(handOver(AGENTS), { ...args, agent }, contextOf())).rejects.toMatchObject({
      code: 'TOOL_ARGUMENTS_INVALID',
      message: expect.stringContaining('agent: expected one of billing, repairs') as string,
    });
  },
);

test('without a reason the other agent would know nothing; too long a one is cut', async () => {
  await expect(use(handOver(AGENTS), { ...args, reason: ' ' }, contextOf())).rejects.toMatchObject({
    message: expect.stringContaining('reason: expected some text') as string,
  });
  const { then } = await use(handOver(AGENTS), { ...args, reason: 'x'.repeat(5_000) }, contextOf());
  expect(then).toMatchObject({ reason: 'x'.repeat(300) });
});

test('who was handed on too often is not, in words; nor where there is nobody', async () => {
  let left = 1;
  const tool = handOver(AGENTS, () => left);
  expect((await use(tool, args, contextOf())).then).toBeDefined();
  left = 0;
  await expect(use(tool, args, contextOf())).rejects.toThrow(/too often.*Help them yourself/);
  await expect(use(handOver([]), args, contextOf())).rejects.toThrow(ToolRefusal);
});

test('what the profile has set of it stays, and other tools are as they were', async () => {
  const tools = toolsOf([
    { is: 'named', name: 'end_call' },
    { is: 'named', name: 'hand_over', timeoutMs: 700, announce: 'One moment.' },
  ]);
  const [end, made] = withAgents(tools, AGENTS, () => 0);
  expect(end).toBe(tools[0]);
  expect(made).toMatchObject({ timeoutMs: 700 });
  expect(made?.declaration.description).toMatch(/One moment/);
  expect(JSON.stringify(made?.declaration.parameters)).toContain('repairs');
  await expect(use(made!, args, contextOf())).rejects.toThrow(/too often/);
});
