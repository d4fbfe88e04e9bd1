// <Refer> over loopback sockets.
import { afterEach, expect, test } from 'vitest';
import { closeRigs, networkRig } from './network-rig.ts';

afterEach(closeRigs);

const DESK = 'sip:desk@example.com';
const REFER = `<Refer action="/referred"><Sip>${DESK}</Sip></Refer>`;

test.each([
  ['answers', 'completed', '200'],
  ['busy', 'failed', '486'],
  ['fails', 'failed', '404'],
] as const)('a caller on SIP is referred to somebody who %s', async (does, status, notified) => {
  const rig = await networkRig({ '/twilio/voice': REFER }, { people: [{ number: DESK, does }] });
  const phone = rig.call({ from: 'sip:caller@example.com' });
  await phone.done;
  expect(phone.events).toContainEqual(expect.objectContaining({ type: 'referred', to: DESK }));
  expect(rig.forms('/referred')).toEqual([
    expect.objectContaining({
      ...{ ReferCallStatus: status, ReferSipResponseCode: '202', NotifySipResponseCode: notified },
    }),
  ]);
});

test('a caller on a telephone network cannot be', async () => {
  const rig = await networkRig({ '/twilio/voice': REFER });
  expect(await rig.call().done).toMatchObject({ hungUpBy: 'network', why: 'error 13801' });
  expect(rig.forms('/referred')).toEqual([]);
});
