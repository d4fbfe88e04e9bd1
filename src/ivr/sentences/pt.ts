// Portuguese, in words that are the same in Portugal and in Brazil.
import { counted, type Say, type Sentences } from './sentences.ts';

const minutesOf = counted('pt', 'um minuto', (count) => `${count} minutos`);

export const portuguese = (say: Say): Sentences => ({
  unavailable: () => say('O nosso assistente não está disponível neste momento.'),
  closedNow: () => say('Neste momento estamos fechados.'),
  menuChoice: (name, key) => say(`Para ${name}, pressione ${key}.`),
  menuVoicemail: (key) => say(`Para deixar uma mensagem, pressione ${key}.`),
  menuAgain: () => say('Não entendemos a sua escolha. Por favor, escolha novamente.'),
  nobodyThere: (name) => say(`Lamentamos, mas neste momento não há ninguém disponível para ${name}.`),
  connecting: (name) => say(`Vamos transferir a sua chamada para ${name}.`),
  oneMoment: () => say('Um momento, por favor.'),
  thanksForMessage: () => say('Agradecemos a sua mensagem.'),
  goodbye: () => say('Até logo.'),
  apology: () =>
    say(
      'Lamentamos, mas não podemos continuar esta chamada. Por favor, ligue novamente um pouco mais tarde. Até logo.',
    ),
  place: (position, minutes) => {
    const place =
      position === 1 ? 'A sua chamada é a próxima.' : `A sua chamada está na posição ${position} da fila.`;
    const wait = minutes === 0 ? 'inferior a um minuto' : `de cerca de ${minutesOf(minutes)}`;
    return say(`${place} O tempo de espera é ${wait}.`);
  },
  pressToBeCalledBack: (key) => say(`Se preferir que liguemos de volta, pressione ${key}.`),
  calledBack: () => say('Muito bem. Ligaremos de volta para o número de onde nos ligou.'),
  callbackFailed: () => say('Lamentamos, mas não foi possível marcar uma chamada de retorno.'),
  callbackGreeting: (company, name) =>
    say(`Olá, esta é a chamada de retorno que pediu a ${company}. Para falar com ${name}, pressione 1.`),
  callbackGone: () =>
    say(
      'Pediu que lhe ligássemos de volta, mas já não é possível fazer a ligação. Por favor, ligue-nos novamente. Até logo.',
    ),
  personBrief: (name, from) =>
    say(
      from === undefined
        ? `Há uma chamada para ${name}, de um número desconhecido.`
        : `Há uma chamada para ${name}, do número ${from}.`,
    ),
  personQueue: (name) => say(`Há uma chamada em espera para ${name}.`),
  personKeys: () => say('Pressione 1 para atender a chamada, ou 2 para recusar.'),
  callerGone: () => say('A pessoa que ligou já não está à espera. Até logo.'),
});
