// German.
import { counted, type Say, type Sentences } from './sentences.ts';

const minutesOf = counted('de', 'eine Minute', (count) => `${count} Minuten`);

export const german = (say: Say): Sentences => ({
  unavailable: () => say('Unser Assistent ist im Moment leider nicht erreichbar.'),
  closedNow: () => say('Wir haben im Moment geschlossen.'),
  menuChoice: (name, key) => say(`Für ${name} drücken Sie die ${key}.`),
  menuVoicemail: (key) => say(`Um eine Nachricht zu hinterlassen, drücken Sie die ${key}.`),
  menuAgain: () => say('Das haben wir leider nicht verstanden. Bitte wählen Sie noch einmal.'),
  nobodyThere: (name) => say(`Für ${name} ist im Moment leider niemand erreichbar.`),
  connecting: (name) => say(`Sie werden jetzt verbunden: ${name}.`),
  oneMoment: () => say('Einen Moment, bitte.'),
  thanksForMessage: () => say('Vielen Dank für Ihre Nachricht.'),
  goodbye: () => say('Auf Wiederhören.'),
  apology: () =>
    say(
      'Es tut uns leid, wir können dieses Gespräch nicht fortsetzen. Bitte rufen Sie etwas später noch einmal an. ' +
        'Auf Wiederhören.',
    ),
  place: (position, minutes) => {
    const place =
      position === 1
        ? 'Sie sind als Nächstes an der Reihe.'
        : `Sie sind Nummer ${position} in der Warteschlange.`;
    const wait = minutes === 0 ? 'weniger als eine Minute' : `etwa ${minutesOf(minutes)}`;
    return say(`${place} Die Wartezeit beträgt ${wait}.`);
  },
  pressToBeCalledBack: (key) => say(`Wenn Sie lieber zurückgerufen werden möchten, drücken Sie die ${key}.`),
  calledBack: () => say('Vielen Dank. Wir rufen Sie unter der Nummer zurück, von der Sie gerade anrufen.'),
  callbackFailed: () => say('Leider konnten wir Ihren Rückruf nicht vormerken.'),
  callbackGreeting: (company, name) =>
    say(
      `Guten Tag, hier ist ${company}. Sie hatten um einen Rückruf gebeten: ${name}. ` +
        'Um verbunden zu werden, drücken Sie bitte die 1.',
    ),
  callbackGone: () =>
    say(
      'Sie hatten um einen Rückruf gebeten, aber wir können Sie leider nicht mehr verbinden. Bitte rufen Sie uns noch einmal an. Auf Wiederhören.',
    ),
  personBrief: (name, from) =>
    say(
      from === undefined
        ? `Ein Anruf für ${name}, von einer unbekannten Nummer.`
        : `Ein Anruf für ${name}, von der Nummer ${from}.`,
    ),
  personQueue: (name) => say(`In der Warteschlange für ${name} wartet ein Anruf.`),
  personKeys: () => say('Drücken Sie die 1, um den Anruf anzunehmen, oder die 2, um ihn abzulehnen.'),
  callerGone: () => say('Inzwischen wartet leider niemand mehr. Auf Wiederhören.'),
});
