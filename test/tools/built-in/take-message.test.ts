import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { takeMessage } from '../../../src/tools/built-in/take-message.ts';
import { ADA, contextOf, listeningCrm, use } from '../rig.ts';

test('the message is written down with who left it, and the model is told so', async () => {
  const crm = listeningCrm();
  const result = await use(takeMessage, { message: ' Call me back. ', name: 'Ada' }, contextOf({ crm }));
  expect(crm.taken).toEqual([
    {
      message: {
        kind: 'message',
        title: `Message from Ada, ${ADA.phone}`,
        contactId: ADA.id,
        from: `Ada, ${ADA.phone}`,
        text: 'Call me back.',
      },
      key: 'CA1/take_message/1',
    },
  ]);
  expect(result.tell['message']).toContain('written down');
  expect(result.then).toBeUndefined();
});

test.each(['anonymous', '+15550100199'])(
  'a caller whom nobody knows may leave one too: %s',
  async (caller) => {
    const crm = listeningCrm();
    await use(takeMessage, { message: 'Hello.', name: '' }, contextOf({ crm, caller }));
    expect(crm.taken[0]!.message).toMatchObject({ contactId: undefined, from: caller, text: 'Hello.' });
  },
);

test('a look-up that fails does not lose the message', async () => {
  const crm = listeningCrm();
  crm.findByPhone = () => Promise.reject(new LivelineError('CRM_UNAVAILABLE', 'down'));
  await use(takeMessage, { message: 'Hello.' }, contextOf({ crm }));
  expect(crm.taken).toHaveLength(1);
});

test('cancelled before it is written down, nothing is', async () => {
  const crm = listeningCrm();
  const signal = AbortSignal.abort();
  await expect(use(takeMessage, { message: 'Hello.' }, contextOf({ crm, signal }))).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test.each([{}, { message: '' }, { message: '   ' }])('an empty message is refused: %j', async (args) => {
  await expect(use(takeMessage, args, contextOf())).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
});
