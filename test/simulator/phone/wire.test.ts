import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMessage, StreamWriter } from '../../../src/simulator/phone/wire.ts';

const SID = 'MZ0123';
const media = (payload: unknown): string =>
  JSON.stringify({ event: 'media', streamSid: SID, media: { payload } });

test("the server's three messages", () => {
  const payload = Buffer.from([1, 2, 255]).toString('base64');
  const heard = readMessage(media(payload), SID);
  expect(heard.event === 'media' && [...heard.sound]).toEqual([1, 2, 255]);
  expect(readMessage(`{"event":"mark","streamSid":"${SID}","mark":{"name":"m"},"more":1}`, SID)).toEqual({
    event: 'mark',
    name: 'm',
  });
  expect(readMessage(`{"event":"clear","streamSid":"${SID}"}`, SID)).toEqual({ event: 'clear' });
});

test.each([
  ['', 'not JSON'],
  ['null', 'no event'],
  ['[]', 'no event'],
  ['"media"', 'no event'],
  ['{"event":7}', 'no event'],
  ['{"event":"stop","streamSid":"MZ0123"}', "unknown event 'stop'"],
  ['{"event":"clear"}', 'another streamSid'],
  ['{"event":"clear","streamSid":"MZother"}', 'another streamSid'],
  ['{"event":"media","streamSid":"MZ0123"}', 'without media.payload'],
  ['{"event":"media","streamSid":"MZ0123","media":null}', 'without media.payload'],
  [media(12), 'without media.payload'],
  [media('not base64!'), 'not base64'],
  ['{"event":"mark","streamSid":"MZ0123","mark":{}}', 'without mark.name'],
  ['{"event":"mark","streamSid":"MZ0123","mark":{"name":""}}', 'without mark.name'],
])('%j is invalid: %s', (text, why) => {
  const message = readMessage(text, SID);
  expect(message.event === 'invalid' && message.why).toContain(why);
});

test('any bytes come through base64, padded or not', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (bytes, padded) => {
      const payload = Buffer.from(bytes).toString('base64');
      const heard = readMessage(media(padded ? payload : payload.replace(/=+$/, '')), SID);
      expect(heard.event === 'media' && Uint8Array.from(heard.sound)).toEqual(bytes);
    }),
  );
});

test('our messages: string counters, one sequence for all, chunks counted apart', () => {
  const writer = new StreamWriter({ accountSid: 'AC1', callSid: 'CA1', streamSid: SID });
  const texts = [
    writer.connected(),
    writer.start({ token: 't' }),
    writer.media('/w==', 0),
    writer.digit('#'),
    writer.media('/w==', 20),
    writer.mark('m'),
    writer.stop(),
  ];
  expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual([
    { event: 'connected', protocol: 'Call', version: '1.0.0' },
    {
      event: 'start',
      sequenceNumber: '1',
      streamSid: SID,
      start: {
        accountSid: 'AC1',
        callSid: 'CA1',
        streamSid: SID,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
        customParameters: { token: 't' },
      },
    },
    {
      event: 'media',
      sequenceNumber: '2',
      streamSid: SID,
      media: { track: 'inbound', chunk: '1', timestamp: '0', payload: '/w==' },
    },
    { event: 'dtmf', sequenceNumber: '3', streamSid: SID, dtmf: { track: 'inbound_track', digit: '#' } },
    {
      event: 'media',
      sequenceNumber: '4',
      streamSid: SID,
      media: { track: 'inbound', chunk: '2', timestamp: '20', payload: '/w==' },
    },
    { event: 'mark', sequenceNumber: '5', streamSid: SID, mark: { name: 'm' } },
    { event: 'stop', sequenceNumber: '6', streamSid: SID, stop: { accountSid: 'AC1', callSid: 'CA1' } },
  ]);
});
