// What a menu that is read out says of its keys.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choicesIn } from '../../src/agents/keypad-menu-words.ts';

const short = (say: string): string[] => choicesIn(say).map(({ key, words }) => `${key} ${words}`);

test.each([
  ['For billing, press 1. For sales, press two.', ['1 billing', '2 sales']],
  ['Press 1 for billing, 2 for sales, or 0 for an operator.', ['1 billing', '2 sales', '0 an operator']],
  ['To hear this again, press star. To end the call, press pound.', ['* this again', '# end the call']],
  ['Para facturas, oprima uno. Para ventas, marque el dos.', ['1 facturas', '2 ventas']],
  [
    'Für Rechnungen drücken Sie die 1. Für den Notdienst drücken Sie die 2.',
    ['1 Rechnungen', '2 den Notdienst'],
  ],
  [
    'Pour la facturation, tapez 1. Pour les ventes, appuyez sur la touche 2.',
    ['1 la facturation', '2 les ventes'],
  ],
  ['Per le fatture, prema uno.', ['1 le fatture']],
  ['Voor facturen, toets 1.', ['1 facturen']],
  ['For sales press option 1. For help press option 2.', ['1 sales', '2 help']],
  ['Para ventas, marque la opción 1.', ['1 ventas']],
  [
    'Press 1 to pay your bill, or press 0 at any time to speak with an agent.',
    ['1 pay your bill', '0 an agent'],
  ],
  ['If this is an emergency, hang up and dial 9 1 1. For sales press 1.', ['1 sales']],
  ['If this is an emergency, dial nine one one. For sales press one.', ['1 sales']],
  ['In an emergency dial 9-1-1, or 1 1 2. For service press 2.', ['2 service']],
  ['Drücken Sie die 1 um Rechnungen zu bezahlen.', ['1 Rechnungen zu bezahlen']],
  ['Say sales or press 1. Say support, or press 2.', ['1 sales', '2 support']],
  ['Press 1 for sales, or say sales. To reach support, press 2 or say support.', ['1 sales', '2 support']],
  ['For sales, say sales or press 1. For help, or say help, press 2.', ['1 sales', '2 help']],
  ['Welcome. Press 1.', ['1 ']],
  ['Gracias. Oprima uno.', ['1 ']],
  ['Billing. Press 1.', ['1 Billing']],
  ['We have been here since 1950. Have a nice day.', []],
  ['', []],
])('%s', (say, choices) => expect(short(say)).toEqual(choices));

test('whatever is said, each key is there once', () => {
  const piece = fc.constantFrom(
    'press',
    'for',
    '1',
    'two',
    'star',
    'billing',
    ',',
    '.',
    'or',
    'Taste',
    '(',
    '\\',
    '😀',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const keys = choicesIn(pieces.join(' ')).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      for (const key of keys) expect('0123456789*#').toContain(key);
    }),
  );
});
