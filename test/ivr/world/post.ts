// How webhooks travel: to one of our processes; those that only tell something late, out of order, twice, or never. Keeps
// them, so that any can come again.
import { callId, type CallId } from '../../../src/base/ids.ts';
import type { CallStatus, Verb } from '../../../src/carrier/webhooks.ts';
import type { Dice } from './dice.ts';
import type { Laws } from './laws.ts';
import type { Leg } from './leg.ts';
import type { Server } from './server.ts';
import type { Webhooks } from './webhooks.ts';
import type { WorldClock } from './world-clock.ts';

/** A webhook, and how to send it again. */
export interface Sent {
  readonly what: 'question' | 'person' | 'wait' | 'status';
  readonly again: (server: Server) => Promise<Verb | undefined>;
  /** Undefined: of no call that is known by it. */
  readonly of: CallId | undefined;
  readonly by: Server;
  readonly atMs: number;
}

export interface PostOffice {
  readonly clock: WorldClock;
  readonly laws: Laws;
  readonly dice: () => Dice;
  readonly servers: () => readonly Server[];
  /** Nothing is lost any more. */
  readonly isQuiet: () => boolean;
  readonly gives: (verb: Verb) => void;
}

export const STATUS_LATE_MS = 10_000;
const OTHER_PROCESS = 0.2;
const LOST = 0.1;
const TWICE = 0.1;

export class Post implements Omit<Webhooks, 'callerIsOver' | 'streamOpens'> {
  readonly sent: Sent[] = [];
  readonly #office: PostOffice;

  constructor(office: PostOffice) {
    this.#office = office;
  }

  ask: Webhooks['ask'] = async (question) =>
    this.#verb(await this.#send('question', question.call.id, (server) => server.ask(question)));

  askPerson: Webhooks['askPerson'] = async (question) => {
    const { is, of } = question.errand;
    const call = is === 'transfer' ? callId(of) : undefined;
    return this.#verb(await this.#send('person', call, (server) => server.askPerson(question)));
  };

  wait: Webhooks['wait'] = async (waiting) => {
    const verb = this.#verb(await this.#send('wait', waiting.callId, (server) => server.wait(waiting)));
    this.#office.gives(verb);
    return verb;
  };

  status(leg: Leg, status: CallStatus): void {
    const { errand, id } = leg;
    if (!errand) return;
    const call = errand.is === 'transfer' ? callId(errand.of) : undefined;
    this.#tell(call, (server) => server.personStatus({ id, errand, status }));
  }

  over(leg: Leg): void {
    this.#tell(leg.id, (server) => server.callStatus({ ...leg.call, status: 'completed' }));
  }

  #tell(of: CallId | undefined, tell: (server: Server) => Promise<void>): void {
    const { clock, laws, dice, isQuiet } = this.#office;
    if (!isQuiet() && dice().chance(LOST)) return laws.unsure();
    const times = !isQuiet() && dice().chance(TWICE) ? 2 : 1;
    for (let time = 0; time < times; time++)
      clock.after(dice().chance(0.5) ? 0 : dice().from(0, STATUS_LATE_MS), () => {
        void this.#send('status', of, (server) => tell(server).then(() => undefined));
      });
  }

  /** Mostly to the process that has the agent. */
  #send(what: Sent['what'], of: CallId | undefined, again: Sent['again']): Promise<Verb | undefined> {
    const { clock, laws, dice, servers } = this.#office;
    const home = servers().find(({ agents }) => of && agents.has(of)) ?? servers()[0]!;
    const server = dice().chance(OTHER_PROCESS) ? dice().pick(servers()) : home;
    this.sent.push({ what, of, again, by: server, atMs: clock.nowMs() });
    return again(server).catch((thrown: unknown) => {
      laws.break(`6: a ${what} throws ${String(thrown)}`);
      return undefined;
    });
  }

  #verb(verb: Verb | undefined): Verb {
    if (verb) return verb;
    this.#office.laws.break('6: a question is answered with nothing');
    return { do: 'hang-up' };
  }
}
