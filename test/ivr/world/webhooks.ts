// What the carrier of this model asks and tells.
import type { CallStatus, PersonQuestion, Question, Verb, Waiting } from '../../../src/carrier/webhooks.ts';
import type { Leg } from './leg.ts';

export interface Webhooks {
  ask(question: Question): Promise<Verb>;
  askPerson(question: PersonQuestion): Promise<Verb>;
  wait(waiting: Waiting): Promise<Verb>;
  status(leg: Leg, status: CallStatus): void;
  callerIsOver(leg: Leg): void;
  streamOpens(leg: Leg, token: string): void;
}

/** Every verb that a leg is given. */
export type Given = (leg: Leg, verb: Verb) => void;
