// An office for whole calls: a profile with destinations, the people behind them, and a model that sends callers on; all on
// real sockets, in time that may run faster than the machine's. Knows no case.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, type TestContext } from 'vitest';
import { startApp, type App } from '../../../src/app.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createLog } from '../../../src/base/log.ts';
import type { Notice } from '../../../src/call/notices.ts';
import { fastClock } from '../../../src/simulator/fast-clock.ts';
import { startModel, type SimulatedModel } from '../../../src/simulator/model/server.ts';
import type { ScriptSource } from '../../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import {
  startNetwork,
  type NetworkCallOptions,
  type NetworkFaults,
  type PhoneNetwork,
} from '../../../src/simulator/phone/network.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { sign } from '../../../src/simulator/phone/signature.ts';
import { freshDataDir, migratedDatabaseUrl } from '../../doubles/databases.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import { NEVER_LATE } from '../../doubles/never-late.ts';
import { profileOf, scriptFrom } from '../desk.ts';
import { startNodes } from '../nodes/start-nodes.ts';
import { ACCOUNT, AUTH_TOKEN, wav } from '../rig.ts';

type Context = Pick<TestContext, 'onTestFinished'>;

export const BILLING = '+12025550111';
export const SALES = '+12025550112';
export const CALLER = '+12025550143';
export const OURS = '+12025550100';

/** The words that people hear, and what the model is scripted to say. */
export const REASON = 'an invoice that is wrong';
export const BRIEFING = 'Ada Moreno was charged twice. We looked and found no refund.';
export const HERE = 'How else can I help?';

export type Steps = NonNullable<NonNullable<ScriptSource['turns']>[number]['steps']>;

export const transfer = (destination: string): Steps[number] => ({
  call: { name: 'transfer_call', args: { destination, reason: REASON, briefing: BRIEFING } },
});

/** The caller asks once; each time they are back, the next turn is taken. */
export const sends = (...turns: readonly Steps[]): ScriptSource => ({
  name: 'sends',
  greeting: { say: 'Hello.' },
  turns: turns.map((steps) => ({ steps: [...steps] })),
  otherwise: { steps: [{ say: HERE }] },
});

export interface OfficeOptions {
  /** Lines of the profile below `destinations:`, and of anything else. */
  readonly profile: string;
  readonly people?: readonly Person[];
  readonly script: ScriptSource;
  readonly faults?: NetworkFaults;
  readonly environment?: Readonly<Record<string, string>>;
  /** How much faster than the machine's the time of everything runs. */
  readonly speed?: number;
}

export interface Office {
  readonly app: App;
  readonly model: SimulatedModel;
  readonly network: PhoneNetwork;
  readonly databaseUrl: string;
  readonly log: readonly string[];
  readonly notices: readonly Notice[];
  /** Somebody calls, and says "yes" after the greeting. */
  readonly place: (options?: Partial<NetworkCallOptions>) => PhoneCall;
  readonly told: <Type extends Notice['type']>(
    call: PhoneCall,
    type: Type,
  ) => Extract<Notice, { type: Type }>[];
  /** A form posted as the carrier would, signed; its answer. */
  readonly post: (target: string, form: Readonly<Record<string, string>>) => Promise<string>;
}

const SPEED = 3;

export async function openOffice(context: Context, options: OfficeOptions): Promise<Office> {
  const clock = fastClock(options.speed ?? SPEED, systemClock);
  const dir = freshFolder(context);
  const databaseUrl = await migratedDatabaseUrl(context);
  const dataDir = freshDataDir(context);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'office.yaml'), profileOf(`tools: [transfer_call, call_back]\n${options.profile}`));
  const model = await startModel({ script: scriptFrom(options.script), clock });
  const network = await startNetwork({
    ...{ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock },
    ...{ people: options.people, faults: options.faults },
  });
  const log: string[] = [];
  const own = {
    ...{ PORT: '0', DATABASE_URL: databaseUrl, DATA_DIR: dataDir, AGENTS_DIR: dir },
    ...{ GEMINI_BASE_URL: model.url, TWILIO_API_BASE_URL: network.url },
    ...{ TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: AUTH_TOKEN },
    ...options.environment,
  };
  const destination = { write: (line: string) => void log.push(line) };
  const nodes = await startNodes(own, (config) =>
    startApp(config, createLog({ level: 'debug', secrets: [AUTH_TOKEN], destination }), {
      clock,
      loopLag: NEVER_LATE,
    }),
  );
  const app = nodes.apps[0]!;
  const notices: Notice[] = [];
  for (const each of nodes.apps) each.notices.subscribe((notice) => notices.push(notice));
  context.onTestFinished(async () => {
    await network.close();
    await nodes.stop();
    await model.close();
  });
  return {
    ...{ app, model, network, databaseUrl, log, notices },
    place: (call) =>
      network.placeCall({
        ...{ baseUrl: app.publicBaseUrl, from: CALLER, to: OURS, patienceMs: 120_000 },
        ...{ script: [{ say: wav('caller/yes') }] },
        ...call,
      }),
    told: (call, type) =>
      notices.filter(
        (notice): notice is Extract<Notice, { type: typeof type }> =>
          notice.callId === call.callSid && notice.type === type,
      ),
    post: (target, form) => postSigned(app.publicBaseUrl + target, form),
  };
}

export async function postSigned(url: string, form: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-twilio-signature': sign(AUTH_TOKEN, url, form) },
    body: new URLSearchParams(form),
  });
  return response.text();
}

/** What the model was told by text, oldest first. */
export const prompts = ({ model }: Pick<Office, 'model'>): string[] =>
  model.sessions.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'prompted' ? [event.text] : [])),
  );

/** What the carrier's voice has said to them. */
export const heard = (call: PhoneCall): string[] =>
  call.events.flatMap((event) => (event.type === 'said-by-carrier' ? [event.text] : []));

/** Until the n-th event of this type, from 1. */
export function nth(call: PhoneCall, type: PhoneCall['events'][number]['type'], n: number) {
  return call.until(type, (event) => call.events.filter((one) => one.type === type).indexOf(event) >= n - 1);
}

/** The n-th stream's first piece of sound was heard to its end: music before it may go over into it. */
export async function spokenTo(call: PhoneCall, stream: number): Promise<number> {
  const { atMs } = await nth(call, 'streamOpened', stream);
  return (await call.until('mark', (event) => event.atMs > atMs)).atMs;
}

/** Until they talk to each other, both ways. */
export const connected = (caller: PhoneCall, person: PhoneCall) =>
  Promise.all([
    caller.until('connected', (event) => event.with === person.callSid),
    person.until('connected', (event) => event.with === caller.callSid),
  ]);

/** A row a case, printed when the file is over: what the caller got, and how long after what went before. */
export function table(title: string) {
  const rows: string[][] = [];
  afterAll(() => {
    const widths = [0, 1, 2].map((n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)));
    const lines = rows.toSorted().map((row) => row.map((cell, n) => cell.padEnd(widths[n]!)).join('  '));
    console.log(
      [`${title}: what the caller got, ms of their time after the last event`, ...lines].join('\n'),
    );
  });
  return (name: string, got: string, ms: number): void => void rows.push([name, got, ms.toFixed(0)]);
}
