// The whole simulated network: it places calls, knows the people whom they can reach, and stands in for Twilio's REST
// server (TWILIO_API_BASE_URL). Knows nothing of what happens inside a call.
import type { Clock } from '../../base/clock.ts';
import { silentLog, type Log } from '../../base/log.ts';
import { callPerson, placeCall, type CallOptions, type PhoneCall } from './call.ts';
import { CentralOffice } from './central-office.ts';
import { DialQueue } from './dial-queue.ts';
import type { PhoneEvent } from './events.ts';
import type { CallFaults } from './faults.ts';
import { Ledger, type CallResource } from './ledger.ts';
import type { Person, Population } from './people.ts';
import type { Exchanges } from './rest.ts';
import type { Numbers } from './rest-numbers.ts';
import { startRestServer, type FaultOf } from './rest-server.ts';
import type { Outgoing } from './stage.ts';
import type { SimulatedText } from './texts.ts';
import type { Turn } from './reach.ts';
import { createTicker } from './ticker.ts';

/** Texts that can still be read; older ones are forgotten. */
const REMEMBERED_TEXTS = 100;

export type { RestFault } from './rest-faults.ts';

export interface NetworkFaults {
  /** Asked before every REST request. */
  readonly rest?: FaultOf;
  /** Of the calls that the network places; a function: by the number, and which call to it this is, from 1. */
  readonly legs?: CallFaults | ((number: string, nth: number) => CallFaults);
}

/** Who looks on, in the middle of what happens. Must not throw. */
export interface NetworkWatch {
  /** REST has taken a call, and not answered yet. */
  onTaken?(call: DialledCall): void;
  /** It has answered, with the call's id. */
  onAnswered?(call: DialledCall): void;
  /** Of the calls that the network places. */
  onEvent?(callSid: string, event: PhoneEvent): void;
}

export interface NetworkOptions {
  readonly accountSid: string;
  readonly authToken: string;
  readonly clock: Clock;
  readonly log?: Log | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Whom calls can reach. */
  readonly people?: readonly Person[] | undefined;
  /** Who has all other numbers; left out: nobody. */
  readonly population?: Population | undefined;
  /** Those beyond wait in a queue (Twilio: 1). Default: none waits. */
  readonly callsPerSecond?: number | undefined;
  /** Of the account; calls from others are refused then (21210). Default: from any number. */
  readonly numbers?: Numbers | undefined;
  readonly faults?: NetworkFaults | undefined;
  readonly watch?: NetworkWatch | undefined;
}

export type NetworkCallOptions = Omit<
  CallOptions,
  'accountSid' | 'authToken' | 'clock' | 'ticker' | 'log' | 'office'
>;

/** A call as REST was asked for it. */
export interface DialledCall {
  readonly callSid: string;
  readonly to: string;
  readonly from: string;
  /** What is asked when it is answered; undefined: it came with its TwiML. */
  readonly url: string | undefined;
  readonly atEpochMs: number;
}

export interface PhoneNetwork {
  /** For TWILIO_API_BASE_URL, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  /** All calls that have not ended, and the latest that have; also those to people. */
  readonly calls: ReadonlyMap<string, PhoneCall>;
  /** The latest that the server has sent, whoever they were for; the phone of a call tells of its own as an event. */
  readonly texts: readonly SimulatedText[];
  /** Recordings that the network keeps, ready or not. */
  readonly recordingSids: readonly string[];
  /** All that REST has taken, oldest first; of the whole life of the network. */
  readonly dialled: readonly DialledCall[];
  /** A call as REST tells of it, also long after it is over. */
  resource(callSid: string): CallResource | undefined;
  placeCall(options: NetworkCallOptions): PhoneCall;
  /** For calls from now on. Several of one number are used one after the other, see `Person.times`. */
  addPerson(person: Person): void;
  /** The calls that the network has placed to this number, oldest first. */
  callsTo(number: string): readonly PhoneCall[];
  /** The n-th of them, from 1, once it is placed. Never resolves when it never is. */
  called(number: string, nth?: number): Promise<PhoneCall>;
  /** Who is in a conference that has started, with nobody else. */
  alone(): readonly { readonly conference: string; readonly callSid: string; readonly forMs: number }[];
  /** Hangs every call up, waits for their last callbacks, and closes the server. */
  close(): Promise<void>;
}

