// The verbs for people, as Twilio reads them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import { renderVerb } from '../../../src/carrier/twilio/markup.ts';
import type { Errand, Spoken, Verb } from '../../../src/carrier/webhooks.ts';
import { parseTwiml } from '../../../src/simulator/phone/twiml.ts';
import { readXml, type XmlElement } from '../../../src/base/xml.ts';

const BASE = 'https://voice.example.com/line';
const CALL = callId('CA1');
const TRANSFER: Errand = { is: 'transfer', of: 'CA1', attempt: 2 };
const FOR = 'for=transfer%3ACA1%3A2';
const HELLO: Spoken = { text: 'One moment, please.', language: 'en-US' };
const SAID = ['Say', { language: 'en-US' }, 'One moment, please.'];

/** `[name, attributes, text or children]`, and nothing where there is nothing. */
type Shape = readonly unknown[];
function shapeOf({ name, attributes, text, children }: XmlElement): Shape {
  return [
    name,
    ...(Object.keys(attributes).length > 0 ? [{ ...attributes }] : []),
    ...(children.length > 0 ? children.map(shapeOf) : text === '' ? [] : [text]),
  ];
}
const rendered = (verb: Verb): readonly Shape[] => readXml(renderVerb(verb, BASE)).children.map(shapeOf);

test('dial: a number', () => {
  expect(
    rendered({ do: 'dial', step: 3, say: HELLO, to: '+12025550111', ringS: 20, errand: TRANSFER }),
  ).toEqual([
    SAID,
    [
      'Dial',
      { answerOnBridge: 'true', timeout: '20', action: `${BASE}/twilio/after-stream?step=3` },
      [
        'Number',
        {
          statusCallback: `${BASE}/twilio/person-status?${FOR}`,
          statusCallbackEvent: 'initiated ringing answered completed',
        },
        '+12025550111',
      ],
    ],
  ]);
});

test.each(['sip:billing@example.com;transport=tls?a=1&b=2', 'SIPS:billing@example.com'])(
  'dial: %s, under our own number',
  (to) => {
    const [dial] = rendered({
      do: 'dial',
      step: 0,
      to,
      callerId: '+12025550100',
      ringS: 5,
      errand: TRANSFER,
    });
    expect(dial).toMatchObject(['Dial', { callerId: '+12025550100', timeout: '5' }, ['Sip', {}, to]]);
  },
);

test('refer', () => {
  expect(rendered({ do: 'refer', step: 9, say: HELLO, to: 'sip:a@example.com?X-A=1&X-B=2' })).toEqual([
    SAID,
    ['Refer', { action: `${BASE}/twilio/after-stream?step=9` }, ['Sip', 'sip:a@example.com?X-A=1&X-B=2']],
  ]);
});

test('hold: the caller waits, and is not left alone', () => {
  expect(rendered({ do: 'hold', step: 4, say: HELLO, callId: CALL, conference: 'CA1-2' })).toEqual([
    SAID,
    [
      'Dial',
      { action: `${BASE}/twilio/after-stream?step=4` },
      [
        'Conference',
        {
          startConferenceOnEnter: 'false',
          endConferenceOnExit: 'true',
          beep: 'false',
          waitUrl: `${BASE}/twilio/wait?call=CA1&step=4`,
        },
        'CA1-2',
      ],
    ],
  ]);
});

test('join: a person begins the conference, hears music until the caller is in it, and is not left alone', () => {
  expect(rendered({ do: 'join', conference: 'CA1-2', errand: TRANSFER })).toEqual([
    [
      'Dial',
      { action: `${BASE}/twilio/person?${FOR}&over=1` },
      [
        'Conference',
        {
          startConferenceOnEnter: 'true',
          endConferenceOnExit: 'true',
          beep: 'false',
          waitUrl: `${BASE}/twilio/sounds/hold.wav`,
          waitMethod: 'GET',
        },
        'CA1-2',
      ],
    ],
  ]);
});

test('queue', () => {
  expect(rendered({ do: 'queue', step: 5, say: HELLO, callId: CALL, queue: 'front_desk' })).toEqual([
    SAID,
    [
      'Enqueue',
      {
        action: `${BASE}/twilio/after-stream?step=5`,
        waitUrl: `${BASE}/twilio/wait?call=CA1&step=5`,
      },
      'front_desk',
    ],
    ['Redirect', `${BASE}/twilio/after-stream?step=5`],
  ]);
});

test('take from a queue, and leave it', () => {
  const errand: Errand = { is: 'queue', of: 'front desk', attempt: 1 };
  expect(rendered({ do: 'take-from-queue', queue: 'front desk', errand })).toEqual([
    [
      'Dial',
      { timeout: '5', action: `${BASE}/twilio/person?for=queue%3Afront+desk%3A1&over=1` },
      ['Queue', 'front desk'],
    ],
  ]);
  expect(rendered({ do: 'leave-queue' })).toEqual([['Leave']]);
});

