// A caller who types their card is handed to another agent in the middle: nobody gets what was typed.
import { expect, test, vi } from 'vitest';
import { profileOf } from '../desk.ts';
import { CARD, entries, HOW_MUCH, leaks, openTill, PAY, sinks, tonesUp } from './till.ts';

vi.setConfig({ testTimeout: 90_000 });

test('handed to another agent in the middle of an entry', async (context) => {
  const hand = { name: 'hand_over', args: { agent: 'second', reason: 'a bill' } };
  const till = await openTill(context, {
    profile: 'hand_over_to: { second: { agent: Second, description: Bills } }',
    files: {
      'second.yaml': profileOf('tools: [end_call]')
        .replace('name: Desk', 'name: Second')
        .replace("numbers: '*'", "numbers: ['+15550100199']"),
    },
    script: {
      name: 'till',
      greeting: { say: 'Hello.' },
      turns: [{ steps: [{ say: HOW_MUCH }, { call: PAY, wait: false }, { pause: '3s' }, { call: hand }] }],
      otherwise: { steps: [{ say: 'What else?' }] },
    },
  });
  const call = till.place();
  await till.opened(call);
  await till.type(call, CARD.slice(0, 10));
  await vi.waitFor(() => expect(till.told(call, 'handed-over')).toHaveLength(1), { timeout: 30_000 });
  expect(entries(till, call)[0]).toMatch(/^cancelled \d+$/);
  call.hangUp();
  await call.done;
  expect(till.paid).toEqual([]);
  const all = await sinks(till, call, till.dataDir);
  expect(leaks(all, CARD)).toEqual([]);
  expect(tonesUp(till)).toBe('');
});
