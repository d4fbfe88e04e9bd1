// What an import loses is named, by the option that loses it; nobody is hung up on for it, and nobody is sent to somebody else.
import { describe, expect, test } from 'vitest';
import type { Carried } from '../../../src/ivr/menus/carried.ts';
import { coverageOf } from '../../../src/ivr/menus/coverage.ts';
import { profileYaml } from '../../../src/ivr/menus/written.ts';
import { lost, ofFlow, ofTwiml, shortly } from './import-rig.ts';

const MAIN =
  '<Gather action="/key" numDigits="1"><Say>For sales, press 1. For parts, press 2.</Say></Gather>';
const END = { 'key?Digits=2.xml': '<Hangup/>' };
/** The answer to key 1 of a menu, whose key 2 ends the call. */
const answered = (xml: string, more: Record<string, string> = {}): Carried =>
  ofTwiml({ 'index.xml': MAIN, ...END, 'key?Digits=1.xml': xml, ...more });
const first = (carried: Carried): string | undefined => shortly(carried)[0]?.replace('main 1: ', '');
const isWhole = (carried: Carried): boolean => coverageOf(carried.menu, carried).isWhole;
const left = (carried: Carried): string[] => carried.left.map(({ where, what }) => `${where}: ${what}`);

describe('a branch that ends in something unknown takes a message, and hangs up on nobody:', () => {
  test.each([
    '<Connect><ConversationRelay url="wss://x.example.com/y"/></Connect>',
    '<Connect><ConversationRelay url="wss://x.example.com/y"/></Connect><Hangup/>',
    '<Gather input="speech" action="/orders"><Say>Tell us your order.</Say></Gather>',
    '<Gather input="speech"/><Say>We did not hear you. Goodbye.</Say><Hangup/>',
    '<VirtualAgent/>',
    '<Redirect>/gone</Redirect>',
  ])('%s', (xml) => {
    const carried = answered(xml);
    expect(first(carried)).toMatch(/^tool take_message/);
    expect(lost(carried)).not.toEqual([]);
    expect(isWhole(carried)).toBe(false);
  });

  test('where what was said is answered by a document, callers get that', () => {
    const carried = answered('<Gather input="speech" action="/orders"><Say>Your order?</Say></Gather>', {
      'orders.xml': '<Dial>+12025550140</Dial>',
    });
    expect(first(carried)).toBe('says "Your order?", then connects with sales');
    expect(lost(carried)).toEqual([expect.stringContaining('listens for words') as string]);
  });

  test.each(['<Sms>Thanks</Sms>', '<Start><Stream url="wss://x.example.com"/></Start>'])(
    'but not where the old call ended by itself: %s',
    (xml) => {
      const carried = answered(xml);
      expect(first(carried)).toBe('ends the call');
      expect(isWhole(carried)).toBe(false);
    },
  );
});

