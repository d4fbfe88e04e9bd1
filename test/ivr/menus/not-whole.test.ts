// An import that says "covered all of it" has it all: other servers, skills of queues, other languages, keys without a document, and
// extensions are each named where they are lost, and lead callers to nobody that they did not ask for.
import { describe, expect, test } from 'vitest';
import type { Carried } from '../../../src/ivr/menus/carried.ts';
import { coverageOf } from '../../../src/ivr/menus/coverage.ts';
import { lost, ofFlow, ofTwiml, shortly } from './import-rig.ts';

const MAIN =
  '<Gather action="/key" numDigits="1"><Say>For sales, press 1. For parts, press 2.</Say></Gather>';
const SALES = '<Dial>+12025550140</Dial>';
const PARTS = '<Dial>+12025550141</Dial>';
const isWhole = (carried: Carried): boolean => coverageOf(carried.menu, carried).isWhole;
const problemsOf = (carried: Carried): string[][] =>
  coverageOf(carried.menu, carried).rows.map(({ problems }) => [...problems]);

describe('an address of another server', () => {
  const to = (address: string): string => `<Redirect>${address}</Redirect>`;
  const two = (more: Record<string, string>): Carried =>
    ofTwiml({
      'index.xml': MAIN,
      'key?Digits=1.xml': to('https://billing.example.com/menu'),
      'key?Digits=2.xml': to('https://sales.example.com/menu'),
      ...more,
    });

  test('is no document of the folder', () => {
    const carried = two({ 'menu.xml': SALES });
    expect(shortly(carried)).toEqual(['main 1: tool take_message', 'main 2: tool take_message']);
    expect(problemsOf(carried)).toEqual([
      [
        'https://billing.example.com/menu is answered by another server, billing.example.com; the agent takes a message',
      ],
      [
        'https://sales.example.com/menu is answered by another server, sales.example.com; the agent takes a message',
      ],
    ]);
  });

  test('is one where it was saved under its name, and so is what that one leads to', () => {
    const carried = two({
      'key.xml': '<Hangup/>',
      'billing.example.com/menu.xml': to('/desk'),
      'billing.example.com/desk.xml': PARTS,
      'desk.xml': SALES,
      'sales.example.com/menu.xml': to('https://sales.example.com/key'),
      'sales.example.com/key.xml': '<Record/>',
    });
    expect(carried.destinations.map(({ to: number }) => number)).toEqual(['+12025550141']);
    expect(shortly(carried)).toEqual(['main 1: connects with sales', 'main 2: voicemail']);
  });

  test('is the only one that is named, and taken for the own one: with a word where the first document names none', () => {
    const own = (action: string): Carried =>
      ofTwiml({
        'index.xml': MAIN.replace('/key', action),
        'key?Digits=1.xml': to('https://acme.example.com/desk'),
        'key?Digits=2.xml': to('/mail'),
        'mail.xml': '<Record/>',
        'desk.xml': SALES,
      });
    const whole = own('https://acme.example.com/key');
    expect(shortly(whole)).toEqual(['main 1: connects with sales', 'main 2: voicemail']);
    expect(isWhole(whole)).toBe(true);
    const doubtful = own('/key');
    expect(shortly(doubtful)).toEqual(['main 1: connects with sales', 'main 2: voicemail']);
    expect(lost(doubtful)).toEqual([
      'key?Digits=1.xml: https://acme.example.com/desk may be answered by another server, acme.example.com',
    ]);
    expect(isWhole(doubtful)).toBe(false);
  });

  test('is not the one that the document names which answers the call', () => {
    const carried = ofTwiml({
      'index.xml': MAIN.replace('/key', 'https://acme.example.com/key'),
      'key?Digits=1.xml': to('https://partner.example.com/'),
      'key?Digits=2.xml': SALES,
    });
    expect(shortly(carried)).toEqual(['main 1: tool take_message', 'main 2: connects with parts']);
    expect(lost(carried)).toEqual([
      'key?Digits=1.xml: https://partner.example.com/ is answered by another server, partner.example.com',
    ]);
  });

  test('of a menu is none of its keys, where the documents are of nobody knows which', () => {
    const carried = ofTwiml({
      'index.xml': to('/menu'),
      'menu.xml': MAIN.replace('/key', 'https://a.example.com/key'),
      'key?Digits=1.xml': to('https://b.example.com/'),
      'key?Digits=2.xml': SALES,
    });
    expect(shortly(carried)).toEqual(['main 1: tool take_message', 'main 2: tool take_message']);
    expect(isWhole(carried)).toBe(false);
  });
});

