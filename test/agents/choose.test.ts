import { expect, test } from 'vitest';
import { chooseProfile } from '../../src/agents/choose.ts';
import { profileSchema, type Profile } from '../../src/agents/profile.ts';

const profile = (name: string, numbers: '*' | string[]): Profile =>
  profileSchema().parse({ name, numbers, instructions: 'Help.', greeting: 'Hello.' });

const anyone = profile('anyone', '*');
const sales = profile('sales', ['+15550100101', '+15550100102']);
const repairs = profile('repairs', ['+1 (555) 010-0103']);
const all = [anyone, sales, repairs];

test.each([
  ['+15550100102', 'sales'],
  ['+1 555 010 0103', 'repairs'],
  ['sip:+15550100101@voice.sip.example.com', 'sales'],
  ['sip:15550100101@voice.sip.example.com;transport=udp', 'sales'],
  ['SIPS:%2B15550100101;phone-context=x:secret@voice.example.com', 'sales'],
  ['sip:0101@voice.sip.example.com', 'anyone'],
  ['15550100101', 'anyone'],
  ['+15550100199', 'anyone'],
  ['sip:desk@example.com', 'anyone'],
  ['*', 'anyone'],
  ['', 'anyone'],
])('a call to "%s" is taken by %s', (to, name) =>
  expect(chooseProfile(all, { to, direction: 'inbound' })?.name).toBe(name),
);

test('a call that we place is not for the number it goes to', () => {
  expect(chooseProfile(all, { to: '+15550100102', direction: 'outbound' })).toBe(anyone);
});

test('nobody, when no profile claims the number and none takes any', () => {
  expect(chooseProfile([sales, repairs], { to: '+15550100199', direction: 'inbound' })).toBeUndefined();
  expect(chooseProfile([sales], { to: '+15550100101', direction: 'outbound' })).toBeUndefined();
  expect(chooseProfile([], { to: '+15550100101', direction: 'inbound' })).toBeUndefined();
});

test('profiles of the other direction are not asked', () => {
  const placing = (name: string, more: object): Profile =>
    profileSchema().parse({ name, instructions: 'Help.', greeting: 'Hello.', ...more });
  const to = '+15550100199';
  const outbound = placing('outbound', { direction: 'outbound' });
  const desk = placing('desk', { direction: 'inbound', numbers: ['+15550100106'] });
  const staff = [anyone, desk, outbound];
  expect(chooseProfile([desk], { to, direction: 'outbound' })).toBeUndefined();
  expect(chooseProfile([outbound], { to, direction: 'inbound' })).toBeUndefined();
  expect(chooseProfile(staff, { to: '+15550100106', direction: 'inbound' })).toBe(desk);
  const inbound = placing('inbound', { direction: 'inbound', numbers: '*' });
  expect(chooseProfile([inbound], { to, direction: 'outbound' })).toBeUndefined();
  expect(chooseProfile([inbound], { to, direction: 'inbound' })).toBe(inbound);
});
