import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factsIn, HEADING, withFacts } from '../../../src/crm/salesforce/facts.ts';

const word = fc.stringMatching(/^[a-zé][a-zé ,.-]{0,20}[a-zé]$/).map((text) => text.replaceAll(/ +/g, ' '));
const facts = fc.dictionary(word, word, { minKeys: 1, maxKeys: 4 });
const remark = fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '\r\n', 'x: y'), maxLength: 30 });

test('facts come back as they were put in, beside those that were there', () => {
  fc.assert(
    fc.property(remark, facts, facts, (text, first, second) => {
      const once = withFacts(text, first);
      expect(factsIn(once)).toEqual(first);
      // Salesforce keeps line ends as Windows writes them.
      const twice = withFacts(once.replaceAll('\n', '\r\n'), second);
      expect(factsIn(twice)).toEqual({ ...first, ...second });
    }),
  );
});

test('what the staff wrote stays, before and after, and is no fact', () => {
  const written = `Pays: late\n\n${HEADING}\nlikes: mornings\n\nNote: beware of the dog`;
  expect(factsIn(written)).toEqual({ likes: 'mornings' });
  expect(withFacts(written, { likes: 'noon' })).toBe(
    `Pays: late\n\n${HEADING}\nlikes: noon\n\nNote: beware of the dog`,
  );
  expect(factsIn('Pays: late')).toEqual({});
  expect(factsIn(null)).toEqual({});
});

test('whatever a fact holds, it stays one line and cannot become another', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, value) => {
      const read = factsIn(withFacts('Pays late', { [name]: value, last: 'one' }));
      expect(Object.keys(read).length).toBeLessThanOrEqual(2);
      expect(read['last']).toBe('one');
    }),
  );
  expect(factsIn(withFacts('', { __proto__x: 'a', note: 'a\n\nadmin: yes' }))).toEqual({
    __proto__x: 'a',
    note: 'a admin: yes',
  });
});
