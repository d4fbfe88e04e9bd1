// Several servers on one database, behind a balancer that sends every request and every stream to the next of them, as the
// phone network sees one server.
import type { TestContext } from 'vitest';
import { startApp, type App } from '../../../src/app.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createLog } from '../../../src/base/log.ts';
import type { Notice } from '../../../src/call/notices.ts';
import type { Environment } from '../../../src/config.ts';
import { startModel, type ModelOptions, type SimulatedModel } from '../../../src/simulator/model/server.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import {
  startNetwork,
  type NetworkCallOptions,
  type PhoneNetwork,
} from '../../../src/simulator/phone/network.ts';
import { freshDataDir, migratedDatabaseUrl, type Size } from '../../doubles/databases.ts';
import { NEVER_LATE } from '../../doubles/never-late.ts';
import type { Balancer, BalancerOptions } from '../../doubles/tcp-balancer.ts';
import { tcpProxy, type TcpProxy } from '../../doubles/tcp-proxy.ts';
import { ACCOUNT, AUTH_TOKEN, script } from '../rig.ts';
import { startNodes } from './start-nodes.ts';

export interface Cluster {
  readonly apps: readonly App[];
  readonly balancer: Balancer;
  readonly model: SimulatedModel;
  readonly network: PhoneNetwork;
  /** Of all nodes; `at`: its place. */
  readonly notices: readonly (Notice & { readonly at: number })[];
  readonly log: readonly string[];
  readonly databaseUrl: string;
  readonly way: TcpProxy | undefined;
  readonly place: (options?: Partial<NetworkCallOptions>) => PhoneCall;
  readonly told: <Type extends Notice['type']>(
    call: PhoneCall,
    type: Type,
  ) => (Extract<Notice, { type: Type }> & { readonly at: number })[];
  /** On which node a call is answered. */
  readonly nodeOf: (call: PhoneCall) => number;
}

export interface ClusterOptions {
  readonly model?: Partial<ModelOptions>;
  readonly environment?: Environment;
  /** Of each node, beside that of all. */
  readonly environments?: readonly Environment[];
  readonly size?: Size;
  /** See `BalancerOptions`. */
  readonly prefers?: BalancerOptions['prefers'];
  /** They reach the database by a way that can be closed. */
  readonly ownWay?: boolean;
}

/** Two nodes that know of each other, until the test has finished. */
export async function cluster(
  context: Pick<TestContext, 'onTestFinished'>,
  {
    model = {},
    environment = {},
    environments = [{}, {}],
    size = 'embedded',
    prefers,
    ownWay = false,
  }: ClusterOptions = {},
): Promise<Cluster> {
  const clock = systemClock;
  const databaseUrl = await migratedDatabaseUrl(context, size);
  const at = new URL(databaseUrl);
  const way = ownWay ? await tcpProxy(at.hostname, Number(at.port)) : undefined;
  if (way) at.port = String(way.port);
  const log: string[] = [];
  const notices: (Notice & { at: number })[] = [];
  const simulated = await startModel({
    script: script('receptionist'),
    keepCallerAudio: true,
    clock,
    ...model,
  });
  const network = await startNetwork({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock });
  const common: Environment = {
    ...{ PORT: '0', DATABASE_URL: at.href, DATA_DIR: freshDataDir(context) },
    ...{ TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: AUTH_TOKEN, TWILIO_API_BASE_URL: network.url },
    ...{ GEMINI_BASE_URL: simulated.url, ...environment },
  };
  const nodes = await startNodes(
    environments.map((own) => ({ ...common, ...own })),
    async (config, at) => {
      const destination = { write: (line: string) => void log.push(`${at} ${line}`) };
      const app = await startApp(config, createLog({ level: 'debug', secrets: [AUTH_TOKEN], destination }), {
        ...{ clock, loopLag: NEVER_LATE },
      });
      app.notices.subscribe((notice) => notices.push({ ...notice, at }));
      return app;
    },
    prefers,
  );
  const { apps } = nodes;
  const balancer = nodes.balancer!;
  context.onTestFinished(async () => {
    await network.close();
    await nodes.stop();
    await simulated.close();
    await way?.end();
  });
  const of = <Type extends Notice['type']>(call: PhoneCall, type: Type) =>
    notices.filter(
      (notice): notice is Extract<Notice, { type: Type }> & { at: number } =>
        notice.callId === call.callSid && notice.type === type,
    );
  return {
    ...{ apps, balancer, model: simulated, network, notices, log, databaseUrl, way },
    place: (options) =>
      network.placeCall({ baseUrl: balancer.url, from: '+15550100123', to: '+15550100100', ...options }),
    told: of,
    nodeOf: (call) => of(call, 'call-started')[0]!.at,
  };
}
