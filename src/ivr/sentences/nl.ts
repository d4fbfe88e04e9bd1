// Dutch.
import { counted, type Say, type Sentences } from './sentences.ts';

const minutesOf = counted('nl', 'één minuut', (count) => `${count} minuten`);

export const dutch = (say: Say): Sentences => ({
  unavailable: () => say('Onze assistent is op dit moment niet beschikbaar.'),
  closedNow: () => say('We zijn op dit moment gesloten.'),
  menuChoice: (name, key) => say(`Voor ${name}, toets ${key}.`),
  menuVoicemail: (key) => say(`Om een bericht achter te laten, toets ${key}.`),
  menuAgain: () => say('We hebben uw keuze niet begrepen. Maakt u alstublieft opnieuw een keuze.'),
  nobodyThere: (name) => say(`Helaas is er op dit moment niemand bereikbaar voor ${name}.`),
  connecting: (name) => say(`We verbinden u door met ${name}.`),
  oneMoment: () => say('Een ogenblik, alstublieft.'),
  thanksForMessage: () => say('Bedankt voor uw bericht.'),
  goodbye: () => say('Tot ziens.'),
  apology: () =>
    say(
      'Het spijt ons, we kunnen dit gesprek niet voortzetten. Belt u alstublieft wat later nog een keer. Tot ziens.',
    ),
  place: (position, minutes) => {
    const place =
      position === 1
        ? 'U bent de eerstvolgende in de wachtrij.'
        : `U bent nummer ${position} in de wachtrij.`;
    const wait = minutes === 0 ? 'minder dan een minuut' : `ongeveer ${minutesOf(minutes)}`;
    return say(`${place} De wachttijd is ${wait}.`);
  },
  pressToBeCalledBack: (key) => say(`Wordt u liever teruggebeld? Toets dan ${key}.`),
  calledBack: () => say('Dank u wel. We bellen u terug op het nummer waarmee u nu belt.'),
  callbackFailed: () => say('Het spijt ons, we konden uw verzoek om teruggebeld te worden niet noteren.'),
  callbackGreeting: (company, name) =>
    say(
      `Hallo, u spreekt met ${company}. U heeft gevraagd om teruggebeld te worden. ` +
        `Toets 1 om doorverbonden te worden met ${name}.`,
    ),
  callbackGone: () =>
    say(
      'U heeft gevraagd om teruggebeld te worden, maar we kunnen u niet meer doorverbinden. Belt u ons alstublieft nog een keer. Tot ziens.',
    ),
  personBrief: (name, from) =>
    say(
      from === undefined
        ? `Er is een oproep voor ${name}, van een onbekend nummer.`
        : `Er is een oproep voor ${name}, van nummer ${from}.`,
    ),
  personQueue: (name) => say(`Er wacht een beller in de wachtrij voor ${name}.`),
  personKeys: () => say('Toets 1 om het gesprek aan te nemen, of 2 om het te weigeren.'),
  callerGone: () => say('De beller wacht inmiddels niet meer. Tot ziens.'),
});
