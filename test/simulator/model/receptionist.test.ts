// The receptionist of the rehearsal tells every caller what is true of them, though its recording knows only one.
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { quote } from '../../../src/simulator/model/quote.ts';
import { readScript } from '../../../src/simulator/model/script.ts';

const { turns } = readScript(resolve(import.meta.dirname, '../../../fixtures/scripts/receptionist.yaml'));
const answers = turns
  .flatMap(({ steps }) => steps)
  .filter((step) => step.do === 'say')
  .map(({ text }) => text)
  .filter((text) => text.includes('look_up_contact'));

const told = (response: unknown): string => quote(answers[0]!, new Map([['look_up_contact', response]]));

test('one answer rests on what was looked up', () => {
  expect(answers).toHaveLength(1);
});

test.each([
  [
    'a customer',
    { found: 1, name: 'Zoë Nguyễn', facts: { 'next appointment': 'Friday at ten past eleven' } },
    'Thank you, Zoë Nguyễn. Your next appointment is Friday at ten past eleven.',
  ],
  [
    'a customer without an appointment',
    { found: 1, name: 'José Núñez', facts: {} },
    'Thank you, José Núñez. Your next appointment is not known to me.',
  ],
  [
    'a stranger',
    { found: 0, message: 'Nobody in the records has this number.' },
    'Thank you, but I have not found you. Your next appointment is not known to me.',
  ],
])('%s', (_, response, words) => {
  expect(told(response)).toBe(words);
});
