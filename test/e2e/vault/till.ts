// A desk that takes payments by card: the profile, the service behind it, a caller whose keys sound, and everything that the
// server wrote or sent anywhere. Knows no case.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, vi, type TestContext } from 'vitest';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import type { NetworkCallOptions } from '../../../src/simulator/phone/network.ts';
import { freshDataDir, migratedDatabaseUrl } from '../../doubles/databases.ts';
import { keysIn } from '../../doubles/key-tones.ts';
import { openDesk, rowsOf, type Desk, type DeskOptions } from '../desk.ts';
import { wav } from '../rig.ts';

/** Passes Luhn's check, and has a 0, which is a shortcut of the profile. */
export const CARD = '4929130745873609';
export const WRONG_CARD = '4929130745873608';
export const PAY = { name: 'pay', args: { bill: 'B-7' } };
export const HOW_MUCH = 'Please type the number of your card.';

const TOOL = (port: number): string => `
- name: pay
  description: Pays a bill.
  parameters: { bill: { type: string, description: The bill., required: true } }
  effect: true
  allow_private: true
  secrets: { card: { ask: card } }
  request:
    method: POST
    url: http://127.0.0.1:${port}/pay?card={{keypad.card}}
    body: { bill: '{{args.bill}}', number: '{{keypad.card}}' }
  tell:
    message: 'Paid, {{result.said | well}}.'
    fields: { said: $.said, echo: $.echo }
    when: { 402: Declined. }
`;

export interface Till extends Desk {
  /** What the service was asked to take money from. */
  readonly paid: readonly string[];
  readonly dataDir: string;
  readonly place: (options?: Partial<NetworkCallOptions>) => PhoneCall;
  /** One key after the other, as people do; resolves after the last. */
  readonly type: (call: PhoneCall, keys: string) => Promise<void>;
  readonly opened: (call: PhoneCall, times?: number) => Promise<void>;
  /** What the n-th call of a tool was answered. */
  readonly answered: (call: PhoneCall, nth?: number) => Promise<unknown>;
}

const KEY_EVERY_MS = 220;
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function openTill(
  context: TestContext,
  options: Pick<DeskOptions, 'script'> & Partial<Pick<DeskOptions, 'profile' | 'files'>>,
): Promise<Till> {
  const paid: string[] = [];
  const service = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { number } = JSON.parse(text) as { number: string };
      paid.push(number);
      // One that says more than it should.
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ said: `with ${number}`, echo: [Number(number), number.match(/.{4}/g)!.join(' ')] }),
      );
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  context.onTestFinished(() => {
    service.close();
    service.closeAllConnections();
  });
  const databaseUrl = await migratedDatabaseUrl(context);
  const dataDir = freshDataDir(context);
  const desk = await openDesk(context, {
    profile: `tools: [./tools/pay.yaml, ask_for_digits, transfer_call${options.profile === undefined ? '' : ', hand_over'}]
keypad: { shortcuts: { 0: hang_up } }
destinations:
  billing: { description: Bills, to: '+12025550111' }
${options.profile ?? ''}`,
    files: { ...options.files, 'tools/pay.yaml': TOOL((service.address() as AddressInfo).port) },
    script: options.script,
    environment: { DATABASE_URL: databaseUrl, DATA_DIR: dataDir },
  });
  return {
    ...{ ...desk, databaseUrl, paid, dataDir },
    place: (call) =>
      desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 60_000, keysSound: true, ...call }),
    type: async (call, keys) => {
      for (const key of keys) {
        if (!call.ended) call.press(key);
        await sleep(KEY_EVERY_MS);
      }
    },
    opened: async (call, times = 1) => {
      const opened = () => desk.told(call, 'secret-keys').filter(({ is }) => is === 'opened');
      await vi.waitFor(() => expect(opened()).toHaveLength(times), { timeout: 45_000, interval: 50 });
    },
    answered: async (call, nth = 1) => {
      const done = () => desk.told(call, 'tool-done');
      await vi.waitFor(() => expect(done()).toHaveLength(nth), { timeout: 20_000, interval: 50 });
      return done()[nth - 1]!.response;
    },
  };
}

/** What became of each entry, with the number of its keys. */
export const entries = (till: Till, call: PhoneCall): string[] =>
  till
    .told(call, 'secret-keys')
    .flatMap(({ is, keys }) => (is === 'opened' || is === 'typing' ? [] : [`${is} ${keys}`]));

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((file) => statSync(file).isFile());
}

/** Everything that the server wrote or told, by name, as text; and the keys whose tones the model or the caller heard. */
export async function sinks(till: Till, call: PhoneCall, dataDir: string): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  const api = async (path: string): Promise<void> => {
    all.set(path, await (await fetch(till.app.publicBaseUrl + path)).text());
  };
  await till.record(call);
  for (const path of ['/api/v1/calls', `/api/v1/calls/${call.callSid}`, '/metrics']) await api(path);
  all.set('log', till.log.join('\n'));
  all.set('notices', JSON.stringify(till.notices));
  for (const { number, setup, events } of till.model.sessions)
    all.set(`model ${number}`, JSON.stringify([setup, events]));
  const tables = await rowsOf(
    till.databaseUrl,
    sql<{
      name: string;
    }>`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  for (const { name } of tables)
    all.set(name, JSON.stringify(await rowsOf(till.databaseUrl, sql`select * from ${sql.raw(name)}`)));
  for (const file of filesUnder(dataDir)) all.set(file, readFileSync(file, 'latin1'));
  return all;
}

/** The keys whose tones reached the model. */
export const tonesUp = (till: Till): string =>
  till.model.sessions.map((session) => keysIn(session.callerAudio(), 16_000)).join('');

const PART = 6;
const parts = (digits: string): string[] =>
  Array.from({ length: Math.max(0, digits.length - PART + 1) }, (_, at) => digits.slice(at, at + PART));

/** Where any six digits in a row stand, with whatever between them; and every single key that was told. */
export function leaks(all: ReadonlyMap<string, string>, digits: string): string[] {
  return [...all].flatMap(([name, text]) => [
    ...parts(digits)
      .filter((part) => new RegExp(Array.from(part).join('[\\s",./-]{0,3}')).test(text))
      .map((part) => `${name}: ${part}`),
    ...(/"digit\\?"\s*:/.test(text) ? [`${name}: a key`] : []),
  ]);
}
