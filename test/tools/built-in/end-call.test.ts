import { expect, test } from 'vitest';
import { endCall } from '../../../src/tools/built-in/end-call.ts';
import { contextOf, use } from '../rig.ts';

test.each([{}, { reason: 'the caller said goodbye' }])('it asks the call to hang up: %j', async (args) => {
  const result = await use(endCall, args, contextOf());
  expect(result.then).toEqual({ type: 'hangUp' });
  expect(result.tell['message']).toMatch(/if you have not said goodbye yet, say a short one now/i);
});
