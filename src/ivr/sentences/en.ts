// English.
import { counted, type Say, type Sentences } from './sentences.ts';

const minutesOf = counted('en', '1 minute', (count) => `${count} minutes`);

export const english = (say: Say): Sentences => ({
  unavailable: () => say('Our assistant is not available just now.'),
  closedNow: () => say('We are closed just now.'),
  menuChoice: (name, key) => say(`For ${name}, press ${key}.`),
  menuVoicemail: (key) => say(`To leave a message, press ${key}.`),
  menuAgain: () => say('Sorry, we did not get that. Please choose again.'),
  nobodyThere: (name) => say(`Sorry, nobody is available for ${name} just now.`),
  connecting: (name) => say(`Connecting you to ${name}.`),
  oneMoment: () => say('One moment, please.'),
  thanksForMessage: () => say('Thank you for your message.'),
  goodbye: () => say('Goodbye.'),
  apology: () =>
    say('We are sorry, we cannot continue this call. Please call again a little later. Goodbye.'),
  place: (position, minutes) => {
    const place = position === 1 ? 'You are next in line.' : `You are number ${position} in line.`;
    const wait = minutes === 0 ? 'less than a minute' : `about ${minutesOf(minutes)}`;
    return say(`${place} The wait is ${wait}.`);
  },
  pressToBeCalledBack: (key) => say(`If you would rather be called back, press ${key}.`),
  calledBack: () => say('Thank you. We will call you back at the number you are calling from.'),
  callbackFailed: () => say('We are sorry, we could not arrange to call you back.'),
  callbackGreeting: (company, name) =>
    say(`Hello, this is ${company}. You asked us to call you back. To be connected to ${name}, press 1.`),
  callbackGone: () =>
    say('You asked us to call you back, but we cannot connect you any more. Please call us again. Goodbye.'),
  personBrief: (name, from) =>
    say(
      from === undefined
        ? `There is a call for ${name}, from an unknown number.`
        : `There is a call for ${name}, from ${from}.`,
    ),
  personQueue: (name) => say(`A caller is waiting in the queue for ${name}.`),
  personKeys: () => say('Press 1 to take the call, or 2 to decline.'),
  callerGone: () => say('Sorry, the caller is no longer waiting. Goodbye.'),
});
