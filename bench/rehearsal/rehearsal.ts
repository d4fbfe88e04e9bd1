// Whole calls for the benchmarks: the real server between the simulated phone network and the simulated model, over loopback
// sockets, in this process and on one clock. Measures nothing.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startApp, type App } from '../../src/app.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createLog, type Log } from '../../src/base/log.ts';
import { readConfig } from '../../src/config.ts';
import { scriptOf, type ScriptSource } from '../../src/simulator/model/script.ts';
import { startModel, type ModelOptions, type SimulatedModel } from '../../src/simulator/model/server.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import type { Person } from '../../src/simulator/phone/people.ts';
import { startNetwork, type NetworkCallOptions } from '../../src/simulator/phone/network.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'bench' };

/** The path of a file of fixtures/. */
export const fixture = (path: string): string =>
  fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const recordings = new Map<string, Uint8Array>();
/** The bytes of a recording of fixtures/audio, e.g. `caller/yes`; the same bytes every time, so that phones decode them once. */
export function wav(name: string): Uint8Array {
  const bytes = recordings.get(name) ?? readFileSync(fixture(`audio/${name}.wav`));
  recordings.set(name, bytes);
  return bytes;
}
/** A script whose recordings are those of fixtures/audio. */
export const scripted = (source: ScriptSource) => scriptOf(source, fixture('audio'));

export interface RehearsalOptions extends ModelOptions {
  /** Profiles, as their files have it; the sample agent when left out. */
  readonly agents?: readonly string[];
  /** Beside what it sets itself, and in its place. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Errors are printed when left out. */
  readonly serverLog?: Log;
  /** Who can be called. */
  readonly people?: readonly Person[];
}

export interface Rehearsal {
  readonly app: App;
  readonly model: SimulatedModel;
  readonly place: (call: Omit<NetworkCallOptions, 'baseUrl'>) => PhoneCall;
  /** Hangs up, and waits until everything is let go of. */
  readonly close: () => Promise<void>;
}

export async function rehearse({
  agents,
  environment,
  people = [],
  serverLog,
  ...options
}: RehearsalOptions): Promise<Rehearsal> {
  const { clock = systemClock } = options;
  const folder = agents && mkdtempSync(join(tmpdir(), 'liveline-bench-'));
  const dataDir = mkdtempSync(join(tmpdir(), 'liveline-bench-data-'));
  const letGo = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
    rmSync(dataDir, { recursive: true, force: true });
  };
  agents?.forEach((text, n) => writeFileSync(join(folder!, `${n}.yaml`), text));
  const model = await startModel(options);
  const network = await startNetwork({ ...ACCOUNT, clock, people });
  try {
    const config = readConfig({
      PORT: '0',
      DATA_DIR: dataDir,
      ...(folder !== undefined && { AGENTS_DIR: folder }),
      GEMINI_BASE_URL: model.url,
      TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      TWILIO_API_BASE_URL: network.url,
      ...environment,
    });
    const app = await startApp(config, serverLog ?? createLog({ level: 'error', secrets: [] }), { clock });
    return {
      app,
      model,
      place: (call) => network.placeCall({ baseUrl: app.publicBaseUrl, ...call }),
      async close() {
        await network.close();
        await app.stop();
        await model.close();
        letGo();
      },
    };
  } catch (thrown) {
    // A profile that the server refuses must not leave the benchmark hanging on open sockets.
    await Promise.all([network.close(), model.close()]);
    letGo();
    throw thrown;
  }
}
