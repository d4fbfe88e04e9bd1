import { expect, test } from 'vitest';
import { profileSchema } from '../../../src/agents/profile.ts';
import { nobodyThere } from '../../../src/ivr/callbacks/nobody-there.ts';

const PROFILE = profileSchema().parse({
  ...{ name: 'Desk', numbers: ['+12025550100'], instructions: 'Be kind.', greeting: 'Hello!' },
  time_zone: 'America/New_York',
  destinations: {
    sales: { to: '+12025550111', description: 'Sales', hours: { mon: '09:00-15:10' } },
    press: { to: '+12025550112', description: 'Press' },
  },
});
/** A Monday; in New York it is five hours earlier. */
const at = (time: string): number => Date.parse(`2026-11-23T${time}:00Z`);

test.each([
  ['sales', '20:09', undefined],
  ['sales', '20:10', /at this hour/],
  ['press', '03:00', undefined],
  ['lab', '15:00', /no longer in the profile/],
])('%s at %s', (destination, time, why) => {
  const said = nobodyThere({ profile: 'Desk', destination }, [PROFILE], at(time));
  if (why === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(why);
});

test('a profile that was renamed', () => {
  expect(nobodyThere({ profile: 'Old', destination: 'sales' }, [PROFILE], at('15:00'))).toMatch(
    /another name/,
  );
});
