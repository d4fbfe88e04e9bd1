// Whom imported menus connect with: what they are called and how callers hear of them, whatever leads there first; and tools that
// stood before a part of a menu.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Carried } from '../../../src/ivr/menus/carried.ts';
import { emergencyWords } from '../../../src/ivr/menus/emergency-words.ts';
import { profileYaml } from '../../../src/ivr/menus/written.ts';
import { ofTwiml, shortly } from './import-rig.ts';

const MAIN =
  '<Gather action="/key" numDigits="1"><Say>For sales, press 1. For parts, press 2.</Say></Gather>';
const menu = (one: string, two: string, more: Record<string, string> = {}): Carried =>
  ofTwiml({ 'index.xml': MAIN, 'key?Digits=1.xml': one, 'key?Digits=2.xml': two, ...more });
const written = (carried: Carried) =>
  profileYaml({ name: 'Desk', menuFile: './menus/a.yaml', numbers: [] }, carried);
interface Profile {
  readonly destinations: Record<string, { readonly spoken?: string }>;
  readonly tools: readonly string[];
}
const profileOf = (carried: Carried): Profile => parse(written(carried)) as Profile;
const SALES = '<Dial>+12025550140</Dial>';
const OTHER = '<Dial>+12025550141</Dial>';

test('whom an option asks for comes before who stood in, and no two are spoken of alike', () => {
  const carried = menu(`${SALES}${OTHER}`, '<Dial>+12025550142</Dial>');
  expect(carried.destinations.map(({ name }) => name)).toEqual([
    'sales',
    'parts',
    'sales_where_nobody_answers',
  ]);
  const { destinations } = profileOf(carried);
  expect(Object.values(destinations).map(({ spoken }) => spoken)).toEqual(['sales', 'parts', 'sales 2']);
});

test('a number that stood in for one, and that another option asks for, is called after that', () => {
  const carried = menu(`${SALES}${OTHER}`, OTHER);
  expect(shortly(carried)).toEqual(['main 1: connects with sales', 'main 2: connects with parts']);
  expect(carried.losses).toMatchObject([{ kept: 'destination parts, which the agent may choose' }]);
  expect(profileOf(carried).destinations['parts']?.spoken).toBe('parts');
});

test('a number that silence led to is called after whoever asks for it', () => {
  const carried = menu(`<Gather input="speech"><Say>Which?</Say></Gather>${OTHER}`, OTHER);
  expect(shortly(carried)).toEqual([
    'main 1: says "Which?", then connects with parts',
    'main 2: connects with parts',
  ]);
  expect(carried.destinations).toMatchObject([{ name: 'parts', asked: new Set(['parts']) }]);
  const alone = menu(`<Gather input="speech"><Say>Which?</Say></Gather>${OTHER}`, SALES);
  expect(shortly(alone)[0]).toBe('main 1: says "Which?", then connects with sales');
});

test('a number that digits led to is called after whoever asks for it', () => {
  const carried = menu(`<Gather numDigits="8" action="/order"/>${SALES}`, OTHER, { 'order.xml': OTHER });
  expect(shortly(carried)).toEqual(['main 1: tool order', 'main 2: connects with parts']);
  expect(carried.destinations[0]).toMatchObject({ name: 'parts', asked: new Set(['parts']) });
});

test('a number that is typed before a menu is a tool that the profile cannot be loaded without', () => {
  const carried = menu('<Gather numDigits="4" action="/pin"><Say>Your PIN.</Say></Gather>', SALES, {
    'pin.xml': '<Gather action="/more" numDigits="1"><Say>For one, press 1.</Say></Gather>',
    'more/1.xml': OTHER,
  });
  expect(shortly(carried)[0]).toBe('main 1: menu sales');
  expect(carried.tools).toEqual(new Set(['pin']));
  expect(written(carried)).toContain('still to be made, under tools:\n#   pin\n');
  expect(profileOf(carried).tools).toContain('./tools/pin.yaml');
});

test('a tool that a key leads to is named for the author, and refused by its menu until the profile lists it', () => {
  const carried = menu('<Gather numDigits="8" action="/account"/>', SALES);
  expect(written(carried)).toContain('#   account\n');
  expect(profileOf(carried).tools.join()).not.toContain('account');
});

test.each(['en-US', 'es-MX', 'de', 'fr-FR', 'it', 'nl-NL', 'pt-BR'])(
  'an emergency number that is not dialled is named in %s: as a number, and never as an address',
  (language) => {
    const said = emergencyWords('911', language);
    expect(said).toContain('911');
    const words = ['sip:911@pbx.example.com', '+44999', ''].map((number) => emergencyWords(number, language));
    for (const one of words) expect(one).not.toMatch(/sip|\d/);
    expect(said === emergencyWords('911', 'en')).toBe(language.startsWith('en'));
  },
);

test('the language of the menu is that of what it says in an emergency', () => {
  const spanish = MAIN.replace('<Say>', '<Say language="es-MX">');
  const carried = ofTwiml({
    'index.xml': spanish,
    'key?Digits=1.xml': '<Dial>911</Dial>',
    'key?Digits=2.xml': SALES,
  });
  expect(shortly(carried)[0]).toContain(emergencyWords('911', 'es'));
  expect(emergencyWords('911', undefined)).toBe(emergencyWords('911', 'xx'));
});
