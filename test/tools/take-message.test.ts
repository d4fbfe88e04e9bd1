import { expect, test } from 'vitest';
import { callId, toolCallId } from '../../src/base/ids.ts';
import { LivelineError } from '../../src/base/errors.ts';
import { takeMessage } from '../../src/tools/take-message.ts';
import { ADA, contextOf, listeningCrm } from './rig.ts';

test('the message is written down with who left it, and the model is told so', async () => {
  const crm = listeningCrm();
  const result = await takeMessage.run({ message: ' Call me back. ', name: 'Ada' }, contextOf({ crm }));
  expect(crm.taken).toEqual([
    {
      message: { contactId: ADA.id, from: `Ada, ${ADA.phone}`, text: 'Call me back.' },
      key: 'CA1/fc-1',
    },
  ]);
  expect(result.tell['message']).toContain('written down');
  expect(result.then).toBeUndefined();
});

test.each(['anonymous', '+15550100199'])(
  'a caller whom nobody knows may leave one too: %s',
  async (caller) => {
    const crm = listeningCrm();
    await takeMessage.run({ message: 'Hello.', name: '' }, contextOf({ crm, caller }));
    expect(crm.taken[0]!.message).toEqual({ contactId: undefined, from: caller, text: 'Hello.' });
  },
);

test('the key is the function call within its phone call', async () => {
  const crm = listeningCrm();
  const take = (call: string, id: string) =>
    takeMessage.run(
      { message: 'Hello.' },
      contextOf({ crm, callId: callId(call), toolCallId: toolCallId(id) }),
    );
  await take('CA1', 'fc-1');
  await take('CA1', 'fc-1');
  await take('CA1', 'fc-2');
  await take('CA2', 'fc-1');
  expect(new Set(crm.taken.map(({ key }) => key)).size).toBe(3);
  expect(crm.taken[0]!.key).toBe(crm.taken[1]!.key);
});

test('a look-up that fails does not lose the message', async () => {
  const crm = listeningCrm();
  crm.findByPhone = () => Promise.reject(new LivelineError('CRM_UNAVAILABLE', 'down'));
  await takeMessage.run({ message: 'Hello.' }, contextOf({ crm }));
  expect(crm.taken).toHaveLength(1);
});

test('cancelled before it is written down, nothing is', async () => {
  const crm = listeningCrm();
  const signal = AbortSignal.abort();
  await expect(takeMessage.run({ message: 'Hello.' }, contextOf({ crm, signal }))).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test.each([{}, { message: '' }, { message: '   ' }])('an empty message is refused: %j', async (args) => {
  await expect(takeMessage.run(args, contextOf())).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
});