const AFTER = 'after the call, or where nobody answers:';
describe('what came after a call that nobody took is named:', () => {
  test.each<[string, string, string]>([
    [
      '<Dial>+12025550140</Dial><Say>@</Say><Record/>',
      `${AFTER} says "@", then voicemail`,
      'voicemail, which the agent may offer',
    ],
    [
      '<Dial action="/after">+12025550140</Dial>',
      `${AFTER} voicemail`,
      'voicemail, which the agent may offer',
    ],
    [
      '<Dial>+12025550140</Dial><Redirect>/index</Redirect>',
      `${AFTER} menu main`,
      'the agent goes on with the caller',
    ],
    [
      '<Dial>+12025550140</Dial><Dial>+12025550141</Dial>',
      `${AFTER} connects with sales_where_nobody_answers`,
      'destination sales_where_nobody_answers, which the agent may choose',
    ],
    ['<Dial action="/gone">+12025550140</Dial>', `${AFTER} there is no document for /gone`, 'nothing'],
    [
      '<Enqueue>sales</Enqueue><Record/>',
      'after the queue: voicemail',
      'voicemail, which the agent may offer',
    ],
    [
      '<Record/><Dial>+12025550140</Dial>',
      'after the message: connects with sales_where_nobody_answers',
      'destination',
    ],
    ['<Pay/><Dial>+12025550140</Dial>', 'after it: connects with sales_where_nobody_answers', 'destination'],
    ['<Gather numDigits="8"/><Dial>+12025550140</Dial>', 'without digits: connects with', 'destination'],
  ])('%s', (xml, loss, kept) => {
    const carried = answered(xml, { 'after.xml': '<Record/>' });
    expect(carried.losses).toContainEqual({
      where: 'key?Digits=1.xml',
      lost: expect.stringContaining(loss) as string,
      kept: expect.stringContaining(kept) as string,
    });
    expect([...carried.remarks.values()].flat()).toContainEqual(expect.stringContaining(loss));
    expect(carried.hasVoicemail).toBe(loss.includes('voicemail') || xml.includes('<Record'));
    expect(isWhole(carried)).toBe(false);
  });

  test('a goodbye is left to the agent, and the end of the call is nothing', () => {
    const carried = answered('<Dial>+12025550140</Dial><Say>Goodbye.</Say><Hangup/>');
    expect(lost(carried)).toEqual([]);
    expect(left(carried)).toEqual([`key?Digits=1.xml: ${AFTER} says "Goodbye.", then ends the call`]);
    expect(isWhole(carried)).toBe(true);
    expect(left(answered('<Dial>+12025550140</Dial><Hangup/>'))).toEqual([]);
  });

  test('a whole menu behind it is listed as one that no key leads to', () => {
    const carried = answered('<Dial>+12025550140</Dial><Redirect>/closed</Redirect>', {
      'closed.xml': '<Gather action="/c" numDigits="1"><Say>To leave a message, press 1.</Say></Gather>',
      'c/1.xml': '<Record/>',
    });
    expect(lost(carried)).toEqual([`key?Digits=1.xml: ${AFTER} menu closed`]);
    expect(coverageOf(carried.menu, carried).rows.at(-1)).toMatchObject({ keys: undefined, page: 'closed' });
  });

  test('no verb after the last that a call came to', () => {
    expect(lost(answered('<Redirect>/index</Redirect><Say>@</Say><Dial>+12025550140</Dial>'))).toEqual([
      'key?Digits=1.xml: no call came to <Say>, <Dial> in it',
    ]);
  });
});

describe('whom an option calls', () => {
  test('two extensions of one number are two destinations, and not dialled', () => {
    const number = (digits: string): string =>
      `<Dial><Number sendDigits="${digits}">+12025550140</Number></Dial>`;
    const carried = answered(number('ww101#'), { 'key?Digits=2.xml': number('ww102#') });
    expect(shortly(carried)).toEqual(['main 1: connects with sales', 'main 2: connects with parts']);
    expect([...carried.remarks.values()]).toEqual([
      ['extension ww101# is not dialled'],
      ['extension ww102# is not dialled'],
    ]);
    expect(isWhole(carried)).toBe(false);
  });

  test.each([
    [
      '<Dial hangupOnStar="true" record="record-from-answer">+12025550140</Dial>',
      ['hangupOnStar="true" of <Dial>', 'record="record-from-answer" of <Dial>'],
    ],
    ['<Dial><Number url="/whisper">+12025550140</Number></Dial>', ['url="/whisper" of <Number>']],
    [
      '<Dial><Sip username="u" password="p">sip:a@pbx.example.com</Sip></Dial>',
      ['username of <Sip>', 'password of <Sip>'],
    ],
    ['<Dial><Client>anna</Client><Number>+12025550140</Number></Dial>', ['1 more numbers of <Dial>: anna']],
    ['<Dial timeout="20" answerOnBridge="true" method="GET" hangupOnStar="false">+12025550140</Dial>', []],
  ])('%s loses %j', (xml, attributes) => {
    const carried = answered(xml);
    expect(first(carried)).toBe('connects with sales');
    expect(lost(carried)).toEqual(attributes.map((one) => `key?Digits=1.xml: ${one}`));
  });

  test('rings as long as it did', () => {
    const ring = (attribute: string): unknown =>
      answered(`<Dial ${attribute}>+12025550140</Dial>`).destinations[0]?.ringS;
    expect([ring(''), ring('timeout="12"'), ring('timeout="900"'), ring('timeout="x"')]).toEqual([
      30, 12, 60, 30,
    ]);
    const profile = profileYaml(
      { name: 'Desk', menuFile: './menus/a.yaml', numbers: [] },
      answered('<Dial timeout="12">+12025550140</Dial>'),
    );
    expect(profile).toContain('ring_s: 12');
  });

  test('is one, however its number is written', () => {
    const carried = answered('<Dial>+1 (202) 555-0140</Dial>', {
      'key?Digits=2.xml': '<Dial><Number>+12025550140</Number></Dial>',
    });
    expect(carried.destinations.map(({ name, to }) => [name, to])).toEqual([['sales', '+12025550140']]);
  });
});

