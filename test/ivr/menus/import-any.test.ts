// Whatever an old IVR holds, its import ends: in a menu that can be read again and in which no key leads nowhere, or in a refusal.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { menuProblems } from '../../../src/agents/keypad-menu-check.ts';
import { readMenuFile } from '../../../src/agents/keypad-menu-file.ts';
import { LivelineError } from '../../../src/base/errors.ts';
import type { Carried } from '../../../src/ivr/menus/carried.ts';
import { coverageOf } from '../../../src/ivr/menus/coverage.ts';
import { menuYaml } from '../../../src/ivr/menus/written.ts';
import { ofFlow, ofTwiml } from './import-rig.ts';

/** Whether there was a menu to import. */
function holds(old: () => Carried): boolean {
  let carried: Carried;
  try {
    carried = old();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LivelineError);
    return false;
  }
  const text = menuYaml(carried.menu);
  expect(readMenuFile('m.yaml', text).menu, text).toEqual(carried.menu);
  const found = menuProblems(carried.menu).map(({ kind }) => kind);
  for (const kind of ['dead-end', 'twice']) expect(found, text).not.toContain(kind);
  // What pressing nothing led to, over something that is lost, stays in the menu, and the report says that no key leads there.
  if (found.includes('unreachable')) expect(carried.losses, text).not.toEqual([]);
  const { rows } = coverageOf(carried.menu, carried);
  expect(
    rows.some(({ keys }) => keys !== undefined),
    text,
  ).toBe(true);
  return true;
}

const PLACES = ['index', 'a', 'b', 'c'];
const place = fc.constantFrom(...PLACES, 'gone');
const say = fc.constantFrom('Hello.', 'For sales, press 1.', 'Press 1 or 2 for: "it" #\\ {{x}} & more.', '');
const verb = fc.oneof(
  say.map((text) => `<Say>${text.replaceAll('&', '&amp;')}</Say>`),
  place.map((to) => `<Redirect>/${to}</Redirect>`),
  fc
    .tuple(place, say, fc.constantFrom('numDigits="1"', 'numDigits="6"', '', 'input="speech"'))
    .map(
      ([to, text, attribute]) =>
        `<Gather action="/${to}" ${attribute}><Say>${text.replaceAll('&', '&amp;')}</Say></Gather>`,
    ),
  fc.constantFrom(
    '<Hangup/>',
    '<Dial>+12025550140</Dial>',
    '<Dial>1</Dial>',
    '<Record/>',
    '<Pay/>',
    '<Sms/>',
    '<Play>a.mp3</Play>',
    '<Enqueue>q</Enqueue>',
  ),
);
const documents = fc.dictionary(
  fc
    .tuple(
      fc.constantFrom(...PLACES),
      fc.constantFrom('.xml', '?Digits=1.xml', '?Digits=2.xml', '/pound.xml'),
    )
    .map((parts) => parts.join('')),
  fc.array(verb, { maxLength: 3 }).map((verbs) => verbs.join('')),
  { minKeys: 2, maxKeys: 10 },
);

const MENU = '<Gather action="/a" numDigits="1"><Say>For sales, press 1. For parts, press 2.</Say></Gather>';

test('TwiML documents', () => {
  fc.assert(
    fc.property(documents, (all) =>
      holds(() => ofTwiml({ ...all, 'index.xml': `${MENU}${all['index.xml'] ?? ''}` }, 'index')),
    ),
    { numRuns: 300 },
  );
  expect(holds(() => ofTwiml({ 'index.xml': '<Hangup/>' }))).toBe(false);
});

const TYPES = [
  'say-play',
  'gather-input-on-call',
  'split-based-on',
  'connect-call-to',
  'record-voicemail',
  'run-function',
  'set-variables',
  'run-subflow',
  'odd',
];
const EVENTS = ['audioComplete', 'keypress', 'timeout', 'noMatch', 'match', 'next', 'success', 'completed'];
const widget = (name: string) =>
  fc.record({
    name: fc.constant(name),
    type: fc.constantFrom(...TYPES),
    properties: fc.record({
      say,
      to: fc.constantFrom('+12025550140', '{{x}}', ''),
      number_of_digits: fc.constantFrom(1, 6),
    }),
    transitions: fc.array(
      fc.record({
        event: fc.constantFrom(...EVENTS),
        next: fc.constantFrom('w0', 'w1', 'w2', 'w3', 'gone'),
        conditions: fc.array(
          fc.record({
            type: fc.constantFrom('equal_to', 'matches_any_of', 'regex'),
            arguments: fc.constantFrom('w0', 'w1').map((gather) => [`{{widgets.${gather}.Digits}}`]),
            value: fc.constantFrom('1', '2', '1,2', '^[12]$', 'x', ''),
          }),
          { maxLength: 2 },
        ),
      }),
      { maxLength: 4 },
    ),
  });

const on = (event: string, next: string, keys?: string): object => ({
  ...{ event, next },
  ...(keys !== undefined && {
    conditions: [{ type: 'matches_any_of', arguments: ['{{widgets.menu.Digits}}'], value: keys }],
  }),
});
const FIRST = [
  {
    name: 'menu',
    type: 'gather-input-on-call',
    transitions: [on('keypress', 'keys')],
    properties: { say: 'For sales, press 1.' },
  },
  {
    name: 'keys',
    type: 'split-based-on',
    transitions: [on('noMatch', 'w0'), on('match', 'w1', '1'), on('match', 'w2', '2,#')],
  },
];

test('Studio flows', () => {
  fc.assert(
    fc.property(fc.tuple(...['w0', 'w1', 'w2', 'w3'].map(widget)), (states) =>
      holds(() => ofFlow({ initial_state: 'menu', states: [...FIRST, ...states] })),
    ),
    { numRuns: 300 },
  );
});
