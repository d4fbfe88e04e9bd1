import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { controlContract } from '../contracts/control.contract.ts';
import { FakeControl } from './fake-control.ts';

const CALL = callId('CA00000000000000000000000000000001');

controlContract('the double', (fault) => {
  const control = new FakeControl();
  if (fault === 'over') control.end(CALL);
  else if (fault !== undefined) control.fail(fault);
  return Promise.resolve({ control, reached: () => control.reached });
});

test('faults come in turn, then all is well again', async () => {
  const control = new FakeControl();
  control.fail('away', 'lost');
  await expect(control.hangUp(CALL)).rejects.toMatchObject({ code: 'CARRIER_UNREACHABLE' });
  const placing = control.place({
    to: 'sip:a@b',
    from: '+12025550100',
    ringS: 5,
    errand: { is: 'queue', of: 'q', attempt: 1 },
  });
  await expect(placing).rejects.toMatchObject({ code: 'CARRIER_IN_DOUBT' });
  expect(control.placed()).toHaveLength(1);
  await control.hangUp(CALL);
  expect(await control.takeBack(CALL, 1)).toBe('over');
});