describe('what other keys, and no key, led to', () => {
  const gather =
    '<Gather action="/key" numDigits="1"><Say>For sales, press 1, or stay on the line for the operator.</Say></Gather>';
  const all = { ...END, 'key?Digits=1.xml': '<Dial>+12025550140</Dial>' };

  test('somebody: by any other key, under the name by which callers know them; that silence did it is lost', () => {
    const carried = ofTwiml({ 'index.xml': `${gather}<Dial>+12025550141</Dial>`, 'key/1.xml': '<Hangup/>' });
    expect(carried.menu.menus[0]?.otherwise).toEqual({ to: 'destination', name: 'operator' });
    expect(carried.destinations).toMatchObject([{ name: 'operator', asked: new Set(['the operator']) }]);
    const coverage = coverageOf(carried.menu, carried);
    expect(coverage.rows.map(({ keys, asked, leads, byVoice }) => [keys, asked, leads, byVoice])).toEqual([
      ['1', 'sales', 'ends the call', 'sales'],
      ['other', 'anything else', 'connects with operator', 'main_anything_else'],
    ]);
    expect(carried.losses).toEqual([
      {
        where: 'index.xml',
        lost: 'without a key: connects with operator',
        kept: 'it, for keys that the menu does not have',
      },
    ]);
    expect(coverage.isWhole).toBe(false);
  });

  test('nobody in particular: no name is made of what nobody asked for', () => {
    const carried = ofTwiml({ ...all, 'index.xml': `${MAIN}<Dial>+12025550141</Dial>` });
    expect(carried.menu.menus[0]?.otherwise).toEqual({ to: 'destination', name: 'somebody' });
    expect(profileYaml({ name: 'D', menuFile: './menus/a.yaml', numbers: [] }, carried)).not.toContain(
      'spoken: anything else',
    );
  });

  test('the menu once more, and then somebody: one menu, and not two', () => {
    const carried = ofTwiml({
      ...all,
      'index.xml': `${MAIN}<Say>Sorry.</Say>${MAIN}<Dial>+12025550141</Dial>`,
    });
    expect(carried.menu.menus.map(({ name }) => name)).toEqual(['main']);
    expect(carried.menu.menus[0]?.otherwise).toMatchObject({ to: 'destination' });
    expect(left(carried)).toEqual([
      'index.xml: without a key: says "Sorry. For sales, press 1. For parts, press 2." and listens again',
    ]);
  });

  test.each([
    [
      '<Say>Sorry.</Say><Redirect>/index</Redirect>',
      ['index.xml: without a key: says "Sorry.", then menu main'],
    ],
    ['<Say>Goodbye.</Say><Hangup/>', ['index.xml: without a key: says "Goodbye.", then ends the call']],
    ['<Redirect>/index</Redirect>', []],
    ['', []],
  ])('the menu, or the end: %s is left to the agent', (xml, words) => {
    const carried = ofTwiml({ ...all, 'index.xml': `${MAIN}${xml}` });
    expect(carried.menu.menus[0]?.otherwise).toBeUndefined();
    expect(lost(carried)).toEqual([]);
    expect(left(carried)).toEqual(words);
  });

  test('a message, where it is not known: nobody who presses a wrong key is asked for one', () => {
    const carried = ofTwiml({ ...all, 'index.xml': `${MAIN}<Connect/>` });
    expect(carried.menu.menus[0]?.otherwise).toBeUndefined();
    expect(carried.losses).toEqual([
      {
        where: 'index.xml',
        kept: 'menu main is said again',
        lost: 'without a key: <Connect> is not carried over',
      },
    ]);
  });

  test('what an address answers to every key is the answer to all others', () => {
    const carried = ofTwiml({ 'index.xml': MAIN, ...all, 'key.xml': '<Record/>' });
    expect(carried.menu.menus[0]?.otherwise).toEqual({ to: 'voicemail' });
    expect(lost(carried)).toEqual([]);
  });

  test('a menu that sends all keys to itself says nothing of what they did', () => {
    const carried = ofTwiml({ 'index.xml': MAIN.replace('/key', '/index') });
    expect(shortly(carried)).toEqual(['main 1: tool take_message', 'main 2: tool take_message']);
    expect(lost(carried)).toHaveLength(2);
  });
});

