// What callers are told where the old menu dialled an emergency number, in the language of the line. Pure.

interface Words {
  /** In place of what is no number that a caller could dial. */
  readonly yourNumber: string;
  readonly say: (number: string) => string;
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    yourNumber: 'your emergency number',
    say: (number) =>
      `This line cannot connect you with ${number}. If it is an emergency, hang up now and dial it yourself.`,
  },
  es: {
    yourNumber: 'su número de emergencias',
    say: (number) =>
      `Esta línea no puede comunicarle con ${number}. Si es una emergencia, cuelgue ahora y márquelo usted mismo.`,
  },
  de: {
    yourNumber: 'Ihrer Notrufnummer',
    say: (number) =>
      `Diese Leitung kann Sie nicht mit ${number} verbinden. Im Notfall legen Sie jetzt auf und wählen Sie sie selbst.`,
  },
  fr: {
    yourNumber: "votre numéro d'urgence",
    say: (number) =>
      `Cette ligne ne peut pas vous mettre en relation avec ${number}. En cas d'urgence, raccrochez et composez-le vous-même.`,
  },
  it: {
    yourNumber: 'il suo numero di emergenza',
    say: (number) =>
      `Questa linea non può metterla in contatto con ${number}. Se è un'emergenza, riagganci subito e lo componga lei.`,
  },
  nl: {
    yourNumber: 'uw alarmnummer',
    say: (number) =>
      `Deze lijn kan u niet doorverbinden met ${number}. Is het een noodgeval, hang dan nu op en bel het zelf.`,
  },
  pt: {
    yourNumber: 'o seu número de emergência',
    say: (number) =>
      `Esta linha não pode ligá-lo com ${number}. Se for uma emergência, desligue agora e ligue você mesmo.`,
  },
};

/** Nobody may believe that a message brings help, and nobody can dial an address. `language`: as a BCP 47 tag. */
export function emergencyWords(number: string, language: string | undefined): string {
  const words = WORDS[language?.split('-')[0]?.toLowerCase() ?? 'en'] ?? WORDS['en']!;
  return words.say(/^\d{3}$/.test(number) ? number : words.yourNumber);
}
