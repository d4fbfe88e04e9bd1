// The fields of a profile for calls that it places.
import { expect, test } from 'vitest';
import { profileSchema } from '../../src/agents/profile.ts';

const base = { name: 'Desk', direction: 'outbound', instructions: 'Help.', greeting: 'Hello.' };
const words = { identity: 'We.', assistant: 'An AI.', callback: 'Call us.', opt_out: 'Say stop.' };
const read = (fields: object) => profileSchema().parse({ ...base, ...fields });
const faults = (fields: object): string[] =>
  profileSchema()
    .safeParse({ ...base, ...fields })
    .error!.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

test('left out: no first words, machines are hung up on, and outcomes are ours alone', () => {
  expect(read({})).toMatchObject({ firstWords: undefined, onVoicemail: { do: 'hang-up' }, outcomes: [] });
});

test('written out, they come as they are', () => {
  expect(
    read({ first_words: words, on_voicemail: { leave_message: 'Hi.' }, outcomes: ['wants_offer'] }),
  ).toMatchObject({
    firstWords: { ...{ identity: 'We.', assistant: 'An AI.', callback: 'Call us.' }, optOut: 'Say stop.' },
    onVoicemail: { do: 'leave-message', text: 'Hi.' },
    outcomes: ['wants_offer'],
  });
  expect(read({ on_voicemail: 'call_again' }).onVoicemail).toEqual({ do: 'call-again' });
  expect(read({ first_words: { ...words, recording: 'Recorded.' } }).firstWords?.recording).toBe('Recorded.');
});

test.each([
  [{ first_words: { ...words, opt_out: undefined } }, /^first_words\.opt_out: /],
  [{ first_words: { ...words, opt_out: ' ' } }, /^first_words\.opt_out: /],
  [{ first_words: { ...words, identity: 'For {{campaign.name}}' } }, /^first_words\.identity: .*no value/],
  [{ first_words: 'Hello' }, /^first_words: expected fields, such as/],
  [{ first_words: { ...words, more: 'x' } }, /^first_words: /],
  [{ on_voicemail: 'beep' }, /^on_voicemail: expected "hang_up", "call_again"/],
  [{ on_voicemail: { leave_message: '' } }, /^on_voicemail/],
  [{ outcomes: ['Wants offer'] }, /^outcomes\.0: expected names/],
  [{ outcomes: ['a', 'a'] }, /^outcomes: expected every name once/],
])('%j is refused where it is wrong', (fields, fault) => {
  expect(faults(fields).join('\n')).toMatch(fault);
});
