// What authors write who have another form in mind: the fault says which form it has.
import { expect, test } from 'vitest';
import { readProfile } from '../../src/agents/profile-file.ts';
import { profileSchema } from '../../src/agents/profile.ts';

const HEAD = "name: A\nnumbers: '*'\ngreeting: Hello.\ninstructions: Help.\n";
const HOURS = 'hours: { weekdays: "09:00-17:00" }\n';
const STEP = '"menu", "voicemail", "apology", or a destination, written { destination: <its name> }';

test.each([
  [
    'an address of a calendar',
    'hours: { weekdays: "09:00-17:00", holidays: https://calendar.example.com/x.ics }',
    'hours.holidays: expected a file, not an address: download the calendar, put it beside this file, and name it here',
  ],
  ['hours as text', 'hours: "08:00-18:00"', 'hours: expected fields, such as { weekdays: "09:00-17:00" }'],
  [
    'what comes when it is closed, without a greeting',
    `${HOURS}closed: voicemail`,
    'closed: expected fields, such as { greeting: "We are closed.", then: voicemail }',
  ],
  ['a silence in seconds', 'silence: 20', 'silence: expected fields, such as { ask_after_s: 20 }'],
  [
    'a bare destination',
    `${HOURS}closed: { greeting: Closed., then: desk }`,
    'closed.then: expected "agent", "voicemail", "hang_up", or a destination, written { destination: <its name> }',
  ],
  [
    'a bare destination as a step',
    'fallback: { steps: [desk, apology] }',
    `fallback.steps[0]: expected ${STEP}`,
  ],
  [
    'an address of SIP without its scheme',
    'destinations: { lab: { to: lab@pbx.example.com, description: L } }',
    'destinations.lab.to: a sip: address begins with sip:, as in sip:desk@pbx.example.com',
  ],
])('%s', (_, lines, fault) => {
  const { faults } = readProfile('a.yaml', `${HEAD}${lines}\n`, profileSchema());
  expect(faults.map(({ field, words }) => `${field}: ${words}`)).toEqual([fault]);
});

test('of fields within, each has its own words', () => {
  const { faults } = readProfile('a.yaml', `${HEAD}${HOURS}closed: { then: voicemail }\n`, profileSchema());
  expect(faults.map(({ field, words }) => `${field}: ${words}`)).toEqual(
    expect.arrayContaining(['closed.greeting: expected text, but it is missing']),
  );
  const { faults: others } = readProfile(
    'a.yaml',
    `${HEAD}hours: { noon: "12:00-13:00" }\n`,
    profileSchema(),
  );
  expect(others.map(({ field, words }) => `${field}: ${words}`)).toEqual(
    expect.arrayContaining(['hours.noon: there is no such field']),
  );
});
