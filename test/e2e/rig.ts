// Everything, for end-to-end tests: the real server between the simulated phone network and the simulated model, over
// real loopback sockets and in real time.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import { startApp, type App } from '../../src/app.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { MULAW_8K } from '../../src/audio/format.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { createLog } from '../../src/base/log.ts';
import type { Notice } from '../../src/call/notices.ts';
import type { Environment } from '../../src/config.ts';
import { startNodes } from './nodes/start-nodes.ts';
import { freshDataDir, sharedDatabaseUrl } from '../doubles/databases.ts';
import { NEVER_LATE } from '../doubles/never-late.ts';
import { startModel, type ModelOptions, type SimulatedModel } from '../../src/simulator/model/server.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import {
  startNetwork,
  type NetworkCallOptions,
  type PhoneNetwork,
} from '../../src/simulator/phone/network.ts';

const fixture = (path: string): string => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));

export const ACCOUNT = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = 'a-token-of-the-tests';
export const audioDir = fixture('audio');
export const script = (name: string): string => fixture(`scripts/${name}.yaml`);
export const wav = (name: string): Buffer => readFileSync(fixture(`audio/${name}.wav`));
export const durationMs = (name: string): number => soundFromWav(wav(name), MULAW_8K).length / 8;

const receptionist = readFileSync(fixture('agents/receptionist.yaml'), 'utf8');

/** A folder with the sample profile and these lines more, until the test has finished. */
export function agentsWith(lines: string, { onTestFinished }: Pick<TestContext, 'onTestFinished'>): string {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-agents-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'receptionist.yaml'), `${receptionist}\n${lines}\n`);
  return dir;
}

export interface World {
  readonly app: App;
  readonly model: SimulatedModel;
  readonly network: PhoneNetwork;
  readonly notices: readonly Notice[];
  /** What the server logged, line by line. */
  readonly log: readonly string[];
  readonly place: (options?: Partial<NetworkCallOptions>) => PhoneCall;
  /** Notices of one call and one type. */
  readonly told: <Type extends Notice['type']>(
    call: PhoneCall,
    type: Type,
  ) => Extract<Notice, { type: Type }>[];
}

/** `context`: of the test, which lets go of everything when it has finished. */
export async function world(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  model: Partial<ModelOptions> = {},
  environment: Environment = {},
  clock: Clock = systemClock,
): Promise<World> {
  const log: string[] = [];
  const dataDir = freshDataDir({ onTestFinished });
  const simulated = await startModel({
    script: script('receptionist'),
    keepCallerAudio: true,
    clock,
    ...model,
  });
  const network = await startNetwork({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock });
  const own = {
    PORT: '0',
    DATABASE_URL: await sharedDatabaseUrl(),
    DATA_DIR: dataDir,
    GEMINI_BASE_URL: simulated.url,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_API_BASE_URL: network.url,
    ...environment,
  };
  const secrets = [AUTH_TOKEN];
  const destination = { write: (line: string) => void log.push(line) };
  const nodes = await startNodes(own, (config) =>
    startApp(config, createLog({ level: 'debug', secrets, destination }), { clock, loopLag: NEVER_LATE }),
  );
  const app = nodes.apps[0]!;
  const notices: Notice[] = [];
  for (const each of nodes.apps) each.notices.subscribe((notice) => notices.push(notice));
  onTestFinished(async () => {
    await network.close();
    await nodes.stop();
    await simulated.close();
  });
  return {
    app,
    model: simulated,
    network,
    notices,
    log,
    place: (options) =>
      network.placeCall({ baseUrl: app.publicBaseUrl, from: '+15550100123', to: '+15550100100', ...options }),
    told: <Type extends Notice['type']>(call: PhoneCall, type: Type) =>
      notices.filter(
        (notice): notice is Extract<Notice, { type: Type }> =>
          notice.callId === call.callSid && notice.type === type,
      ),
  };
}
