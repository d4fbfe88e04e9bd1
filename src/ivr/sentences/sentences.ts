// What the carrier's own voice can say, whatever the language. Knows not when anything is said.
import type { Spoken } from '../../carrier/webhooks.ts';

/** `name`: of a destination, as callers hear it: it stands where it needs neither article nor ending. `key`: one digit. */
export interface Sentences {
  unavailable(): Spoken;
  closedNow(): Spoken;
  menuChoice(name: string, key: string): Spoken;
  menuVoicemail(key: string): Spoken;
  /** No key, or none of those that were read out. */
  menuAgain(): Spoken;
  nobodyThere(name: string): Spoken;
  connecting(name: string): Spoken;
  oneMoment(): Spoken;
  thanksForMessage(): Spoken;
  goodbye(): Spoken;
  /** The call cannot go on; with a goodbye. */
  apology(): Spoken;
  /** `position`: the first is 1. `minutes`: whole ones; 0 is less than one. */
  place(position: number, minutes: number): Spoken;
  pressToBeCalledBack(key: string): Spoken;
  /** They will be, at the number they call from. */
  calledBack(): Spoken;
  callbackFailed(): Spoken;
  /** To somebody whom we call back. `company`: the profile. They press 1. */
  callbackGreeting(company: string, name: string): Spoken;
  /** To somebody whom we call back, and nobody knows for whom any more; with a goodbye. */
  callbackGone(): Spoken;
  /** To a person whom we call. `from`: in words, or undefined where there is none. */
  personBrief(name: string, from: string | undefined): Spoken;
  /** To a person whom we call for a queue. */
  personQueue(name: string): Spoken;
  /** 1 takes the call, 2 declines. */
  personKeys(): Spoken;
  /** The caller hung up, or was taken back, before the person took the call; with a goodbye. */
  callerGone(): Spoken;
}

export type Say = (text: string) => Spoken;

/** A number and its noun. `many`: of all but one. */
export function counted(
  language: string,
  one: string,
  many: (count: number) => string,
): (count: number) => string {
  const rules = new Intl.PluralRules(language);
  return (count) => (rules.select(count) === 'one' ? one : many(count));
}
