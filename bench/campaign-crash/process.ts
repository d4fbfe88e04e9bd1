// One process of the crash test: a dialler on a database and a carrier that it is told of, until it is killed.
// Arguments: database URL, carrier URL, when the clock began, the most calls at once.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { LivelineError, messageOf, type ErrorCode } from '../../src/base/errors.ts';
import { callId, type CallId } from '../../src/base/ids.ts';
import { createLog } from '../../src/base/log.ts';
import type { Verdict } from '../../src/campaign/audit.ts';
import type { DialRules } from '../../src/campaign/dial-rules.ts';
import { startDialler, type DiallerOptions } from '../../src/campaign/dialler.ts';
import { outcomeOf } from '../../src/campaign/outcome.ts';
import { placedCalls } from '../../src/campaign/placed.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import { Unwritten } from '../../src/campaign/unwritten.ts';
import type { FoundCall } from '../../src/carrier/control.ts';
import type { CallStatus } from '../../src/carrier/webhooks.ts';
import { openDatabase } from '../../src/store/database.ts';
import { fastClock, SPEED } from './fast-clock.ts';
import { LINE, nextAfter } from './plan.ts';

/** What it tells whoever started it. */
export interface FromProcess {
  readonly type: 'ready';
  readonly listener: string;
}

/** As src/carrier/twilio gives a request, on the fast clock. */
const ANSWER_WITHIN_MS = 4_000 / SPEED;

const [databaseUrl = '', carrierUrl = '', startedAt = '', atOnce = ''] = process.argv.slice(2);
const clock = fastClock(Number(startedAt));
const log = createLog({ level: 'warn', secrets: [] });
const database = openDatabase({ url: databaseUrl, dataDir: '', log });
await database.ready();

async function ask(path: string, body?: unknown, doubt: ErrorCode = 'CARRIER_UNREACHABLE'): Promise<unknown> {
  const method = body === undefined ? 'GET' : 'POST';
  let answer: Response;
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    answer = await fetch(carrierUrl + path, {
      method,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.ok) return await answer.json();
  } catch (thrown) {
    throw new LivelineError(doubt, messageOf(thrown), { cause: thrown });
  }
  throw new LivelineError(answer.status === 429 ? 'CARRIER_BUSY' : doubt, `HTTP ${answer.status}`);
}

interface Shown {
  readonly id: string;
  readonly status: CallStatus;
  readonly startedAtMs: number;
}
const found = (shown: unknown): FoundCall[] =>
  (shown as Shown[]).map((call) => ({ ...call, id: callId(call.id) }));

const carrier: DiallerOptions['carrier'] = {
  dial: async (call) => callId(((await ask('/calls', call, 'CARRIER_IN_DOUBT')) as Shown).id),
  cancel: async (id) => ((await ask(`/calls/${id}`, {})) as { is: 'canceled' | 'too-late' }).is,
  callsTo: async (to, from, sinceMs) =>
    found(await ask(`/calls?${new URLSearchParams({ to, from, since: String(sinceMs) }).toString()}`)),
  look: async (id) => found(await ask(`/calls/${id}`))[0],
  ownNumbers: () => Promise.resolve([LINE]),
  hangUp: async (id: CallId) => {
    await ask(`/calls/${id}`, {});
  },
};

const ring: Verdict = { may: 'ring', data: '' };
const rules: DialRules = {
  settings: {
    ...{ profile: 'Crash', callerIds: [LINE], suppressionLists: [], callsPerSecond: 100, ringS: 25 },
    ...{ detectsMachines: 'off', endsAtMs: undefined, breakerOver: 10 },
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
  store: createCampaignStore(database, { account: 'AC', node: `node-${process.pid}`, rehearsal: true }),
  ...{ carrier, clock, log, callsPerSecond: 100, unwritten: new Unwritten(log) },
  ready: () => database.ready(),
  expect: () => undefined,
  rulesOf: () => rules,
  capacity: () => ({ callsAtOnce: undefined, live: 0, model: { most: undefined, live: 0 } }),
  faults: () => Promise.resolve([]),
};
const { news } = placedCalls(options);

const server = createServer((request, response) => {
  json(request).then(
    (told) => {
      const { attempt, id, status } = told as { attempt: string; id: string; status: CallStatus };
      news.status({ attempt, id: callId(id), status });
      response.end();
    },
    () => response.destroy(),
  );
});
server.listen(0, '127.0.0.1', () => {
  const listener = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.send?.({ type: 'ready', listener } satisfies FromProcess);
  startDialler(options);
});
