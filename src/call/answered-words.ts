// What is said by whoever picks up, in words that people do not say: of machines that take messages, and of assistants that
// ask callers who they are. In every language that prompts are spoken in. Pure; decides nothing.
import { wordsOf } from './words.ts';

export type AnsweredWords = 'voicemail' | 'screening';

/**
 * Each a run of words as `wordsOf` has them; `*` stands for up to three words. What a person may say too ("can I take a
 * message") is none of them. From the announcements of US, UK, German, French, Spanish, Italian, Portuguese and Dutch
 * networks and of iOS and Android.
 */
const VOICEMAIL: readonly string[] = [
  ...['leave * message after', 'leave * your name and', 'after the tone', 'after the beep'],
  ...['at the tone', 'at the beep', 'record your message', 'leave me a message and', 'leave a message and i'],
  ...[
    'forwarded to * voicemail',
    'forwarded to * voice mail',
    'forwarded to an automated',
    'voice messaging system',
  ],
  ...['voice mailbox', 'mailbox is full', 'mailbox of', 'reached the voicemail', 'reached the voice mail'],
  ...[
    'is not available please leave',
    'is unavailable please leave',
    'the person you are trying to reach is not',
    'customer you are calling is not available',
    'subscriber you have called is not available',
    'no one is available to take your call',
  ],
  ...['you have reached * voicemail', 'answering machine of'],
  ...['nach dem signalton', 'nach dem ton', 'nach dem piepton', 'nach dem piep', 'mailbox von'],
  ...['hinterlassen sie * nachricht', 'hinterlasse * nachricht', 'anrufbeantworter von'],
  ...['sprachbox'],
  ...[
    'après le bip',
    'après le signal',
    'laissez moi * message',
    'laissez nous * message',
    'laissez votre message',
    'messagerie vocale',
  ],
  ...['répondeur de', 'boîte vocale', 'sur la messagerie de', 'sur le répondeur'],
  ...[
    'después de la señal',
    'después del tono',
    'después del bip',
    'deje su mensaje',
    'deje * mensaje y',
    'deje * mensaje después',
    'dejar * mensaje después',
  ],
  ...['buzón de voz', 'contestador de', 'contestador automático', 'al oír la señal', 'tras la señal'],
  ...['dopo il segnale', 'dopo il bip', 'dopo il tono', 'lasciate * messaggio', 'lascia * messaggio dopo'],
  ...['segreteria telefonica', 'casella vocale', 'lasciare * messaggio dopo'],
  ...['após o sinal', 'depois do sinal', 'após o bip', 'depois do bip', 'deixe * mensagem', 'deixe * recado'],
  ...['caixa postal', 'caixa de mensagens', 'correio de voz', 'voice mail de'],
  ...[
    'na de piep',
    'na de toon',
    'na de pieptoon',
    'spreek * bericht in',
    'laat * bericht achter',
    'voicemail van',
  ],
  ...['bericht inspreken na'],
];

const SCREENING: readonly string[] = [
  ...[
    'press 1 to accept',
    'press one to accept',
    'to accept * press',
    'press 1 to connect',
    'press one to connect',
  ],
  ...['state your name and', 'say your name and why', 'say your name and the reason', 'why you re calling'],
  ...['why you are calling', 'who s calling and why', 'record your name and reason', 'reason for your call'],
  ...['reason for calling', 'using a screening service', 'call screening', 'screening service from google'],
  ...['see if this person is available', 'call assist by google', 'stay on the line while i'],
  ...['drücken sie die 1 um', 'nennen sie ihren namen und', 'grund * ihres anrufs', 'warum sie anrufen'],
  ...['appuyez sur 1 pour accepter', 'motif de votre appel', 'raison de votre appel', 'dites votre nom et'],
  ...[
    'pulse 1 para aceptar',
    'marque 1 para aceptar',
    'motivo de su llamada',
    'motivo de la llamada',
    'diga su nombre y',
  ],
  ...['prema 1 per accettare', 'motivo della chiamata', 'dica il suo nome e'],
  ...[
    'pressione 1 para aceitar',
    'prima 1 para aceitar',
    'motivo da ligação',
    'motivo da chamada',
    'diga o seu nome e',
  ],
  ...[
    'toets 1 om',
    'druk op 1 om',
    'reden van uw gesprek',
    'reden van uw oproep',
    'waarom u belt',
    'zeg uw naam en',
  ],
];

/** Words may be written with other marks above them, or none, as they were transcribed. */
const plain = (text: string): string =>
  wordsOf(text)
    .map((word) => word.normalize('NFD').replaceAll(/\p{M}+/gu, ''))
    .join(' ');

const pattern = (phrases: readonly string[]): RegExp =>
  new RegExp(
    phrases
      .map((phrase) =>
        phrase
          .split(' * ')
          .map(plain)
          .join(String.raw`(?: \S+){0,3} `),
      )
      .map((run) => `(?:^| )${run}(?= |$)`)
      .join('|'),
    'u',
  );

const PATTERNS = { screening: pattern(SCREENING), voicemail: pattern(VOICEMAIL) } as const;

/** Both may be said: an assistant that then takes a message. */
export function answeredWordsIn(text: string): ReadonlySet<AnsweredWords> {
  const said = plain(text);
  return new Set((['voicemail', 'screening'] as const).filter((kind) => PATTERNS[kind].test(said)));
}