describe('whom a queue was asked for', () => {
  const queues = new Map([['WW1', '+12025550150']]);
  const enqueue = (inside: string, attributes = ''): string =>
    `<Enqueue workflowSid="WW1" ${attributes}>${inside}</Enqueue>`;

  test('is named by the option, and two are not one', () => {
    const carried = ofTwiml(
      {
        'index.xml': MAIN,
        'key?Digits=1.xml': enqueue('<Task>{"product":"hats"}</Task>'),
        'key?Digits=2.xml': enqueue('<Task priority="5" timeout="60">{"product":"shoes"}</Task>'),
      },
      undefined,
      queues,
    );
    expect(shortly(carried)).toEqual(['main 1: connects with sales', 'main 2: connects with parts']);
    expect(problemsOf(carried)).toEqual([
      ['those who answer are not told {"product":"hats"} of <Task>'],
      [
        'those who answer are not told {"product":"shoes"} of <Task>',
        'priority="5" of <Task>',
        'timeout="60" of <Task>',
      ],
    ]);
  });

  test('without any it is whole', () => {
    const plain = { 'key?Digits=1.xml': enqueue(''), 'key?Digits=2.xml': enqueue('<Task>{}</Task>') };
    const carried = ofTwiml({ 'index.xml': MAIN, ...plain }, undefined, queues);
    expect(isWhole(carried)).toBe(true);
    expect(carried.destinations).toHaveLength(1);
  });

  test.each<[string, object, string[]]>([
    [
      'send-to-flex',
      { attributes: '{"skill":"billing"}' },
      ['those who answer are not told {"skill":"billing"}'],
    ],
    [
      'enqueue-call',
      { task_attributes: '{"a":1}', priority: 3 },
      ['those who answer are not told {"a":1}', 'its priority, 3'],
    ],
    ['enqueue-call', { task_attributes: '', priority: 0 }, []],
    ['send-to-flex', { attributes: '{ }' }, []],
  ])('in a flow, of %s %j', (type, properties, losses) => {
    const carried = ofFlow(flowTo('one', { type, properties: { workflow: 'WW1', ...properties } }), queues);
    expect(shortly(carried)).toEqual(['main 1: connects with sales']);
    expect(lost(carried)).toEqual(losses.map((loss) => `one (${type}): ${loss}`));
  });
});

/** A menu whose key 1 leads to one widget. */
const flowTo = (name: string, state: object, menu: object = {}): object => ({
  initial_state: 'menu',
  states: [
    {
      ...{ name: 'menu', type: 'gather-input-on-call' },
      properties: { say: 'For sales, press 1.', number_of_digits: 1, ...menu },
      transitions: [
        { event: 'keypress', next: 'keys' },
        { event: 'timeout', next: 'menu' },
      ],
    },
    {
      ...{ name: 'keys', type: 'split-based-on', properties: {} },
      transitions: [
        { event: 'noMatch', next: 'menu' },
        {
          ...{ event: 'match', next: name },
          conditions: [{ type: 'equal_to', value: '1', arguments: ['{{widgets.menu.Digits}}'] }],
        },
      ],
    },
    { name, ...state },
  ],
});

