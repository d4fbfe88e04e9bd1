// What a campaign knows of a profile, as it was read.
import { expect, test } from 'vitest';
import { profileSchema } from '../../src/agents/profile.ts';
import { profileFacts, profileFaults } from '../../src/campaign/profile-facts.ts';

const FIRST_WORDS = {
  identity: 'This is Harbour Dental.',
  assistant: 'I am an AI assistant.',
  callback: 'Call +1 212 555 0190.',
  opt_out: 'Tell me, and we never call you again.',
};

function faultsWith(
  tools: Readonly<Record<string, readonly string[]>>,
  handOvers: Record<string, string> = {},
) {
  const profiles = Object.entries(tools).map(([name, listed]) => {
    const next = handOvers[name];
    return profileSchema().parse({
      ...{ name, numbers: '*', instructions: 'Help.', greeting: 'Hello.', direction: 'both', tools: listed },
      first_words: FIRST_WORDS,
      ...(next !== undefined && {
        hand_over_to: { other: { agent: next, description: 'Another agent.' } },
      }),
    });
  });
  const named = (name: string) => profiles.find((profile) => profile.name === name);
  return profileFaults('Desk', profileFacts('Desk', named), { recording: true });
}

test.each([['opt_out'], ['record_outcome']])('%s keeps what the first words promise', (tool) => {
  expect(faultsWith({ Desk: ['end_call', tool] })).toEqual([]);
});

test('without a tool for it nobody is promised to be called no more', () => {
  expect(faultsWith({ Desk: ['end_call'] })).toEqual([
    'the profile "Desk" cannot keep that somebody is called no more: add opt_out to its tools',
  ]);
});

test('nor by anybody to whom the call may be handed, over others too; those who hand it back are asked once', () => {
  const ring = { Desk: 'Billing', Billing: 'Sales', Sales: 'Desk' };
  const able = ['opt_out', 'hand_over'];
  expect(faultsWith({ Desk: able, Billing: able, Sales: able }, ring)).toEqual([]);
  expect(faultsWith({ Desk: able, Billing: able, Sales: ['hand_over'] }, ring)).toEqual([
    'the profile "Sales", to which "Desk" may hand a call, cannot keep that somebody is called no more: add opt_out to its tools',
  ]);
});

test('a profile that there is not has no facts', () => {
  expect(profileFacts('Nobody', () => undefined)).toBeUndefined();
});