describe('an address with fields', () => {
  const asks = MAIN.replace('/key', '/key?team=west');

  test('is found in whatever order they are', () => {
    const carried = ofTwiml({
      'index.xml': asks,
      'key?Digits=1&team=west.xml': '<Dial>+12025550140</Dial>',
      'key?team=west&Digits=2.xml': '<Record/>',
      'key?Digits=3.xml': '<Hangup/>',
    });
    expect(shortly(carried)).toEqual([
      'main 1: connects with sales',
      'main 2: voicemail',
      'main 3: ends the call',
    ]);
    expect(lost(carried)).toEqual([expect.stringContaining('key 3, with team=west') as string]);
  });

  test('is answered without them only with a word', () => {
    const carried = ofTwiml({ 'index.xml': asks, 'key?Digits=1.xml': '<Hangup/>', ...END });
    expect(lost(carried)[0]).toBe(
      'index.xml: there is no document for /key?team=west, key 1, with team=west',
    );
    expect([...carried.remarks.values()].flat()).toHaveLength(2);
    expect(isWhole(carried)).toBe(false);
  });
});

test('two numbers that callers type are two tools, and one that is asked for twice is one', () => {
  const asks = (action: string): string => `<Gather numDigits="8" action="/${action}/enter"/>`;
  const two = answered(asks('balance'), { 'key?Digits=2.xml': asks('claims') });
  expect(shortly(two)).toEqual(['main 1: tool enter', 'main 2: tool parts_enter']);
  expect(two.tools).toEqual(new Set(['enter', 'parts_enter']));
  const same = answered(asks('balance'), { 'key?Digits=2.xml': asks('balance') });
  expect(same.tools).toEqual(new Set(['enter']));
});

test('a verb that TwiML does not have is named, and the call goes on behind it', () => {
  const carried = ofTwiml({
    'index.xml': `<gather action="/gone"><say>Hi.</say></gather>${MAIN}`,
    'key.xml': '<Record/>',
  });
  expect(shortly(carried)).toEqual(['main 1: voicemail', 'main 2: voicemail']);
  expect(lost(carried)).toEqual(['index.xml: <gather> is not carried over']);
});

test('a queue with a task is known by its workflow, and what those heard who waited is named', () => {
  const carried = answered('<Enqueue workflowSid="WW1" waitUrl="/wait"><Task>{"skill":"a"}</Task></Enqueue>');
  expect(lost(carried)).toEqual([
    'key?Digits=1.xml: those who wait hear /wait',
    expect.stringContaining('--queue "WW1=+…"') as string,
  ]);
});

test('a number that is called again and again until somebody answers is named once for each', () => {
  const carried = answered('<Dial action="/hunt">+12025550140</Dial>', {
    'hunt.xml': '<Dial action="/key?Digits=1">+12025550141</Dial>',
  });
  expect(lost(carried)).toEqual([
    `key?Digits=1.xml: ${AFTER} it leads back to itself, and no key leads out`,
    `key?Digits=1.xml: ${AFTER} connects with sales_where_nobody_answers`,
  ]);
});