describe('the language of a line', () => {
  const said = (...says: string[]): Carried =>
    ofTwiml({ 'index.xml': `${says.join('')}${MAIN}`, 'key?Digits=1.xml': SALES, 'key?Digits=2.xml': PARTS });

  test('is that of words without one where others have one: American English', () => {
    const carried = said('<Say>Hello.</Say>', '<Say language="es-MX">Hola.</Say>');
    expect(carried.language).toBe('en-US');
    expect(lost(carried)).toEqual(['es-MX: it is spoken in es-MX as well: see languages in the profile']);
  });

  test('is unsaid where none has one, and that of a voice that is called after it', () => {
    expect(said('<Say>Hello.</Say>').language).toBeUndefined();
    expect(said('<Say voice="Google.es-MX-Standard-A">Hola.</Say>').language).toBe('es-MX');
    expect(said('<Say language="en-US">Hi. <lang xml:lang="es-MX">Hola.</lang></Say>').losses).toHaveLength(
      1,
    );
  });

  test('in a flow', () => {
    const carried = ofFlow(
      flowTo('one', { type: 'say-play', properties: { say: 'Adiós.', language: 'es-MX' }, transitions: [] }),
    );
    expect(carried.language).toBe('en-US');
    expect(lost(carried)).toEqual([expect.stringContaining('spoken in es-MX as well') as string]);
  });
});

describe('a key that is said and has no document of its own, beside keys that have one,', () => {
  const with1 = (key: string): Carried =>
    ofTwiml({ 'index.xml': MAIN, 'key?Digits=1.xml': SALES, 'key.xml': key, 'desk.xml': PARTS });
  const MISSING = 'there is no document for key 2 of /key';

  test.each([
    '<Say>That is not valid. Goodbye.</Say><Hangup/>',
    '<Say>That is not valid.</Say><Redirect>/index</Redirect>',
    '<Redirect>/index</Redirect>',
    '<Hangup/>',
  ])('is no wrong key, and takes a message: %s', (key) => {
    const carried = with1(key);
    expect(shortly(carried)).toEqual(['main 1: connects with sales', 'main 2: tool take_message']);
    expect(problemsOf(carried)[1]).toEqual([`${MISSING}; the agent takes a message`]);
    expect(isWhole(carried)).toBe(false);
  });

  test('gets what all others get where that is somebody, with a word', () => {
    const carried = with1('<Redirect>/desk</Redirect>');
    expect(shortly(carried)).toEqual(['main 1: connects with sales', 'main 2: connects with parts']);
    expect(problemsOf(carried)[1]).toEqual([MISSING]);
    expect(carried.losses[0]).toMatchObject({ kept: 'what all keys without one get' });
  });
});

describe('extensions that callers could dial instead of a key are named', () => {
  const asks = (say: string, attributes = ''): Record<string, string> => ({
    'index.xml': `<Gather action="/key" ${attributes}><Say>${say} For sales, press 1.</Say></Gather>`,
    'key?Digits=1.xml': SALES,
  });
  const EXTENSION = 'If you know your extension, dial it now.';
  const LOST =
    'index.xml: callers could dial numbers of several keys, such as extensions; now each key acts by itself';

  test.each([
    EXTENSION,
    'Si conoce la extensión, márquela ahora.',
    'Wenn Sie die Durchwahl kennen, wählen Sie sie jetzt.',
    'Si vous connaissez le numéro de poste, composez-le.',
    'Dial it at any time.',
  ])('by what is said: %s', (say) => {
    const carried = ofTwiml(asks(say));
    expect(shortly(carried)).toEqual(['main 1: connects with sales']);
    expect(lost(carried)).toEqual([LOST]);
    expect(isWhole(carried)).toBe(false);
  });

  test('by the documents of several keys', () => {
    const carried = ofTwiml({ ...asks('Hello.'), 'key?Digits=101.xml': PARTS, 'key/102.xml': PARTS });
    expect(lost(carried)).toContain(`${LOST} (101, 102)`);
  });

  test('not where only one key can be pressed, and not by the name of a place', () => {
    expect(isWhole(ofTwiml(asks(EXTENSION, 'numDigits="1"')))).toBe(true);
    expect(isWhole(ofTwiml(asks('Welcome to Acme.')))).toBe(true);
  });

  test('in a flow', () => {
    const one = { type: 'connect-call-to', properties: { to: '+12025550140' }, transitions: [] };
    const say = `${EXTENSION} For sales, press 1.`;
    expect(lost(ofFlow(flowTo('one', one, { say, number_of_digits: '' })))).toEqual([
      LOST.replace('index.xml', 'menu (gather-input-on-call)'),
    ]);
    expect(lost(ofFlow(flowTo('one', one, { say })))).toEqual([]);
  });
});
