import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLog, maskPii } from '../../src/base/log.ts';
import { maskPhoneNumber, parsePhoneNumber } from '../../src/base/phone-number.ts';

function rig(secrets: readonly string[] = []) {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', secrets, destination: { write: (line) => void lines.push(line) } });
  return { log, lines, all: () => lines.join('') };
}

test('caller data under `pii` keeps its shape and loses its content', () => {
  const { log, lines } = rig();
  log.info(
    { callId: 'CA1', pii: { from: '+15550100123', said: 'my card is 4111', n: 7, list: ['Ada'] } },
    'said',
  );
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'info',
    callId: 'CA1',
    pii: { from: '+1555•••••23', said: '[15 characters]', n: '[number]', list: ['[3 characters]'] },
    msg: 'said',
  });
});

test('a phone number is masked wherever it slipped in, a secret too', () => {
  const { log, all } = rig(['sesame-open']);
  log.warn(
    { url: 'https://x/?key=sesame-open', err: new Error('call to +4915112345678 failed: sesame-open') },
    'to +15550100123',
  );
  expect(all()).not.toMatch(/sesame-open|5550100123|15112345678/);
  expect(all()).toContain('[secret]');
});

test('of an error only its name, words, place and causes are written', () => {
  const { log, all } = rig();
  const cause = Object.assign(new Error('too large'), {
    body: 'From=%2B15550100123&Words=secret',
    code: 'E_BIG',
  });
  log.error({ err: new Error('request failed', { cause }) }, 'From=%2B15550100123');
  expect(all()).toContain('request failed');
  expect(all()).toContain('E_BIG');
  expect(all()).not.toMatch(/Words|5550100123/);
});

test('children mask as their parent does', () => {
  const { log, all } = rig(['sesame-open']);
  log.child({ callId: 'CA1', key: 'sesame-open' }).info({ pii: { to: '+15550100123' } }, 'x');
  expect(all()).not.toMatch(/sesame-open|5550100123/);
  expect(all()).toContain('CA1');
});

test('no text of eight or more characters survives masking', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 8 }).filter((text) => !text.startsWith('[')),
      (text) => {
        expect(JSON.stringify(maskPii({ said: text }))).not.toContain(JSON.stringify(text).slice(1, -1));
      },
    ),
  );
});

test('numbers as people write them are understood, others are not', () => {
  expect(parsePhoneNumber('+1 (555) 010-0123')).toBe('+15550100123');
  for (const wrong of [
    '5550100123',
    '+0155501001',
    '+1',
    'anonymous',
    '',
    '+1555010012345678',
    '+1555x0100123',
  ])
    expect(parsePhoneNumber(wrong), wrong).toBeUndefined();
  expect(maskPhoneNumber('+15550100123')).toBe('+1555•••••23');
  expect(maskPhoneNumber('12345')).toBe('•••••');
});
