import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, StreamWriter, type TwilioFact } from '../../../src/carrier/twilio/messages.ts';
import { CALL_SID, STREAM_SID } from './twilio-peer.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/twilio');
const linesOf = (file: string): string[] => readFileSync(join(FIXTURES, file), 'utf8').trimEnd().split('\n');

/** A fact in few words; the sound as `first byte × length`. */
function inWords(fact: TwilioFact): string {
  switch (fact.type) {
    case 'start':
      return `start ${fact.callSid === CALL_SID ? 'of our call' : fact.callSid} ${JSON.stringify(fact.customParameters)}`;
    case 'media': {
      const same = fact.mulaw.every((byte) => byte === fact.mulaw[0]);
      const sound = `${fact.mulaw[0] ?? 'none'}×${same ? fact.mulaw.length : 'mixed'}`;
      return `${fact.streamSid === STREAM_SID ? '' : 'foreign '}${fact.track} ${fact.timestampMs ?? 'no time'} ${sound}`;
    }
    case 'dtmf':
      return `digit ${fact.digit}`;
    case 'mark':
      return `mark ${fact.name}`;
    case 'unknown':
      return `unknown ${fact.event}`;
    case 'malformed':
      return `malformed: ${fact.why}`;
    default:
      return fact.type;
  }
}

describe('decode', () => {
  test('a whole call', () => {
    expect(linesOf('whole-call.jsonl').map((line) => inWords(decode(line)))).toEqual([
      'connected',
      'start of our call {"token":"one-time-token"}',
      'inbound 5 1×160',
      'inbound 25 2×160',
      'digit 5',
      'inbound 45 3×80',
      'mark greeting',
      'inbound 55 4×240',
      'digit #',
      'digit *',
      'inbound 85 5×160',
      'stop',
    ]);
  });

  test('gaps, duplicates and late frames are told as they came', () => {
    expect(linesOf('gaps.jsonl').map((line) => inWords(decode(line)))).toEqual([
      'connected',
      'start of our call {"token":"one-time-token"}',
      'inbound 100 1×160',
      'inbound 121 2×160',
      'inbound 139 3×160',
      'inbound 360 4×160',
      'inbound 380 6×160',
      'inbound 400 7×160',
      'inbound 400 7×160',
      'inbound 380 8×160',
      'inbound 440 9×160',
      'inbound 60460 10×160',
      'stop',
    ]);
  });

  test('unknown events, unknown fields, absent fields, numbers in place of strings', () => {
    expect(linesOf('unknown.jsonl').map((line) => inWords(decode(line)))).toEqual([
      'connected',
      'start of our call {}',
      'inbound 20 1×160',
      'unknown volume',
      'unknown constructor',
      'inbound 40 2×160',
      'inbound no time 3×160',
      'outbound 80 4×160',
      'stop',
    ]);
  });

  test('malformed lines, and a stream that is not ours', () => {
    expect(linesOf('malformed.jsonl').map((line) => inWords(decode(line)))).toEqual([
      'connected',
      'start of our call {"token":"one-time-token"}',
      'inbound 0 1×160',
      'malformed: not JSON',
      'malformed: not JSON',
      'malformed: no event',
      'malformed: no event',
      'malformed: no event',
      'malformed: no event',
      'malformed: no event',
      'malformed: no event',
      'malformed: media without streamSid',
      'malformed: media without streamSid',
      'malformed: media without payload',
      'malformed: media without payload',
      'malformed: media without payload',
      'malformed: media without payload',
      'malformed: media payload is not base64',
      'malformed: start without callSid',
      'malformed: dtmf without a key 0-9, * or #',
      'malformed: dtmf without a key 0-9, * or #',
      'malformed: dtmf without a key 0-9, * or #',
      'malformed: mark without a name',
      'foreign inbound 20 9×160',
      'inbound 20 2×160',
      'stop',
    ]);
  });

  test.each(['', ' ', 'x', '-5', '1e999', 'NaN', null, [], {}, -1, true])(
    '%j is no timestamp',
    (timestamp) => {
      const fact = decode(
        JSON.stringify({ event: 'media', streamSid: 'MZ', media: { timestamp, payload: 'AAAA' } }),
      );
      expect(fact).toMatchObject({ type: 'media', timestampMs: undefined });
    },
  );

  test('a start says its media format, whatever stands there', () => {
    const formatOf = (mediaFormat: unknown): unknown => {
      const fact = decode(
        JSON.stringify({ event: 'start', streamSid: 'MZ', start: { callSid: 'CA', mediaFormat } }),
      );
      return fact.type === 'start' ? fact.mediaFormat : fact;
    };
    expect(formatOf({ encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 })).toEqual({
      encoding: 'audio/x-mulaw',
      sampleRate: 8000,
      channels: 1,
    });
    expect(formatOf({ encoding: 3, sampleRate: '16000', channels: [] })).toEqual({
      encoding: 'unknown',
      sampleRate: 16_000,
      channels: 0,
    });
    expect(formatOf(null)).toEqual({ encoding: 'unknown', sampleRate: 0, channels: 0 });
  });

  test('custom parameters keep their texts and nothing else', () => {
    const fact = decode(
      '{"event":"start","streamSid":"MZ","start":{"callSid":"CA","customParameters":{"a":"1","b":2,"__proto__":"x"}}}',
    );
    expect(fact.type === 'start' && Object.entries(fact.customParameters)).toEqual([
      ['a', '1'],
      ['__proto__', 'x'],
    ]);
  });

  test('never throws, whatever comes', () => {
    const events = fc.constantFrom('connected', 'start', 'media', 'dtmf', 'mark', 'stop', 'other', 7, null);
    const anyMessage = fc.record(
      {
        event: events,
        streamSid: fc.oneof(fc.string(), fc.jsonValue()),
        start: fc.jsonValue(),
        media: fc.oneof(
          fc.jsonValue(),
          fc.record({ payload: fc.oneof(fc.string(), fc.base64String()), timestamp: fc.jsonValue() }),
        ),
        dtmf: fc.jsonValue(),
        mark: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anyMessage.map((message) => JSON.stringify(message)),
          fc.string(),
          fc.json(),
        ),
        (text) => {
          const fact = decode(text);
          expect(fact).toEqual(decode(Buffer.from(text)));
          if (fact.type === 'media' && fact.timestampMs !== undefined)
            expect(fact.timestampMs).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('StreamWriter', () => {
  test('writes what Twilio documents, also from the middle of a buffer', () => {
    const writer = new StreamWriter('MZ"1');
    const bytes = new Uint8Array([0, 1, 2, 255, 4]).subarray(1, 4);
    expect(JSON.parse(writer.media(bytes))).toEqual({
      event: 'media',
      streamSid: 'MZ"1',
      media: { payload: Buffer.from([1, 2, 255]).toString('base64') },
    });
    expect(JSON.parse(writer.mark('turn "1"\n'))).toEqual({
      event: 'mark',
      streamSid: 'MZ"1',
      mark: { name: 'turn "1"\n' },
    });
    expect(JSON.parse(writer.clear)).toEqual({ event: 'clear', streamSid: 'MZ"1' });
  });

  test('what is written as sound is read as the same sound', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 700 }), (bytes) => {
        const fact = decode(new StreamWriter('MZ').media(bytes));
        expect(fact.type === 'media' && [...fact.mulaw]).toEqual([...bytes]);
      }),
    );
  });
});
