// The whole simulated network: it places calls, knows the people whom they can reach, and stands in for Twilio's REST
// server (TWILIO_API_BASE_URL). Knows nothing of what happens inside a call.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import { silentLog, type Log } from '../../base/log.ts';
import { callPerson, placeCall, type CallOptions, type PhoneCall } from './call.ts';
import { CentralOffice } from './central-office.ts';
import type { CallFaults } from './faults.ts';
import type { Person } from './people.ts';
import { refusal, type Reply } from './reply.ts';
import { answer, type Exchanges, type RestRequest } from './rest.ts';
import type { Outgoing } from './stage.ts';
import type { SimulatedText } from './texts.ts';
import { createTicker } from './ticker.ts';

/** Ended calls that can still be asked for, each with its sound; older ones are unknown. */
const REMEMBERED_CALLS = 100;
const BODY_LIMIT_BYTES = 64 * 1024;
/** Texts that can still be read; older ones are forgotten. */
const REMEMBERED_TEXTS = 100;

/** `refuse`: HTTP 400. `drop-after`: it is done, and the connection breaks before the answer. */
export type RestFault = 'refuse' | '503' | 'drop-after';

export interface NetworkFaults {
  /** Asked before every REST request. */
  rest?(request: Omit<RestRequest, 'authorization'>): RestFault | undefined;
  /** Of the calls that the network places. */
  readonly legs?: CallFaults;
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
  /** Whom calls can reach; all other numbers fail. */
  readonly people?: readonly Person[] | undefined;
  readonly faults?: NetworkFaults | undefined;
}

export type NetworkCallOptions = Omit<
  CallOptions,
  'accountSid' | 'authToken' | 'clock' | 'ticker' | 'log' | 'office'
>;

export interface PhoneNetwork {
  /** For TWILIO_API_BASE_URL, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  /** All calls that have not ended, and the latest that have; also those to people. */
  readonly calls: ReadonlyMap<string, PhoneCall>;
  /** The latest that the server has sent, whoever they were for; the phone of a call tells of its own as an event. */
  readonly texts: readonly SimulatedText[];
  /** Recordings that the network keeps, ready or not. */
  readonly recordingSids: readonly string[];
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

async function readBody(request: http.IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_LIMIT_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Undefined: the connection is to break. */
async function serve(
  request: http.IncomingMessage,
  network: Exchanges,
  faults: NetworkFaults,
): Promise<Reply | undefined> {
  const body = await readBody(request);
  if (body === undefined) return refusal(413, 20413, `a body is at most ${BODY_LIMIT_BYTES} bytes`);
  const { method = 'GET', url = '/', headers } = request;
  const [path = '/', query = ''] = url.split(/\?(.*)/s, 2);
  const asked = { method, path, query: new URLSearchParams(query), form: new URLSearchParams(body) };
  const fault = faults.rest?.(asked);
  if (fault === '503') return refusal(503, 20503, 'Service unavailable');
  if (fault === 'refuse') return refusal(400, 20001, 'refused by a fault of the test');
  const reply = answer({ ...asked, authorization: headers.authorization }, network);
  return fault === 'drop-after' ? undefined : reply;
}

function send(response: http.ServerResponse, { status, body }: Reply): void {
  if (body === undefined) response.writeHead(status).end();
  else if (body instanceof Uint8Array)
    response.writeHead(status, { 'content-type': 'audio/x-wav' }).end(body);
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Throws PORT_UNAVAILABLE; throws SCRIPT_INVALID for a person who cannot be. */
export async function startNetwork(options: NetworkOptions): Promise<PhoneNetwork> {
  const { accountSid, authToken, clock, log = silentLog, port = 0, host = '127.0.0.1' } = options;
  const { people = [], faults = {} } = options;
  const calls = new Map<string, PhoneCall>();
  const over: string[] = [];
  const texts: SimulatedText[] = [];
  const waiting = new Set<() => void>();
  const ticker = createTicker(clock);
  let url = '';

  const remember = (call: PhoneCall): PhoneCall => {
    calls.set(call.callSid, call);
    void call.done.then(() => {
      over.push(call.callSid);
      if (over.length > REMEMBERED_CALLS) calls.delete(over.shift()!);
    });
    for (const look of [...waiting]) look();
    return call;
  };
  const dialled = (outgoing: Outgoing, person: Person | undefined): PhoneCall =>
    remember(
      callPerson({
        ...{ accountSid, authToken, clock, ticker, log, office, outgoing, person },
        faults: faults.legs,
      }),
    );
  const office = new CentralOffice({
    ...{ clock, ticker, call: dialled },
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
  const dial = (outgoing: Outgoing): PhoneCall => dialled(outgoing, office.person(outgoing.to));
  const network: Exchanges = { accountSid, authToken, calls, recordings, deliver, dial };

  const server = http.createServer((request, response) => {
    serve(request, network, faults).then(
      (reply) => {
        const { method, url: path } = request;
        log.debug({ method, path, status: reply?.status }, 'simulated Twilio REST request');
        if (reply) send(response, reply);
        else response.destroy();
      },
      // The client went away in the middle of its request: nobody is left to answer.
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new LivelineError('PORT_UNAVAILABLE', `the simulated network cannot listen on ${host}:${port}`, {
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  let closing: Promise<void> | undefined;

  const teardown = async (): Promise<void> => {
    // Who hangs up may make the server call somebody else: again, until there is nobody left.
    while ([...calls.values()].some(({ ended }) => !ended)) {
      for (const call of calls.values()) call.hangUp();
      await Promise.all([...calls.values()].map(({ done }) => done));
    }
    await Promise.all([...calls.values()].map(({ done }) => done));
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  const callsTo = (number: string): PhoneCall[] =>
    [...calls.values()].filter((call) => call.direction !== 'inbound' && call.to === number);

  return {
    ...{ url, calls, texts, callsTo },
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
    alone: () => office.alone(),
    close: () => (closing ??= teardown()),
  };
}
