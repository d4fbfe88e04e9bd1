// French.
import { counted, type Say, type Sentences } from './sentences.ts';

const minutesOf = counted('fr', 'une minute', (count) => `${count} minutes`);

export const french = (say: Say): Sentences => ({
  unavailable: () => say("Notre assistant n'est pas disponible pour le moment."),
  closedNow: () => say('Nous sommes actuellement fermés.'),
  menuChoice: (name, key) => say(`Pour ${name}, tapez ${key}.`),
  menuVoicemail: (key) => say(`Pour laisser un message, tapez ${key}.`),
  menuAgain: () => say("Nous n'avons pas compris votre choix. Veuillez choisir à nouveau."),
  nobodyThere: (name) => say(`Nous sommes désolés, personne n'est disponible pour ${name} en ce moment.`),
  connecting: (name) => say(`Nous vous mettons en relation : ${name}.`),
  oneMoment: () => say("Un instant, s'il vous plaît."),
  thanksForMessage: () => say('Merci pour votre message.'),
  goodbye: () => say('Au revoir.'),
  apology: () =>
    say(
      'Nous sommes désolés, nous ne pouvons pas poursuivre cet appel. Merci de rappeler un peu plus tard. Au revoir.',
    ),
  place: (position, minutes) => {
    const place =
      position === 1
        ? 'Votre appel est le prochain.'
        : `Vous êtes en position ${position} dans la file d'attente.`;
    const wait = minutes === 0 ? 'inférieur à une minute' : `d'environ ${minutesOf(minutes)}`;
    return say(`${place} Le temps d'attente est ${wait}.`);
  },
  pressToBeCalledBack: (key) => say(`Si vous préférez que nous vous rappelions, tapez ${key}.`),
  calledBack: () => say('Merci. Nous vous rappellerons au numéro depuis lequel vous appelez.'),
  callbackFailed: () => say("Nous sommes désolés, votre demande de rappel n'a pas pu être enregistrée."),
  callbackGreeting: (company, name) =>
    say(`Bonjour, ici ${company}. Vous nous avez demandé de vous rappeler. Pour joindre ${name}, tapez 1.`),
  callbackGone: () =>
    say(
      'Vous nous avez demandé de vous rappeler, mais nous ne pouvons plus vous mettre en relation. Merci de nous rappeler. Au revoir.',
    ),
  personBrief: (name, from) =>
    say(
      from === undefined
        ? `Il y a un appel pour ${name}, d'un numéro inconnu.`
        : `Il y a un appel pour ${name}, du numéro ${from}.`,
    ),
  personQueue: (name) => say(`Un appel est en attente pour ${name}.`),
  personKeys: () => say("Tapez 1 pour prendre l'appel, ou 2 pour le refuser."),
  callerGone: () => say("La personne qui appelait n'attend plus. Au revoir."),
});
