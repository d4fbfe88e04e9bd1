// Whatever an old IVR holds, each part of it is in the menu that is made of it, or named as what became of it. Each part that is
// tried says something, or calls somebody, of its own.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import type { Carried } from '../../../src/ivr/menus/carried.ts';
import { coverageOf } from '../../../src/ivr/menus/coverage.ts';
import { ofFlow, ofTwiml } from './import-rig.ts';

interface Part {
  /** The document, or the widget. */
  readonly where: string;
  readonly is: 'words' | 'number' | 'other';
  /** As it stands in the source; of `other` the place is all there is. */
  readonly mark: string;
}

/** Undefined: there was no menu to import. */
function taken(old: () => Carried): Carried | undefined {
  try {
    return old();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LivelineError);
    return undefined;
  }
}

function unnamed(carried: Carried, parts: readonly Part[]): Part[] {
  const { menu, welcome, losses, left, destinations } = carried;
  const coverage = coverageOf(menu, carried);
  const rows = coverage.rows.map(({ leads }) => leads).join('\n');
  const named = [...losses.map(({ lost }) => lost), ...left.map(({ what }) => what)].join('\n');
  const said = [welcome, ...menu.menus.map(({ say }) => say)].join('\n');
  const isNamed = ({ where, is, mark }: Part): boolean => {
    if (losses.some((one) => one.where === where && /^(?:nothing|no way|no call)/.test(one.lost)))
      return true;
    if (is === 'words') return [rows, named, said].some((text) => text.includes(mark));
    if (is === 'other')
      return [...losses, ...left].some((one) => one.where === where) || `${rows}\n${named}`.includes(mark);
    const to = destinations.find((one) => one.to === mark);
    return (
      named.includes(mark) || (to !== undefined && `${rows}\n${named}`.includes(`connects with ${to.name}`))
    );
  };
  return parts.filter((part) => !isNamed(part));
}

/** What is lost is never called whole. */
function isHonest(carried: Carried): void {
  const { isWhole, problems } = coverageOf(carried.menu, carried);
  if (carried.losses.length + carried.remarks.size + problems.length > 0) expect(isWhole).toBe(false);
}

const PLACES = ['index', 'a', 'b', 'c', 'd'];
const place = fc.constantFrom(...PLACES, 'gone');
/** `@` is a word of its own in each, `%` a number. */
const verb = fc.oneof(
  fc.constantFrom(
    '<Say>@ hello.</Say>',
    '<Say>@ for sales, press 1.</Say>',
    '<Play>https://x.example/@.mp3</Play>',
  ),
  place.map((to) => `<Redirect>/${to}</Redirect>`),
  fc
    .tuple(fc.constantFrom('one', 'other'), place)
    .map(([host, to]) => `<Redirect>https://${host}.example.com/${to}</Redirect>`),
  fc
    .tuple(
      place,
      fc.constantFrom('@ For one, press 1. For two, press 2.', '@ Your number?', '@ Press 2 to go on.'),
      fc.constantFrom(
        'numDigits="1"',
        'numDigits="6"',
        '',
        'input="speech"',
        'numDigits="1" actionOnEmptyResult="true"',
      ),
    )
    .map(([to, text, attributes]) => `<Gather action="/${to}" ${attributes}><Say>${text}</Say></Gather>`),
  fc.constantFrom('<Dial>%</Dial>', '<Dial><Number sendDigits="1">%</Number><Number>%</Number></Dial>'),
  place.map((to) => `<Dial action="/${to}">%</Dial>`),
  place.map((to) => `<Record action="/${to}"/>`),
  place.map((to) => `<Enqueue action="/${to}">@</Enqueue>`),
  fc.constantFrom(
    '<Dial><Client>@</Client></Dial>',
    '<Connect><Stream url="wss://x"/></Connect>',
    '<Sms>Hi</Sms>',
  ),
  fc.constantFrom('<Hangup/>', '<Record/>', '<Pay/>', '<Enqueue>@</Enqueue>', '<Pause/>', '<Leave/>'),
);
const documents = fc.dictionary(
  fc
    .tuple(
      fc.constantFrom(...PLACES),
      fc.constantFrom('.xml', '?Digits=1.xml', '?Digits=2.xml', '/pound.xml', '?Digits=1&team=east.xml'),
    )
    .map((parts) => parts.join('')),
  fc.array(verb, { maxLength: 4 }).map((verbs) => verbs.join('')),
  { minKeys: 2, maxKeys: 9 },
);

const FIRST =
  '<Gather action="/a" numDigits="1"><Say>@ For sales, press 1. For parts, press 2.</Say></Gather>';

