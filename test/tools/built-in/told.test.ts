import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, toldAppointment, toldFacts, toldObject } from '../../../src/tools/built-in/told.ts';
import { appointment, order } from '../rig.ts';

test('what is short stays, what is long is cut to what can be said, and no character is halved', () => {
  expect(cut('Check-up')).toBe('Check-up');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 800 }), (text) => {
      const told = cut(text);
      expect(told.length).toBeLessThanOrEqual(400);
      expect(told.isWellFormed()).toBe(true);
      expect(told === text).toBe(text.length <= 400);
    }),
  );
});

test('thirty facts at most, each cut', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`fact ${i}`, 'x'.repeat(1_000)]));
  const told = toldFacts(many);
  expect(Object.keys(told)).toHaveLength(30);
  expect(told['fact 0']).toHaveLength(400);
});

test('neither an appointment nor an order tells an id, and times are those of the office', () => {
  const office = { timeZone: 'Europe/Berlin', language: 'de-DE' };
  expect(toldAppointment(appointment('2026-11-26T23:30:00Z'), office)).toEqual({
    when: 'Freitag, 27. November um 0:30',
    date: '2026-11-27',
    time: '00:30',
    minutes: 30,
    about: 'Check-up',
  });
  expect(toldObject(order('A-1'))).toEqual({
    number: 'A-1',
    title: 'Two chairs',
    status: 'on its way',
    facts: { arrives: 'on Friday' },
  });
});