test('record', () => {
  expect(rendered({ do: 'record', step: 6, say: HELLO, longestS: 120 })).toEqual([
    SAID,
    [
      'Record',
      {
        action: `${BASE}/twilio/after-stream?step=6`,
        playBeep: 'true',
        timeout: '5',
        finishOnKey: '#',
        maxLength: '120',
        trim: 'do-not-trim',
        recordingStatusCallback: `${BASE}/twilio/recording#rc=5&rp=all`,
        recordingStatusCallbackEvent: 'completed absent',
      },
    ],
    ['Redirect', `${BASE}/twilio/after-stream?step=6&recorded=no`],
  ]);
});

const KEY = { input: 'dtmf', numDigits: '1', finishOnKey: '' };

test.each<[string, Extract<Verb, { do: 'ask-key' }>['of'], string]>([
  ['a caller', { step: 7 }, `${BASE}/twilio/after-stream?step=7&asked=1`],
  ['a person', { errand: TRANSFER }, `${BASE}/twilio/person?${FOR}&asked=1`],
])('a key is asked of %s', (_, of, action) => {
  const say = [HELLO, { text: 'Drücken Sie 1.', language: 'de-DE' }];
  expect(rendered({ do: 'ask-key', say, withinS: 8, of })).toEqual([
    [
      'Gather',
      { ...KEY, timeout: '8', actionOnEmptyResult: 'true', action },
      SAID,
      ['Say', { language: 'de-DE' }, 'Drücken Sie 1.'],
    ],
  ]);
});

test('music for a conference holds no verb that is forbidden there', () => {
  expect(rendered({ do: 'music', callId: CALL, step: 4, say: [HELLO], sound: 'hold', key: false })).toEqual([
    SAID,
    ['Play', `${BASE}/twilio/sounds/hold.wav`],
    ['Redirect', `${BASE}/twilio/wait?call=CA1&step=4`],
  ]);
});

test('music during which a key counts', () => {
  const again = `${BASE}/twilio/wait?call=CA1&step=4`;
  const verb = { do: 'music', callId: CALL, step: 4, sound: 'our hold/music', key: true } as const;
  const play = ['Play', `${BASE}/twilio/sounds/our%20hold%2Fmusic.wav`];
  expect(rendered(verb)).toEqual([['Gather', { ...KEY, timeout: '1', action: again }, play]]);
  expect(rendered({ ...verb, say: [HELLO] })).toEqual([
    ['Gather', { ...KEY, timeout: '1', action: again }, SAID, play],
  ]);
});

/** With what XML cannot hold more often than chance would have it. */
const text = fc.string({
  unit: fc.constantFrom('a', '\u0000', '\uFFFF', '\uD800', '<', '&', '"', ' ', 'ü', '😀'),
});
const errand = fc.record({
  is: fc.constantFrom('transfer' as const, 'queue' as const, 'callback' as const),
  of: text.filter((of) => of !== ''),
  attempt: fc.nat(),
});
const spoken = fc.record({ text, language: fc.constantFrom('en-US', 'de-DE') });
const ofVerb = <V extends Verb['do']>(verb: V, more: object) => fc.record({ do: fc.constant(verb), ...more });
const step = fc.nat();
const call = text.map(callId);
const anyVerb = fc.oneof(
  ofVerb('stream', { token: fc.base64String() }),
  ofVerb('hang-up', {}),
  ofVerb('leave-queue', {}),
  ofVerb('say-and-hang-up', { text, language: fc.constant('en-US') }),
  ofVerb('dial', {
    step,
    say: fc.option(spoken, { nil: undefined }),
    to: text,
    callerId: fc.option(text, { nil: undefined }),
    ringS: step,
    errand,
  }),
  ofVerb('refer', { step, say: spoken, to: text }),
  ofVerb('hold', { step, say: spoken, callId: call, conference: text }),
  ofVerb('join', { conference: text, errand }),
  ofVerb('queue', { step, say: spoken, callId: call, queue: text }),
  ofVerb('take-from-queue', { queue: text, errand }),
  ofVerb('record', { step, say: spoken, longestS: step }),
  ofVerb('ask-key', { say: fc.array(spoken), withinS: step, of: fc.record({ errand }) }),
  ofVerb('music', {
    step,
    callId: call,
    say: fc.array(spoken),
    sound: fc.string(),
    key: fc.boolean(),
  }),
) as fc.Arbitrary<Verb>;

test('whatever is in a verb, it is a document that Twilio takes', () => {
  fc.assert(
    fc.property(anyVerb, (verb) => {
      const xml = renderVerb(verb, BASE);
      for (const sign of ['\u0000', '\uFFFF']) expect(xml).not.toContain(sign);
      expect(xml.isWellFormed()).toBe(true);
      const read = parseTwiml(xml);
      expect(read).toMatchObject({ ok: true, warnings: [] });
      expect(read.ok ? read.verbs.map((known) => known.verb) : []).not.toContain('Unsupported');
    }),
    { numRuns: 500 },
  );
});
