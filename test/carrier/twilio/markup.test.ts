import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { socketUrl } from '../../../src/carrier/twilio/addresses.ts';
import { renderVerb } from '../../../src/carrier/twilio/markup.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const read = (xml: string): unknown =>
  new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(xml);

test('stream: connects the media socket, and comes back after it', () => {
  expect(renderVerb({ do: 'stream', token: 'abc_-9' }, 'https://voice.example.com/line')).toBe(
    `${HEAD}<Response><Connect action="https://voice.example.com/line/twilio/after-stream">` +
      '<Stream url="wss://voice.example.com/line/twilio/media" name="main" statusCallback="https://voice.example.com/line/twilio/stream-status">' +
      '<Parameter name="token" value="abc_-9"/></Stream></Connect></Response>',
  );
});

test('stream: an http base gives a ws socket', () => {
  expect(renderVerb({ do: 'stream', token: 't' }, 'http://127.0.0.1:8080')).toContain(
    '<Stream url="ws://127.0.0.1:8080/twilio/media"',
  );
  expect(socketUrl('https://http.example/http')).toBe('wss://http.example/http');
});

test('hang up', () => {
  expect(renderVerb({ do: 'hang-up' }, 'https://x')).toBe(`${HEAD}<Response><Hangup/></Response>`);
});

test('say, then hang up', () => {
  expect(
    renderVerb({ do: 'say-and-hang-up', text: 'Es tut uns leid.', language: 'de-DE' }, 'https://x'),
  ).toBe(`${HEAD}<Response><Say language="de-DE">Es tut uns leid.</Say><Hangup/></Response>`);
});

test('what XML cannot hold becomes a space, all else is said as it is', () => {
  const text = 'a\u0000b\u0007c\uD800 <d> & "ü" 😀\uFFFF';
  const xml = renderVerb({ do: 'say-and-hang-up', text, language: 'en-US' }, 'https://x');
  expect(read(xml)).toMatchObject({ Response: { Say: { '#text': 'a b c  <d> & "ü" 😀' } } });
});

test('any token comes back as it was', () => {
  fc.assert(
    fc.property(
      fc.base64String({ minLength: 1 }),
      fc.constantFrom('"', '<', '&', "'", '>'),
      (token, sign) => {
        const value = `${sign}${token}`;
        expect(read(renderVerb({ do: 'stream', token: value }, 'https://x'))).toMatchObject({
          Response: { Connect: { Stream: { Parameter: { name: 'token', value } } } },
        });
      },
    ),
  );
});
