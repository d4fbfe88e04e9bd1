import { expect, test } from 'vitest';
import { callCommand, commandAnswer } from '../../src/console/call-commands.ts';
import { commandsOf, WHY_NOT } from '../../src/console/commands.ts';
import { callId } from '../../src/base/ids.ts';
import { id, incoming, rig } from '../call/rig.ts';

const over = JSON.parse(JSON.stringify({ callId: id, act: 'hang-up' })) as unknown;

test('acts are carried out on the call that they name', () => {
  const all = rig({
    destinations: { billing: { to: '+15550100199', description: 'Invoices.' } },
  });
  all.answered();
  const commands = commandsOf(all.switchboard);
  const look = { callId: id, act: 'look' } as const;
  const destinations = [{ name: 'billing', spoken: 'billing' }];
  expect(commands.carryOut(look)).toEqual({
    ok: true,
    now: { listen: null, takeOver: null, transfer: null, operator: null, destinations },
  });
  expect(commands.carryOut({ callId: id, act: 'whisper', text: 'A member.', answer: false })).toEqual({
    ok: true,
  });
  expect(all.live.last.informed).toEqual(['A member.']);
  expect(commands.carryOut({ callId: id, act: 'transfer', destination: 'the_moon' })).toEqual({
    fault: 'no-such-destination',
  });
  expect(commands.carryOut({ callId: id, act: 'transfer', destination: 'billing' })).toEqual({ ok: true });
  expect(all.afterStream().do).toBe('dial');
  expect(commands.carryOut({ callId: id, act: 'transfer', destination: 'billing' })).toEqual({
    fault: 'elsewhere',
  });
  expect(commandAnswer.parse(commands.carryOut(look))).toMatchObject({
    now: { takeOver: 'elsewhere', transfer: 'elsewhere' },
  });
  expect(commands.carryOut(callCommand.parse(over))).toEqual({ ok: true });
  expect(all.ended).toMatchObject({ reason: 'operator-hung-up' });
  expect(commands.carryOut(callCommand.parse(over))).toEqual({ fault: 'no-such-call' });
});

test('a caller whom an operator hangs up on is hung up on', () => {
  const all = rig();
  all.answered();
  commandsOf(all.switchboard).carryOut({ callId: id, act: 'hang-up' });
  expect(all.afterStream()).toEqual({ do: 'hang-up' });
});

test('a call that nobody knows is named so, and every fault has words', () => {
  const { switchboard } = rig();
  const answer = commandsOf(switchboard).carryOut({ callId: callId('CA7'), act: 'hang-up' });
  expect(commandAnswer.parse(answer)).toEqual({ fault: 'no-such-call' });
  for (const words of Object.values(WHY_NOT)) expect(words).toMatch(/\w+ \w+/);
  switchboard.answer(incoming);
  expect(switchboard.operator(id)).toBeDefined();
});
