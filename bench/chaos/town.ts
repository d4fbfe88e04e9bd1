// All that a chaos test plays in: server processes on one database behind a balancer, and the telephone network and the model in
// this very process, so that they outlive whatever is done to the others. Strikes nobody and judges nothing.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Clock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { scriptOf } from '../../src/simulator/model/script.ts';
import { startModel, type SimulatedModel } from '../../src/simulator/model/server.ts';
import { startNetwork, type PhoneNetwork } from '../../src/simulator/phone/network.ts';
import { embedded } from '../../src/store/embedded/embedded.ts';
import { freePort } from '../../test/doubles/free-port.ts';
import { tcpProxy, type TcpProxy } from '../../test/doubles/tcp-proxy.ts';
import { startBalancer } from './balancer.ts';
import { Callers } from './callers.ts';
import { watchLeases, type Leases } from './leases.ts';
import { Server } from './server.ts';
import { MOST_LINES, spoken, textOf } from './tones.ts';

export interface TownOptions {
  readonly servers: number;
  /** When the model gives handles: only when it waits, as 2.5 does, or all the time, as 3.8 does. */
  readonly handles: 'settled' | 'always';
  /** `false`: calls are not journalled, so that no process can take up another's: what the judge must then say is known. */
  readonly journals: boolean;
  /** A PostgreSQL in which a database may be made; undefined: the embedded one, in a folder of its own. */
  readonly databaseUrl: string | undefined;
  readonly clock: Clock;
}

export interface Town {
  readonly servers: readonly Server[];
  readonly model: SimulatedModel;
  readonly network: PhoneNetwork;
  readonly callers: Callers;
  readonly leases: Leases;
  /** The servers' way to the database. */
  readonly wayToDatabase: TcpProxy;
  /** Straight to the database. */
  readonly database: pg.Client;
  readonly clock: Clock;
  /** What tools did in the world, as often as they did it: `CallSid line`. */
  effects(): readonly string[];
  close(): Promise<void>;
}

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'chaos' };
/** Every so many answers need a tool that writes. */
const TOOL_EVERY = 4;
export const hasTool = (line: number): boolean => line % TOOL_EVERY === 1;
/** As long as there is time to kill it after it has written, and before anybody knows. */
const TOOL_TAKES_MS = 300;

const agent = (journals: boolean): string => `name: chaos
numbers: '*'
instructions: Answer. The number on the phone is {{caller}}.
greeting: Hello there.
look_up_caller: off
tools: ./write-line.ts
${journals ? '' : 'keep_records_days: off\n'}`;

const toolOf = (file: string): string => `import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
export default ({ defineTool, z }) => [
  defineTool({
    name: 'write_line',
    description: 'Writes a line down.',
    args: z.object({ line: z.number().describe('Which.') }),
    timeoutMs: 5_000,
    effect: {},
    async run({ line }, { callId }) {
      appendFileSync(${JSON.stringify(file)}, callId + ' ' + line + '\\n');
      await sleep(${TOOL_TAKES_MS});
      return { tell: { message: 'It is written.' } };
    },
  }),
];
`;

export async function startTown({
  servers: count,
  handles,
  journals,
  databaseUrl,
  clock,
}: TownOptions): Promise<Town> {
  const held = new AsyncDisposableStack();
  try {
    const dir = mkdtempSync(join(tmpdir(), 'liveline-chaos-'));
    held.defer(() => rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
    const [agentsDir, audioDir, ledger] = [join(dir, 'agents'), join(dir, 'audio'), join(dir, 'ledger.txt')];
    for (const folder of [agentsDir, audioDir]) mkdirSync(folder);
    writeFileSync(join(agentsDir, 'chaos.yaml'), agent(journals));
    writeFileSync(join(agentsDir, 'write-line.ts'), toolOf(ledger));
    appendFileSync(ledger, '');

    const straight = new URL(databaseUrl ?? (await ownDatabase(join(dir, 'database'), held)));
    straight.pathname = await madeDatabase(straight.href);
    const database = new pg.Client({ connectionString: straight.href });
    database.on('error', () => undefined);
    await database.connect();
    held.defer(() => database.end());
    const wayToDatabase = await tcpProxy(straight.hostname, Number(straight.port));
    held.defer(() => wayToDatabase.end());
    const way = new URL(straight);
    way.host = `127.0.0.1:${wayToDatabase.port}`;

    const model = await startModel({ script: conversation(audioDir), clock, handles });
    held.defer(() => model.close());
    const balancer = await startBalancer();
    held.defer(() => balancer.close());
    const network = await startNetwork({ ...ACCOUNT, clock });
    const env = {
      HOST: '127.0.0.1',
      PUBLIC_BASE_URL: balancer.url,
      DATABASE_URL: way.href,
      AGENTS_DIR: agentsDir,
      GEMINI_API_KEY: 'chaos',
      GEMINI_BASE_URL: model.url,
      TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      TWILIO_API_BASE_URL: network.url,
      LOG_LEVEL: 'info',
      NODE_COMPILE_CACHE: join(dir, 'code'),
    };
    const servers: Server[] = [];
    for (let n = 0; n < count; n += 1) servers.push(new Server(`node-${n + 1}`, await freePort(), dir, env));
    held.defer(() => Promise.all(servers.map((server) => server.close())).then(() => undefined));
    // Who hangs up may make a server answer: before the servers go.
    held.defer(() => network.close());
    // The first makes the tables.
    await servers[0]?.start();
    await Promise.all(servers.slice(1).map((server) => server.start()));
    await balancer.serve(servers.map(({ port }) => port));
    const leases = watchLeases(database, clock);
    held.defer(() => leases.stop());
    return {
      ...{ servers, model, network, leases, wayToDatabase, database, clock },
      callers: new Callers(network, balancer.url),
      effects: () => readFileSync(ledger, 'utf8').split('\n').filter(Boolean),
      close: () => held.disposeAsync(),
    };
  } catch (thrown) {
    await held.disposeAsync();
    throw thrown;
  }
}

async function ownDatabase(dir: string, held: AsyncDisposableStack): Promise<string> {
  const server = embedded(dir, silentLog);
  held.defer(() => server.stop());
  const { host, port, user, password, database } = await server.ensure();
  return `postgres://${user}:${password}@${host}:${port}/${database}`;
}

/** A database of its own, by its name. */
async function madeDatabase(url: string): Promise<string> {
  const name = `chaos_${process.pid}_${Date.now()}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return name;
}

function conversation(audioDir: string) {
  return scriptOf(
    {
      name: 'chaos',
      greeting: { say: 'Hello there.' },
      turns: Array.from({ length: MOST_LINES }, (_, line) => {
        const audio = `${line}.wav`;
        writeFileSync(join(audioDir, audio), spoken(line));
        const say = { say: textOf(line), audio };
        const call = { call: { name: 'write_line', args: { line } } };
        return { hears: 'Yes.', steps: hasTool(line) ? [call, say] : [say] };
      }),
      otherwise: { steps: [{ say: 'That was all.' }] },
    },
    audioDir,
  );
}
