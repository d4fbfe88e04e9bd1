// Who picked up: every rule, and that no weak sign alone takes anybody for a machine.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, NO_SIGNS, type AnsweredBy, type Signs } from '../../src/call/answered-by.ts';
import { answeredWordsIn } from '../../src/call/answered-words.ts';

const by = (signs: Partial<Signs>): [AnsweredBy, string] => {
  const { by: who, rule } = judge({ ...NO_SIGNS, ...signs });
  return [who, rule];
};

test.each<[string, Partial<Signs>, AnsweredBy]>([
  ['AM1', { faxTone: true }, 'fax'],
  ['AM1', { carrier: 'fax' }, 'fax'],
  ['AM1', { faxTone: true, carrier: 'machine' }, 'fax'],
  ['AM8', { carrier: 'fax', shortGreeting: true }, 'human'],
  ['AM3', { faxTone: true, answers: 2 }, 'human'],
  ['AM2', { screening: true, words: true }, 'unknown'],
  ['AM2', { screening: true, words: true, carrier: 'machine', monologue: true }, 'unknown'],
  ['AM3', { answers: 2, words: true, carrier: 'machine' }, 'human'],
  ['AM3', { answers: 2, words: true, voicemail: true, beep: true }, 'human'],
  ['AM4', { voicemail: true, carrier: 'machine', shortGreeting: true, words: true }, 'machine'],
  ['AM4', { voicemail: true, beep: true, carrier: 'human', words: true }, 'machine'],
  ['AM4', { carrier: 'machine', beep: true, answers: 1, words: true }, 'machine'],
  ['AM4', { voicemail: true, monologue: true, shortGreeting: true, words: true }, 'machine'],
  ['AM4', { screening: true, voicemail: true, beep: true, words: true }, 'machine'],
  ['AM4', { voicemail: true, carrier: 'machine', beep: true, answers: 2, words: true }, 'machine'],
  ['AM5', { carrier: 'machine' }, 'machine'],
  ['AM5', { voicemail: true, words: true }, 'machine'],
  ['AM6', { monologue: true, beep: true }, 'machine'],
  ['AM7', { carrier: 'machine', shortGreeting: true }, 'unknown'],
  ['AM7', { carrier: 'machine', monologue: true, answers: 1 }, 'unknown'],
  ['AM7', { monologue: true }, 'unknown'],
  ['AM7', { beep: true }, 'unknown'],
  ['AM7', { carrier: 'human', voicemail: true, words: true }, 'human'],
  ['AM8', { carrier: 'human' }, 'human'],
  ['AM8', { shortGreeting: true }, 'human'],
  ['AM8', { answers: 1, words: true }, 'human'],
  ['AM9', {}, 'unknown'],
  ['AM9', { carrier: 'unknown', words: true }, 'unknown'],
  ['AM9', { carrier: 'fax', words: true }, 'unknown'],
])('%s: %o: %s', (rule, signs, who) => {
  expect(by(signs)).toEqual([who, rule]);
});

const anySigns: fc.Arbitrary<Signs> = fc.record({
  carrier: fc.constantFrom<AnsweredBy | undefined>(undefined, 'human', 'machine', 'fax', 'unknown'),
  faxTone: fc.boolean(),
  voicemail: fc.boolean(),
  screening: fc.boolean(),
  beep: fc.boolean(),
  monologue: fc.boolean(),
  shortGreeting: fc.boolean(),
  answers: fc.nat(4),
  words: fc.boolean(),
});

const isHungUpOn = (signs: Signs): boolean => ['machine', 'fax'].includes(judge(signs).by);

