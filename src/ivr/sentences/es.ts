// Spanish, as it is understood on both sides of the Atlantic.
import { counted, type Say, type Sentences } from './sentences.ts';

const minutesOf = counted('es', 'aproximadamente un minuto', (count) => `unos ${count} minutos`);

export const spanish = (say: Say): Sentences => ({
  unavailable: () => say('Nuestro asistente no está disponible en este momento.'),
  closedNow: () => say('En este momento estamos cerrados.'),
  menuChoice: (name, key) => say(`Para ${name}, marque ${key}.`),
  menuVoicemail: (key) => say(`Para dejar un mensaje, marque ${key}.`),
  menuAgain: () => say('No hemos entendido su elección. Por favor, elija de nuevo.'),
  nobodyThere: (name) => say(`Lo sentimos, en este momento no hay nadie disponible para ${name}.`),
  connecting: (name) => say(`Le comunicamos con ${name}.`),
  oneMoment: () => say('Un momento, por favor.'),
  thanksForMessage: () => say('Gracias por su mensaje.'),
  goodbye: () => say('Hasta luego.'),
  apology: () =>
    say(
      'Lo sentimos, no podemos continuar con esta llamada. Por favor, vuelva a llamar un poco más tarde. Hasta luego.',
    ),
  place: (position, minutes) => {
    const place =
      position === 1
        ? 'Su llamada es la siguiente.'
        : `Su llamada ocupa el puesto ${position} en la lista de espera.`;
    const wait = minutes === 0 ? 'menos de un minuto' : minutesOf(minutes);
    return say(`${place} El tiempo de espera es de ${wait}.`);
  },
  pressToBeCalledBack: (key) => say(`Si prefiere que le devolvamos la llamada, marque ${key}.`),
  calledBack: () => say('Gracias. Le devolveremos la llamada al número desde el que nos llama.'),
  callbackFailed: () => say('Lo sentimos, no hemos podido programar que le devolvamos la llamada.'),
  callbackGreeting: (company, name) =>
    say(
      `Hola, le llamamos de ${company}. Nos pidió que le devolviéramos la llamada. Para hablar con ${name}, marque 1.`,
    ),
  callbackGone: () =>
    say(
      'Nos pidió que le devolviéramos la llamada, pero ya no podemos ponerle en contacto. Por favor, vuelva a llamarnos. Hasta luego.',
    ),
  personBrief: (name, from) =>
    say(
      from === undefined
        ? `Hay una llamada para ${name}, de un número desconocido.`
        : `Hay una llamada para ${name}, del número ${from}.`,
    ),
  personQueue: (name) => say(`Hay una llamada en espera para ${name}.`),
  personKeys: () => say('Marque 1 para atender la llamada o 2 para rechazarla.'),
  callerGone: () => say('Lo sentimos, la persona que llamaba ya no está esperando. Hasta luego.'),
});
