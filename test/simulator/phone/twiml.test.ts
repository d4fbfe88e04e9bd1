import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { parseTwiml, type Verb } from '../../../src/simulator/phone/twiml.ts';

function verbsOf(xml: string): readonly Verb[] {
  const twiml = parseTwiml(xml);
  if (!twiml.ok) throw new Error(twiml.error.message);
  return twiml.verbs;
}

const warningsOf = (xml: string): number[] => {
  const twiml = parseTwiml(xml);
  return twiml.ok ? twiml.warnings.map(({ code }) => code) : [];
};

describe("what twilio's own generator writes", () => {
  test('Connect with a stream and all its attributes', () => {
    const response = new twilio.twiml.VoiceResponse();
    const connect = response.connect({ action: 'https://h.example/after?a=1&b=2', method: 'GET' });
    const stream = connect.stream({
      url: 'wss://h.example/media',
      name: 'main',
      track: 'inbound_track',
      statusCallback: 'https://h.example/stream-status',
      statusCallbackMethod: 'GET',
    });
    stream.parameter({ name: 'token', value: 'a"<&>b' });
    stream.parameter({ name: 'line', value: '' });
    expect(verbsOf(response.toString())).toEqual([
      {
        verb: 'Connect',
        action: 'https://h.example/after?a=1&b=2',
        method: 'GET',
        stream: {
          url: 'wss://h.example/media',
          name: 'main',
          track: 'inbound_track',
          statusCallback: 'https://h.example/stream-status',
          statusCallbackMethod: 'GET',
          parameters: { token: 'a"<&>b', line: '' },
        },
      },
    ]);
  });

  test('the other verbs, in order', () => {
    const response = new twilio.twiml.VoiceResponse();
    response.say({ language: 'de-DE', loop: 2 }, 'Grüß Gott & auf Wiederhören');
    response.play('https://h.example/a.wav');
    response.play({ digits: '1ww2#' });
    response.pause({ length: 3 });
    response.pause();
    response.redirect({ method: 'GET' }, '/again');
    response.reject({ reason: 'busy' });
    response.hangup();
    expect(verbsOf(response.toString())).toEqual([
      { verb: 'Say', text: 'Grüß Gott & auf Wiederhören', language: 'de-DE', loop: 2 },
      { verb: 'Play', url: 'https://h.example/a.wav', loop: 1 },
      { verb: 'PlayDigits', digits: '1ww2#' },
      { verb: 'Pause', lengthS: 3 },
      { verb: 'Pause', lengthS: 1 },
      { verb: 'Redirect', url: '/again', method: 'GET' },
      { verb: 'Reject', reason: 'busy' },
      { verb: 'Hangup' },
    ]);
  });

  test('a verb that Twilio knows and this network does not', () => {
    const response = new twilio.twiml.VoiceResponse();
    response.pay();
    expect(verbsOf(response.toString())).toEqual([{ verb: 'Unsupported', name: 'Pay' }]);
  });
});

test.each([
  ['', 12100],
  ['<Response><Say>a & b</Say></Response>', 12100],
  [' <?xml version="1.0"?><Response/>', 12100],
  ['{"twiml":1}', 12100],
  ['<response/>', 12102],
  ['<html><body/></html>', 12102],
])('%j fails as Twilio fails it', (xml, code) => {
  const twiml = parseTwiml(xml);
  expect(twiml.ok ? 0 : twiml.error.code).toBe(code);
});

test('an empty document is a document', () => {
  expect(parseTwiml('<Response/>')).toEqual({ ok: true, verbs: [], warnings: [] });
});

test('an unknown verb is warned of and skipped', () => {
  const xml = '<Response><hangup/><Shout>a</Shout><Hangup/></Response>';
  expect(verbsOf(xml)).toEqual([{ verb: 'Hangup' }]);
  expect(warningsOf(xml)).toEqual([12200, 12200]);
});

test('a Parameter too long, without a name, or something else in a Stream is left out with a warning', () => {
  const stream = `<Parameter name="ok" value="${'v'.repeat(497)}"/>
    <Parameter name="long" value="${'v'.repeat(496)}"/><Parameter value="x"/><Say>no</Say>`;
  const xml = `<Response><Connect><Stream url="wss://h/m">${stream}</Stream></Connect></Response>`;
  const [connect] = verbsOf(xml);
  expect(connect?.verb === 'Connect' && Object.keys(connect.stream.parameters)).toEqual(['ok']);
  expect(warningsOf(xml)).toEqual([12200, 12200, 12200]);
});

test.each(['<Connect/>', '<Connect><ConversationRelay url="wss://h"/></Connect>'])(
  '%s is not something this network connects to',
  (connect) => {
    expect(verbsOf(`<Response>${connect}</Response>`)[0]?.verb).toBe('Unsupported');
  },
);

test('blank attributes count as absent, odd numbers as the default', () => {
  const xml =
    '<Response><Pause length="-1"/><Say loop="x">a</Say><Connect action=""><Stream url="" name=""/></Connect></Response>';
  expect(verbsOf(xml)).toEqual([
    { verb: 'Pause', lengthS: 1 },
    { verb: 'Say', text: 'a', language: undefined, loop: 1 },
    {
      verb: 'Connect',
      action: undefined,
      method: 'POST',
      stream: {
        url: '',
        name: undefined,
        track: undefined,
        statusCallback: undefined,
        statusCallbackMethod: 'POST',
        parameters: {},
      },
    },
  ]);
});