test('a language beside that of the agent is named, once', () => {
  const carried = ofTwiml({
    'index.xml': `<Say language="en-US">Hi.</Say><Say language="es-MX">Hola.</Say>${MAIN}`,
    ...END,
    'key/1.xml': '<Say language="en-GB">Bye.</Say><Say language="es-ES">Adiós.</Say>',
  });
  expect(carried.language).toBe('en-US');
  expect(lost(carried)).toEqual([expect.stringContaining('it is spoken in es-') as string]);
});

test('fifty numbers that are asked for one after the other, whether callers type them or not', () => {
  const asks = (next: number): string =>
    `<Gather numDigits="8" action="/n${next}"/><Redirect>/n${next}</Redirect>`;
  const all = Array.from({ length: 50 }, (_, n): [string, string] => [`n${n}.xml`, asks(n + 1)]);
  const carried = answered(asks(0), Object.fromEntries(all));
  expect(first(carried)).toBe('tool n0');
  expect(isWhole(carried)).toBe(false);
});

test('what ends a number is no choice', () => {
  const carried = answered(
    '<Gather action="/account"><Say>Enter your account number, then press pound.</Say></Gather>',
    {
      'account.xml': '<Dial>+12025550140</Dial>',
    },
  );
  expect(first(carried)).toBe('tool account, after "Enter your account number, then press pound."');
});

test('keys that were played into the call are named', () => {
  expect(lost(answered('<Play digits="1w2"/>'))).toEqual(['key?Digits=1.xml: plays keys 1w2 into the call']);
});

test('whom nobody dials is said by the option itself in an emergency', () => {
  expect(first(answered('<Dial>911</Dial>'))).toContain('hang up now and dial it yourself');
  expect(first(answered('<Dial>+19005550111</Dial>'))).toBe('tool take_message');
});

