import { expect, test } from 'vitest';
import type { View } from '../../src/ivr/answer.ts';
import { whileClosed, type Closed } from '../../src/ivr/closed.ts';
import { FULL, route, view } from './routes-rig.ts';

const GREETING = 'We are closed. In an emergency, call the fire brigade.';
const closed = (then: Closed['then'], more: Partial<View> = {}) =>
  whileClosed(route(), { then }, GREETING, view({ agent: 'gone', ...more }));

function heard(answer: ReturnType<typeof closed>): string {
  const { given } = answer!.route;
  if (given.do === 'say-and-hang-up') return given.text;
  const say = 'say' in given ? given.say : undefined;
  return [say ?? []]
    .flat()
    .map(({ text }) => text)
    .join(' ');
}

const NIGHT: Closed['then'] = { do: 'destination', name: 'sales' };

test('it is the first that is heard, once, whatever comes then', () => {
  for (const then of [{ do: 'hang-up' }, { do: 'voicemail' }, NIGHT] as const) {
    const answer = closed(then);
    expect(heard(answer).split(GREETING)).toHaveLength(2);
    expect(heard(answer).indexOf(GREETING)).toBe(0);
  }
});

test.each([
  ['closed as well', { isOpen: () => false }],
  ['not dialled from here', { mayDial: () => false }],
  ['of no such name any more', { plan: { ...FULL, destinations: FULL.destinations.slice(1) } }],
] as const)('its destination is %s: it is said all the same, then why, then what is left', (_, more) => {
  const ladder = [{ do: 'apology' }] as const;
  const answer = closed(NIGHT, { plan: { ...FULL, ladder }, ...more });
  const words = heard(answer);
  expect(words.indexOf(GREETING)).toBe(0);
  expect(words).toMatch(/nobody is available for .*sales/i);
});

test('before a menu it takes the place of why there is one', () => {
  const isOpen: View['isOpen'] = ({ name }) => name !== 'sales';
  const answer = closed(NIGHT, { isOpen });
  expect(answer?.route.given.do).toBe('ask-key');
  expect(heard(answer)).toMatch(/^We are closed.*nobody is available.*press 2/);
  expect(heard(answer)).not.toContain('Our assistant');
});

test('where the agent answers, nothing becomes of it here', () => {
  expect(closed({ do: 'agent' })).toBeUndefined();
});
