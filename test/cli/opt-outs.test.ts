import { expect, test } from 'vitest';
import { addOptOut, listOptOuts, removeOptOut } from '../../src/cli/opt-outs.ts';
import { optOut } from '../doubles/memory-opt-outs.ts';
import { rig } from './calls-rig.ts';

const ADA = '+15550100123';

test('the list: number, since when, in which call, why; nothing in it steers the terminal', async () => {
  const { desk, out, optOuts, state } = rig([]);
  optOuts.push(optOut(ADA, { callId: 'CA1', reason: 'no \u001b[2J more' }), optOut('+15550100777'));
  expect(await listOptOuts({ utc: true }, desk)).toBe(0);
  expect(out).toEqual([
    'number        since             call  reason',
    '+15550100123  2026-01-31 08:00  CA1   no \\x1b[2J more',
    '+15550100777  2026-01-31 08:00  -',
  ]);
  expect(state).toEqual({ opened: 1, closed: 1 });
});

test('a page, one number, none, as JSON', async () => {
  const { desk, out, optOuts } = rig([]);
  expect(await listOptOuts({}, desk)).toBe(0);
  optOuts.push(optOut(ADA), optOut('+15550100777'));
  expect(await listOptOuts({ number: '+1 555 010 0999' }, desk)).toBe(0);
  expect(await listOptOuts({ limit: '1', utc: true }, desk)).toBe(0);
  expect(out.splice(0)).toEqual([
    'No number is on the list: all may be called.',
    '+15550100999 is not on the list.',
    expect.stringMatching(/^number/),
    expect.stringContaining(ADA),
    'There are older ones; the same again with: --cursor 1',
  ]);
  expect(await listOptOuts({ json: true, cursor: '1', limit: '1' }, desk)).toBe(0);
  expect(JSON.parse(out.join('\n'))).toEqual({ optOuts: [optOut('+15550100777')], next: null });
});

test('added twice and removed twice', async () => {
  const { desk, out, err, optOuts } = rig([]);
  expect(await addOptOut('+1 (555) 010-0123', { reason: ' by letter ' }, desk)).toBe(0);
  expect(await addOptOut(ADA, {}, desk)).toBe(0);
  expect(optOuts).toMatchObject([{ number: ADA, callId: null, reason: 'by letter' }]);
  expect(await removeOptOut(ADA, desk)).toBe(0);
  expect(await removeOptOut(ADA, desk)).toBe(1);
  expect(optOuts).toEqual([]);
  expect(out).toEqual([
    ...[`${ADA} is not to be called.`, `${ADA} is not to be called.`],
    `${ADA} is off the list: it may be called again.`,
  ]);
  expect(err).toEqual([`${ADA} is not on the list.`]);
});

test('the zero of a trunk is none of the number, and a digit too many is told', async () => {
  const { desk, out, err, optOuts, state } = rig([]);
  expect(await addOptOut('+44 (0)20 7946 0958', {}, desk)).toBe(0);
  expect([out, optOuts]).toMatchObject([
    ['+442079460958 is not to be called.'],
    [{ number: '+442079460958' }],
  ]);
  expect(await addOptOut('+121255501234', {}, desk)).toBe(2);
  expect([err.length, state.opened]).toEqual([1, 1]);
  // Who opted out in a call may have such a number all the same.
  expect(await removeOptOut('+121255501234', desk)).toBe(1);
  expect(err.at(-1)).toBe('+121255501234 is not on the list.');
});

test.each(['', '5550100', 'anonymous', '+0123456789', '\u001b[2J'])(
  '%j is no number: nothing is opened, exit 2',
  async (typed) => {
    const { desk, err, state } = rig([]);
    expect([
      await addOptOut(typed, {}, desk),
      await removeOptOut(typed, desk),
      await listOptOuts({ number: typed }, desk),
    ]).toEqual([2, 2, 2]);
    expect(err.join('')).not.toContain('\u001b');
    expect(err).toHaveLength(3);
    expect(state.opened).toBe(0);
  },
);

test('too many words, and a limit that is none', async () => {
  const { desk, err, state } = rig([]);
  expect(await addOptOut(ADA, { reason: 'x'.repeat(201) }, desk)).toBe(2);
  expect(await listOptOuts({ limit: '201' }, desk)).toBe(2);
  expect([err.length, state.opened]).toEqual([2, 0]);
});