describe('whatever the signs', () => {
  test('[AM7] of one weak sign alone nobody is taken for a machine', () => {
    fc.assert(
      fc.property(anySigns, fc.constantFrom('beep' as const, 'monologue' as const), (signs, weak) => {
        const one = {
          ...signs,
          beep: false,
          monologue: false,
          voicemail: false,
          faxTone: false,
          [weak]: true,
        };
        if (one.carrier === 'machine' || one.carrier === 'fax') return;
        expect(isHungUpOn(one)).toBe(false);
      }),
    );
  });

  test('[AM3][AM8] a sign of a person never makes a machine of one who was none', () => {
    fc.assert(
      fc.property(anySigns, (signs) => {
        if (isHungUpOn(signs)) return;
        for (const more of [
          { shortGreeting: true },
          { answers: signs.answers + 1 },
          { carrier: 'human' as const },
          { words: true },
        ])
          expect(isHungUpOn({ ...signs, ...more })).toBe(false);
      }),
    );
  });

  test('[AM1][AM4][AM5][AM6] a sign of a machine never frees one', () => {
    fc.assert(
      fc.property(anySigns, (signs) => {
        if (judge(signs).by !== 'machine') return;
        for (const more of [
          { beep: true },
          { monologue: true },
          { voicemail: true },
          { carrier: 'machine' as const },
        ])
          expect(isHungUpOn({ ...signs, ...more })).toBe(true);
      }),
    );
  });

  test('[AM2] an assistant that asks who calls is not hung up on, unless it takes a message after a beep', () => {
    fc.assert(
      fc.property(anySigns, (signs) => {
        const screened = { ...signs, screening: true, words: true };
        if (screened.voicemail && screened.beep) return;
        expect(judge(screened).by).toBe('unknown');
      }),
    );
  });

  test('[AM9] of nothing that is known, nobody is known', () => {
    expect(judge(NO_SIGNS)).toEqual({ by: 'unknown', rule: 'AM9' });
  });
});

describe('words', () => {
  test.each([
    "Hi, you've reached Ada Moreno. Please leave a message after the tone.",
    'The person you are trying to reach is not available. At the tone, please record your message.',
    'Your call has been forwarded to an automated voice messaging system.',
    'Hallo, hier ist die Mailbox von Ada. Bitte sprechen Sie nach dem Signalton.',
    'The wireless customer you are calling is not available.',
    'The Google subscriber you have called is not available.',
    'No one is available to take your call.',
    'Bitte hinterlassen Sie mir eine Nachricht.',
    'Bonjour, laissez-moi un message et je vous rappelle.',
    'Hola, deje su mensaje y le llamaré.',
    "Bonjour, vous êtes bien sur la messagerie d'Ada, laissez-moi un message après le bip sonore.",
    'Hola, deje su mensaje después de la señal.',
    'Risponde la segreteria telefonica di Ada, lasciate un messaggio dopo il segnale acustico.',
    'Olá, deixe a sua mensagem após o sinal.',
    'Dit is de voicemail van Ada, spreek een bericht in na de piep.',
  ])('of a machine: %s', (text) => {
    expect([...answeredWordsIn(text)]).toEqual(['voicemail']);
  });

  test.each([
    'Hi, if you record your name and reason for calling, I will see if this person is available.',
    'This call is from a person using a screening service from Google.',
    'You have a call. Press 1 to accept.',
    'Bitte nennen Sie Ihren Namen und den Grund Ihres Anrufs.',
    'Quel est le motif de votre appel ?',
    '¿Cuál es el motivo de su llamada?',
    'Qual è il motivo della chiamata?',
    'Qual o motivo da ligação?',
    'Wat is de reden van uw gesprek?',
  ])('of an assistant: %s', (text) => {
    expect([...answeredWordsIn(text)]).toEqual(['screening']);
  });

  test.each([
    'Hello?',
    'Harbour Dental, Ada speaking, how can I help you?',
    'She is not in. Can I take a message?',
    'Do you want to leave a message for him?',
    'Möchten Sie eine Nachricht hinterlassen?',
    'Herr Osei ist zurzeit nicht erreichbar.',
    'Voulez-vous laisser un message ?',
    '¿Quiere dejar un mensaje?',
    'Vuole lasciare un messaggio?',
    'Quer deixar uma mensagem?',
    'Wilt u een boodschap achterlaten?',
    'Hello, please leave a message at the front desk if you want.',
    'Sprechen Sie nach dem Termin mit Herrn Maier.',
    'Bonjour, laissez un message à ma femme.',
    'Hola, deje un mensaje a mi hermano.',
    'My tone deaf brother sings after dinner.',
    '',
  ])('of a person: %s', (text) => {
    expect([...answeredWordsIn(text)]).toEqual([]);
  });
});
