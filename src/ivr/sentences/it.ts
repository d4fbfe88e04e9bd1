// Italian.
import { counted, type Say, type Sentences } from './sentences.ts';

const minutesOf = counted('it', 'un minuto', (count) => `${count} minuti`);

export const italian = (say: Say): Sentences => ({
  unavailable: () => say('Al momento il nostro assistente non è disponibile.'),
  closedNow: () => say('Al momento siamo chiusi.'),
  menuChoice: (name, key) => say(`Per ${name}, prema ${key}.`),
  menuVoicemail: (key) => say(`Per lasciare un messaggio, prema ${key}.`),
  menuAgain: () => say('Non abbiamo capito la sua scelta. Per favore, scelga di nuovo.'),
  nobodyThere: (name) => say(`Ci dispiace, al momento non c'è nessuno disponibile per ${name}.`),
  connecting: (name) => say(`La mettiamo in contatto con ${name}.`),
  oneMoment: () => say('Un momento, per favore.'),
  thanksForMessage: () => say('Grazie per il suo messaggio.'),
  goodbye: () => say('Arrivederci.'),
  apology: () =>
    say(
      'Ci dispiace, non possiamo proseguire la chiamata. La preghiamo di richiamare più tardi. Arrivederci.',
    ),
  place: (position, minutes) => {
    const place =
      position === 1
        ? 'La sua chiamata è la prossima.'
        : `La sua chiamata è in posizione ${position} nella coda d'attesa.`;
    const wait = minutes === 0 ? 'inferiore a un minuto' : `di circa ${minutesOf(minutes)}`;
    return say(`${place} Il tempo di attesa è ${wait}.`);
  },
  pressToBeCalledBack: (key) => say(`Se preferisce che la richiamiamo, prema ${key}.`),
  calledBack: () => say('Grazie. La richiameremo al numero da cui sta chiamando.'),
  callbackFailed: () => say('Ci dispiace, non è stato possibile registrare la sua richiesta di richiamata.'),
  callbackGreeting: (company, name) =>
    say(`Salve, qui ${company}. Ci ha chiesto di richiamarla. Per parlare con ${name}, prema 1.`),
  callbackGone: () =>
    say(
      'Ci ha chiesto di richiamarla, ma non possiamo più metterla in contatto. La preghiamo di chiamarci di nuovo. Arrivederci.',
    ),
  personBrief: (name, from) =>
    say(
      from === undefined
        ? `C'è una chiamata per ${name}, da un numero sconosciuto.`
        : `C'è una chiamata per ${name}, dal numero ${from}.`,
    ),
  personQueue: (name) => say(`C'è una chiamata in attesa per ${name}.`),
  personKeys: () => say('Prema 1 per accettare la chiamata, o 2 per rifiutarla.'),
  callerGone: () => say('La persona che chiamava non è più in attesa. Arrivederci.'),
});
