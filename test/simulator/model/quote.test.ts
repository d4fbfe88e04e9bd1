// What tools answered, quoted in what the agent says.
import { expect, test } from 'vitest';
import { quote, quoteAll } from '../../../src/simulator/model/quote.ts';

const answers = new Map<string, unknown>([
  [
    'look_up',
    { name: 'Ada', facts: { 'next appointment': 'Thursday' }, count: 2, list: ['a'], known: false },
  ],
]);

test.each([
  ['Hello {{look_up.name}}!', 'Hello Ada!'],
  ['{{ look_up.facts.next appointment | soon }}', 'Thursday'],
  ['{{look_up.count}} {{look_up.list.0}} {{look_up.known}}', '2 a false'],
  ['{{look_up.email | no address}}', 'no address'],
  ['{{look_up.email}}', ''],
  ['{{other.name | nobody}}', 'nobody'],
  ['{{look_up.facts | what}}', 'what'],
  ['{{look_up.name.length | what}}', 'what'],
  ['{{look_up.__proto__ | what}}', 'what'],
  ['no {braces} here', 'no {braces} here'],
])('%j becomes %j', (text, said) => expect(quote(text, answers)).toBe(said));

test('in arguments every text is filled, wherever it stands, and days are counted from today', () => {
  const args = {
    name: '{{look_up.name}}',
    of: ['{{today}}', 7, null, { on: '{{ today + 7 }}' }],
    odd: '{{tomorrow}}',
  };
  expect(quoteAll(args, answers, Date.parse('2026-11-27T23:00:00Z'))).toEqual({
    name: 'Ada',
    of: ['2026-11-27', 7, null, { on: '2026-12-04' }],
    odd: '',
  });
});
