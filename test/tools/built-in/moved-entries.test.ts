import { expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import { movedIn, noteMoved } from '../../../src/tools/built-in/moved-entries.ts';

const CALLING = '+15550100123';

test('it is of one call and one number, and the latest counts', () => {
  noteMoved(callId('CA1'), CALLING, 'first');
  noteMoved(callId('CA1'), CALLING, 'second');
  expect(movedIn(callId('CA1'), CALLING)).toBe('second');
  expect(movedIn(callId('CA2'), CALLING)).toBeUndefined();
  expect(movedIn(callId('CA1'), '+15550100124')).toBeUndefined();
});

test('it does not grow for ever: the oldest are forgotten', () => {
  for (let nth = 0; nth < 2_001; nth += 1) noteMoved(callId(`CA-${nth}`), CALLING, `of ${nth}`);
  expect([movedIn(callId('CA-0'), CALLING), movedIn(callId('CA-1'), CALLING)]).toEqual([undefined, 'of 1']);
});