/** Throws PORT_UNAVAILABLE; throws SCRIPT_INVALID for a person who cannot be. */
export async function startNetwork(options: NetworkOptions): Promise<PhoneNetwork> {
  const { accountSid, authToken, clock, log = silentLog, port = 0, host = '127.0.0.1' } = options;
  const { people = [], faults = {}, watch = {}, callsPerSecond } = options;
  const ledger = new Ledger();
  const { calls } = ledger;
  const queue = new DialQueue(clock, callsPerSecond);
  const asked: DialledCall[] = [];
  const timesDialled = new Map<string, number>();
  const texts: SimulatedText[] = [];
  const waiting = new Set<() => void>();
  const ticker = createTicker(clock);
  let url = '';

  const remember = (call: PhoneCall): PhoneCall => {
    ledger.add(call);
    for (const look of [...waiting]) look();
    return call;
  };
  const legFaults = (number: string): CallFaults | undefined => {
    const nth = (timesDialled.get(number) ?? 0) + 1;
    timesDialled.set(number, nth);
    return typeof faults.legs === 'function' ? faults.legs(number, nth) : faults.legs;
  };
  const dialled = (outgoing: Outgoing, person: Person | undefined, turn?: Turn): PhoneCall => {
    const call: PhoneCall = callPerson({
      ...{ accountSid, authToken, clock, ticker, log, office, outgoing, person, turn },
      faults: legFaults(outgoing.to),
      onEvent: (event) => watch.onEvent?.(call.callSid, event),
    });
    return remember(call);
  };
  const office = new CentralOffice({
    ...{ clock, ticker, population: options.population },
    call: (outgoing, person) => dialled(outgoing, person),
    baseUrl: () => `${url}/2010-04-01/Accounts/${accountSid}`,
  });
  for (const person of people) office.people.add(person);

  /** To the phone of that number: the one that calls, or else the one that called last. */
  const deliver = (text: SimulatedText): void => {
    texts.push(text);
    if (texts.length > REMEMBERED_TEXTS) texts.shift();
    const phones = [...calls.values()].filter(({ number }) => number === text.to);
    (phones.findLast(({ ended }) => !ended) ?? phones.at(-1))?.receiveText(text.from, text.body);
  };
  const { recordings } = office;
  /** By REST: <Dial> takes no turn (Twilio docs, Call resource: Calls Per Second). */
  const dial = (outgoing: Outgoing): PhoneCall => {
    const { to, from, start } = outgoing;
    const call = dialled(outgoing, office.person(to), (signal) => queue.turn(signal));
    const url = start.from === 'url' ? start.target.url : undefined;
    const taken = { callSid: call.callSid, to, from, url, atEpochMs: call.placedEpochMs };
    asked.push(taken);
    watch.onTaken?.(taken);
    return call;
  };
  const { numbers } = options;
  const network: Exchanges = { accountSid, authToken, ledger, numbers, recordings, deliver, dial };

  const server = await startRestServer({
    network,
    faultOf: (request) => faults.rest?.(request),
    onSent: ({ status, body }) => {
      const sid = status === 201 && body !== undefined && 'sid' in body ? body.sid : undefined;
      const call = sid === undefined ? undefined : asked.findLast(({ callSid }) => callSid === sid);
      if (call) watch.onAnswered?.(call);
    },
    ...{ clock, log, host, port },
  });
  url = server.url;
  let closing: Promise<void> | undefined;

  const teardown = async (): Promise<void> => {
    // Who hangs up may make the server call somebody else: again, until there is nobody left.
    while ([...calls.values()].some(({ ended }) => !ended)) {
      for (const call of calls.values()) call.hangUp();
      await Promise.all([...calls.values()].map(({ done }) => done));
    }
    await Promise.all([...calls.values()].map(({ done }) => done));
    await server.close();
  };
  const callsTo = (number: string): PhoneCall[] =>
    [...calls.values()].filter((call) => call.direction !== 'inbound' && call.to === number);

  return {
    ...{ url, calls, texts, callsTo, dialled: asked },
    get recordingSids() {
      return recordings.sids;
    },
    placeCall: (callOptions) =>
      remember(placeCall({ ...callOptions, accountSid, authToken, clock, ticker, log, office })),
    addPerson: (person) => office.people.add(person),
    called: (number, nth = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          const call = callsTo(number)[nth - 1];
          if (!call) return;
          waiting.delete(look);
          resolve(call);
        };
        waiting.add(look);
        look();
      }),
    resource: (callSid) => ledger.find(callSid),
    alone: () => office.alone(),
    close: () => (closing ??= teardown()),
  };
}