test('of TwiML documents', () => {
  let menus = 0;
  fc.assert(
    fc.property(documents, (all) => {
      const parts: Part[] = [];
      const marked = Object.entries({ ...all, 'index.xml': `${FIRST}${all['index.xml'] ?? ''}` }).map(
        ([where, xml]): [string, string] => {
          const text = xml.replaceAll(/[@%]/g, (sign) => {
            const mark = sign === '@' ? `w${parts.length}x` : `+1202555${String(1_000 + parts.length)}`;
            parts.push({ where, is: sign === '@' ? 'words' : 'number', mark });
            return mark;
          });
          if (/<Record/.test(xml)) parts.push({ where, is: 'other', mark: 'voicemail' });
          if (/<Pay/.test(xml)) parts.push({ where, is: 'other', mark: 'take_payment' });
          return [where, text];
        },
      );
      const carried = taken(() => ofTwiml(Object.fromEntries(marked), 'index'));
      if (carried === undefined) return;
      menus += 1;
      isHonest(carried);
      expect(unnamed(carried, parts)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
  expect(menus).toBeGreaterThan(900);
});

const NAMES = ['w0', 'w1', 'w2', 'w3', 'w4'];
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  'say-play': ['audioComplete'],
  'gather-input-on-call': ['keypress', 'speech', 'timeout'],
  'split-based-on': ['noMatch', 'match', 'match'],
  'connect-call-to': ['callCompleted', 'hangup'],
  'record-voicemail': ['recordingComplete', 'noAudio', 'hangup'],
  'run-function': ['success', 'fail'],
  'set-variables': ['next'],
  'run-subflow': ['completed', 'failed'],
  'enqueue-call': ['callComplete', 'failedToEnqueue'],
  'capture-payments': ['success', 'maxFailedAttempts'],
  'add-twiml-redirect': ['return', 'timeout'],
  'connect-virtual-agent': ['return', 'hangup'],
};
const widget = (name: string, at: number) =>
  fc
    .tuple(
      fc.constantFrom(...Object.keys(EVENTS)),
      fc.array(fc.option(fc.constantFrom(...NAMES, 'menu', 'gone'), { nil: null }), {
        minLength: 3,
        maxLength: 3,
      }),
      fc.constantFrom('hello.', 'for sales, press 1.', 'for one, press 1. For two, press 2.'),
      fc.constantFrom('1', '6', ''),
      fc.constantFrom(...NAMES),
    )
    .map(([type, nexts, words, number_of_digits, gather]) => ({
      ...{ name, type },
      properties: {
        ...(/say|gather/.test(type) && { say: `said${at}x ${words}` }),
        ...(type === 'connect-call-to' && { to: `+120255510${String(at).padStart(2, '0')}` }),
        ...(type === 'enqueue-call' && { queue_name: `said${at}x` }),
        number_of_digits,
      },
      transitions: EVENTS[type]!.map((event, index) => ({
        ...{ event, next: nexts[index] },
        ...(event === 'match' && {
          conditions: [
            { type: 'equal_to', arguments: [`{{widgets.${gather}.Digits}}`], value: String(index) },
          ],
        }),
      })),
    }));

const on = (event: string, next: string, key?: string): object => ({
  ...{ event, next },
  ...(key !== undefined && {
    conditions: [{ type: 'equal_to', arguments: ['{{widgets.menu.Digits}}'], value: key }],
  }),
});
const MENU = [
  {
    name: 'menu',
    type: 'gather-input-on-call',
    transitions: [on('keypress', 'keys'), on('timeout', 'w4')],
    properties: { say: 'For sales, press 1.', number_of_digits: 1 },
  },
  {
    name: 'keys',
    type: 'split-based-on',
    transitions: [on('noMatch', 'w0'), on('match', 'w1', '1'), on('match', 'w2', '2')],
    properties: { input: '{{widgets.menu.Digits}}' },
  },
];

test('of Studio flows', () => {
  fc.assert(
    fc.property(fc.tuple(...NAMES.map(widget)), (states) => {
      const carried = ofFlow({ initial_state: 'menu', states: [...MENU, ...states] });
      isHonest(carried);
      const parts = states.map(({ name, type, properties }): Part => {
        const where = `${name} (${type})`;
        const { say, to, queue_name } = properties as Record<string, string | undefined>;
        const words = say?.split(' ')[0] ?? queue_name;
        if (words !== undefined) return { where, is: 'words', mark: words };
        if (to !== undefined) return { where, is: 'number', mark: to };
        // These do nothing that a caller would notice.
        if (type === 'set-variables' || type === 'split-based-on') return { where, is: 'words', mark: '' };
        const tools: Readonly<Record<string, string>> = {
          'record-voicemail': 'voicemail',
          'capture-payments': 'take_payment',
          'run-function': `tool ${name}`,
        };
        return { where, is: 'other', mark: tools[type] ?? '\n' };
      });
      expect(unnamed(carried, parts)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
