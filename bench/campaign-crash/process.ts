// One process of the crash test: a dialler on a database, Twilio's adapter to a carrier that it is told of, and the routes that
// the carrier asks, until it is killed. Arguments: database URL, carrier URL, port, when the clock began, the most calls at once.
import { flushCompileCache } from 'node:module';
import { systemClock } from '../../src/base/clock.ts';
import { createLog } from '../../src/base/log.ts';
import { Lobby } from '../../src/call/lobby.ts';
import type { Verdict } from '../../src/campaign/audit.ts';
import type { DialRules } from '../../src/campaign/dial-rules.ts';
import { startDialler, type DiallerOptions } from '../../src/campaign/dialler.ts';
import { outcomeOf } from '../../src/campaign/outcome.ts';
import { placedCalls } from '../../src/campaign/placed.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import { unwrittenAttempts } from '../../src/campaign/unwritten.ts';
import { createTwilioControl } from '../../src/carrier/twilio/control.ts';
import { createTwilioDialling } from '../../src/carrier/twilio/dialling.ts';
import { createTwilioWebhooks } from '../../src/carrier/twilio/webhooks.ts';
import { carrierRoutes, type CarrierRoutesOptions } from '../../src/http/carrier-routes.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { openDatabase } from '../../src/store/database.ts';
import { fastClock, SPEED } from './fast-clock.ts';
import { ACCOUNT, AUTH_TOKEN, KEY_WITHIN_S, LINE, nextAfter, RING_S, WORDS } from './plan.ts';

/** What it tells whoever started it. */
export interface FromProcess {
  readonly type: 'ready';
}

/** As src/carrier/twilio gives a request, which knows the machine's time alone. */
const ANSWER_WITHIN_MS = 4_000 / SPEED;

const [databaseUrl = '', carrierUrl = '', port = '', startedAt = '', atOnce = ''] = process.argv.slice(2);
const clock = fastClock(Number(startedAt));
const log = createLog({ level: 'warn', secrets: [AUTH_TOKEN] });
const database = openDatabase({ url: databaseUrl, dataDir: '', log });
await database.ready();

const http = createHttpServer(log);
const publicBaseUrl = `http://127.0.0.1:${await http.listen('127.0.0.1', Number(port))}`;
const twilio = {
  ...{ accountSid: ACCOUNT, authToken: AUTH_TOKEN, apiBaseUrl: carrierUrl, timeoutMs: ANSWER_WITHIN_MS },
  publicBaseUrl: () => publicBaseUrl,
};

const ring: Verdict = { may: 'ring', data: '' };
const rules: DialRules = {
  settings: {
    ...{ profile: 'Crash', callerIds: [LINE], suppressionLists: [], callsPerSecond: 100, ringS: RING_S },
    ...{ detectsMachines: 'on', endsAtMs: undefined, breakerOver: 10 },
  },
  ...{ hours: () => ring, consent: () => ring, doNotCall: () => ring, caps: () => ring },
  callerId: () => ({ from: LINE }),
  guard: () => undefined,
  howMany: ({ slots, open }) => ({ calls: Math.min(slots, Number(atOnce) - open), because: '' }),
  breaker: () => undefined,
  outcome: outcomeOf,
  next: (outcome, { history }, nowMs) => nextAfter(outcome, history.length, nowMs),
};

const options: DiallerOptions = {
  store: createCampaignStore(database, { account: ACCOUNT, node: `node-${process.pid}`, rehearsal: true }),
  carrier: { ...createTwilioControl(twilio), ...createTwilioDialling(twilio, () => clock.epochMs()) },
  ...{ clock, log, callsPerSecond: 100, unwritten: unwrittenAttempts(log) },
  ready: () => database.ready(),
  expect: () => undefined,
  rulesOf: () => rules,
  capacity: () => ({ callsAtOnce: undefined, live: 0, model: { most: undefined, live: 0 } }),
  faults: () => Promise.resolve([]),
};
const { news, calls, facts } = placedCalls(options);

/** Whoever answers is told so in the carrier's voice: a talk takes the time that talks take, and no clock makes a model faster. */
const switchboard: CarrierRoutesOptions['switchboard'] = {
  afterStream({ call }) {
    // Asked only once they have heard it.
    facts.spoke(call.id, 0);
    return { do: 'hang-up' };
  },
  answeredBy: () => undefined,
  carrierStatus: () => undefined,
  streamStatus: () => undefined,
  routes: {
    recall: () => Promise.resolve(),
    needsAgent: () => false,
    again: () => undefined,
    waits: () => Promise.resolve(undefined),
    personAsks: () => Promise.resolve(undefined),
    personStatus: () => undefined,
  },
};
const lobby = new Lobby({
  switchboard: {
    has: () => false,
    profileOf: () => undefined,
    answer: (_call, _lookedUp, placed) =>
      placed
        ? {
            do: 'ask-key',
            say: [{ text: WORDS, language: 'en-US' }],
            withinS: KEY_WITHIN_S,
            of: { step: 1 },
          }
        : { do: 'hang-up' },
    expects: () => false,
    looksUp: () => false,
    withdraw: () => undefined,
    missed: () => undefined,
    lookedUpLate: () => undefined,
  },
  crm: { findByPhone: () => Promise.resolve(undefined) },
  // By the machine's time: nothing makes the database faster.
  ...{ placed: calls, clock: systemClock, log },
});
const webhooks = createTwilioWebhooks({ authTokens: [AUTH_TOKEN], publicBaseUrl, log });
http.serve(
  [
    carrierRoutes({
      ...{ webhooks, lobby, switchboard, placed: news },
      onRecording: () => Promise.resolve(),
      sounds: () => new Map(),
    }),
  ],
  [],
);

// Whoever is killed does not write it on the way out.
flushCompileCache();
process.send?.({ type: 'ready' } satisfies FromProcess);
startDialler(options);