describe('in a flow,', () => {
  const on = (event: string, next?: string | null): object => ({ event, next });
  const when = (type: string, value: string, next: string): object => ({
    ...on('match', next),
    conditions: [{ type, value, arguments: ['{{widgets.menu.Digits}}'] }],
  });
  const widget = (name: string, type: string, properties: object, ...transitions: object[]): object => ({
    ...{ name, type, properties, transitions },
  });
  const desk = (name: string, digit: number, ...transitions: object[]): object =>
    widget(name, 'connect-call-to', { to: `+1202555014${digit}` }, ...transitions);
  const flow = (conditions: object[], widgets: object[], timeout = 'menu', noMatch = 'menu'): Carried =>
    ofFlow({
      initial_state: 'menu',
      states: [
        widget(
          'menu',
          'gather-input-on-call',
          { say: 'Hello.', number_of_digits: 1 },
          on('keypress', 'keys'),
          on('timeout', timeout),
        ),
        widget('keys', 'split-based-on', {}, on('noMatch', noMatch), ...conditions),
        ...widgets,
      ],
    });
  const one = when('equal_to', '1', 'one');

  test.each([
    ['^1$', ['1']],
    ['[1-3]', ['1', '2', '3']],
    ['^[12*#]$', ['1', '2', '*', '#']],
    ['1|2', ['1', '2']],
    ['^(1|2)$', ['1', '2']],
    ['^(?:\\*|#)$', ['*', '#']],
    ...['^45$', '10', '1*', '*', '[1-]', '[^1]', '\\d', '.', '^$', '', '1|22', '[12]{2}'].map(
      (pattern): [string, string[]] => [pattern, []],
    ),
  ])('the pattern %j means the keys %j', (pattern, keys) => {
    const carried = flow(
      [when('regex', pattern, 'one'), when('equal_to', '9', 'two')],
      [desk('one', 1), desk('two', 2)],
    );
    const to = carried.menu.menus[0]?.options.filter(({ leads }) => JSON.stringify(leads).includes('"one"'));
    expect(new Set(to?.map(({ key }) => key))).toEqual(new Set(keys));
    if (keys.length === 0)
      expect(lost(carried)).toContain(`keys (split-based-on): condition regex "${pattern}" names no key`);
    else expect(lost(carried)).toEqual([]);
  });

  test('a pattern of a number takes no key from the one that has it', () => {
    const carried = flow(
      [when('regex', '^45$', 'one'), when('equal_to', '5', 'two')],
      [desk('one', 1), desk('two', 2)],
    );
    expect(shortly(carried)).toEqual(['main 5: connects with two']);
    expect(lost(carried)).toContain('one (connect-call-to): no way that is carried over leads to it');
  });

  test.each(['starts_with', 'contains'])('%s says nothing of a key where a number is typed', (type) => {
    const carried = ofFlow({
      initial_state: 'menu',
      states: [
        widget('menu', 'gather-input-on-call', { number_of_digits: 4 }, on('keypress', 'keys')),
        widget('keys', 'split-based-on', {}, when('equal_to', '1', 'one'), when(type, '2', 'two')),
        ...[desk('one', 1), desk('two', 2)],
      ],
    });
    expect(shortly(carried)).toEqual(['main 1: connects with one']);
    expect(lost(carried)).toContain(`keys (split-based-on): condition ${type} "2" names no key`);
  });

  test('what silence led to is kept for other keys, and named; beside what other keys led to it is lost', () => {
    const alone = flow([one], [desk('one', 1), desk('late', 2)], 'late');
    expect(alone.menu.menus[0]?.otherwise).toMatchObject({ to: 'destination' });
    expect(lost(alone)).toEqual([expect.stringContaining('without a key: connects with') as string]);
    const beside = flow([one], [desk('one', 1), desk('late', 2), desk('wrong', 3)], 'late', 'wrong');
    expect(beside.menu.menus[0]?.otherwise).toMatchObject({ to: 'destination' });
    expect(beside.losses).toMatchObject([{ kept: 'the agent asks what they want' }]);
    const other = flow([one], [desk('one', 1), desk('wrong', 3)], 'menu', 'wrong');
    expect(other.menu.menus[0]?.otherwise).toMatchObject({ to: 'destination' });
    expect(isWhole(other)).toBe(false);
    expect(lost(other)).toEqual([]);
  });

  test('what came after a call is named, through the split on how it went', () => {
    const carried = flow(
      [one],
      [
        desk('one', 1, on('callCompleted', 'how')),
        widget('how', 'split-based-on', { input: '{{widgets.one.DialCallStatus}}' }, on('noMatch', null), {
          ...on('match', 'mail'),
          conditions: [
            { type: 'not_equal_to', value: 'completed', arguments: ['{{widgets.one.DialCallStatus}}'] },
          ],
        }),
        widget('mail', 'record-voicemail', {}, on('recordingComplete', null)),
      ],
    );
    expect(lost(carried)).toEqual([`one (connect-call-to): ${AFTER} voicemail`]);
    expect(carried.hasVoicemail).toBe(true);
  });

  test.each<[string, object]>([
    ['run-subflow', {}],
    ['add-twiml-redirect', { url: 'https://x.example.com' }],
    ['connect-virtual-agent', {}],
  ])('%s that nothing follows takes a message', (type, properties) => {
    const carried = flow([one], [widget('one', type, properties)]);
    expect(shortly(carried)).toEqual(['main 1: tool take_message']);
  });

  test.each<[object, string[]]>([
    [{ noun: 'number-multi', to: '+12025550141, +12025550142' }, ['1 more numbers: +12025550142']],
    [
      { to: '+12025550141', caller_id: '+12025550199', record: true },
      ['shows +12025550199 as the number that calls', 'records the call'],
    ],
    [
      { noun: 'sip', sip_endpoint: 'sip:a@pbx.example.com', sip_username: 'u', sip_password: 'p' },
      ['its user name and password'],
    ],
    [{ to: '+12025550141', caller_id: '{{contact.channel.address}}', record: false, timeout: 30 }, []],
  ])('a call %j loses %j', (properties, losses) => {
    const carried = flow([one], [widget('one', 'connect-call-to', properties)]);
    expect(shortly(carried)).toEqual(['main 1: connects with one']);
    expect(lost(carried)).toEqual(losses.map((loss) => `one (connect-call-to): ${loss}`));
  });
});
