import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chosen, menuOf, readOut } from '../../src/ivr/menu.ts';
import type { Plan } from '../../src/ivr/plan.ts';
import { destination, plan } from './plans.ts';

const VOICEMAIL = { greeting: 'Speak.', longestS: 120 };
const three = plan({
  destinations: [
    destination('front_desk', { by: 'warm' }),
    destination('billing', { by: 'queue' }),
    destination('sales'),
  ],
  voicemail: VOICEMAIL,
});
const texts = (of: Plan, isOpen: (name: string) => boolean, first = true): string[] =>
  readOut(
    menuOf(of, ({ name }) => isOpen(name)),
    of.language,
    first,
  ).map(({ text }) => text);

test('it says why, and then one sentence a key', () => {
  expect(texts(three, () => true)).toEqual([
    'Our assistant is not available just now.',
    'For the front_desk, press 1.',
    'For the billing, press 2.',
    'For the sales, press 3.',
    'To leave a message, press 4.',
  ]);
  expect(texts(three, () => true, false)[0]).toBe('Sorry, we did not get that. Please choose again.');
});

test('one that closes while the menu is read out moves no other', () => {
  const before = menuOf(three, () => true);
  const after = menuOf(three, ({ name }) => name !== 'front_desk');
  expect(texts(three, (name) => name !== 'front_desk')[1]).toBe('For the billing, press 2.');
  for (const key of ['2', '3', '4']) expect(chosen(after, key)).toEqual(chosen(before, key));
  expect(chosen(before, '1')).toEqual({ do: 'destination', name: 'front_desk' });
  expect(chosen(after, '1')).toBeUndefined();
});

test.each(['', '0', '9', '11', '*', '1#', 'x', 'undefined'])('"%s" is none of it', (digits) => {
  expect(
    chosen(
      menuOf(three, () => true),
      digits,
    ),
  ).toBeUndefined();
});

test('all closed and no voicemail: nothing to choose', () => {
  const closed = { ...three, voicemail: undefined };
  expect(menuOf(closed, () => false)).toEqual([]);
  expect(
    chosen(
      menuOf(three, () => false),
      '4',
    ),
  ).toEqual({ do: 'voicemail' });
});

test('of many, those that are open are offered, whichever they are', () => {
  const names = Array.from({ length: 20 }, (_, at) => `d${at}`);
  const many = plan({ destinations: names.map((name) => destination(name)), voicemail: VOICEMAIL });
  const menu = menuOf(many, ({ name }) => Number(name.slice(1)) >= 15);
  expect(menu.map(({ key, spoken: heard }) => [key, heard])).toEqual([
    ['1', 'the d15'],
    ['2', 'the d16'],
    ['3', 'the d17'],
    ['4', 'the d18'],
    ['5', 'the d19'],
    ['6', undefined],
  ]);
});

test('every choice has a key of its own, what is read out is what is chosen, and nothing closed is offered', () => {
  const state = fc.array(
    fc.record({ isOpen: fc.boolean(), by: fc.constantFrom('cold', 'warm', 'queue', 'refer') }),
    {
      maxLength: 14,
    },
  );
  const language = fc.constantFrom('en', 'de-DE', 'es', 'fr', 'it', 'nl', 'pt-BR', 'ja-JP');
  fc.assert(
    fc.property(state, fc.boolean(), language, fc.boolean(), (states, hasVoicemail, tag, first) => {
      const destinations = states.map(({ by }, at) => destination(`d${at}`, { by, spoken: `<${at}>` }));
      const open = new Set(destinations.filter((_, at) => states[at]!.isOpen).map(({ name }) => name));
      const of = plan({ destinations, voicemail: hasVoicemail ? VOICEMAIL : undefined });
      const menu = menuOf(of, ({ name }) => open.has(name));

      const keys = menu.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.toSorted()).toEqual(keys);
      for (const key of keys) expect(key).toMatch(/^[1-9]$/);

      const [, ...lines] = readOut(menu, tag, first);
      expect(lines).toHaveLength(menu.length);
      for (const [at, { text }] of lines.entries()) {
        const [key = ''] = /[1-9](?=\.$)/.exec(text) ?? [];
        const done = chosen(menu, key);
        expect(done).toEqual(menu[at]!.chosen);
        if (done?.do === 'destination') {
          expect(open).toContain(done.name);
          expect(text).toContain(`<${done.name.slice(1)}>`);
        } else expect(text).not.toContain('<');
      }
      const offered = menu.flatMap(({ chosen: one }) => (one.do === 'destination' ? one.name : []));
      const inOrder = destinations.flatMap(({ name }) => (open.has(name) ? name : []));
      expect(offered).toEqual(inOrder.slice(0, 8));
      expect(menu.some(({ chosen: one }) => one.do === 'voicemail')).toBe(hasVoicemail);
    }),
  );
});
