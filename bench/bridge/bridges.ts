// The bridges that are compared: how each is started, and when it is ready. Knows nothing of calls.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';
import { VERBATIM_CHUNKS_PATH, VERBATIM_PATH } from './dialect.ts';
import { ACCOUNT_SID, isOurs, type BridgeName, type FromBridge, type Measured } from './messages.ts';
import type { Ours, ToMeter } from './messages.ts';

const LIVE_PATH = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const METER = ['--import', new URL('./meter.ts', import.meta.url).href];

/** What stands behind each name in the table. */
export const BRIDGES: Readonly<Record<BridgeName, string>> = {
  ours: 'the real server, as `npm start` runs it, with its records in the embedded database',
  unrecorded: 'the same, but its profile keeps no records',
  taped: 'as ours, and the sound of every call is recorded',
  relay: 'verbatim `ws` relay: every 20 ms frame passed on as it is, both ways',
  'relay-chunks': 'the same, but one message down for each chunk of the model (40–100 ms)',
  tutorial: 'JSON.parse, alawmulaw, linear resampling of each chunk for itself',
};

export const isBridge = (name: string): name is BridgeName => Object.hasOwn(BRIDGES, name);

export interface BridgeOptions {
  readonly modelPort: number;
  readonly authToken: string;
  readonly core: number | undefined;
  /** Where the real server writes a CPU profile when it ends. */
  readonly profileDir: string | undefined;
  /** Where the real server keeps its records. */
  readonly dataDir: string;
}

export class Bridge {
  readonly name: BridgeName;
  readonly port: number;
  /** Right after the start, before any call. */
  readonly idle: Measured;
  readonly #child: Child;
  readonly #complaints: Complaints;

  private constructor(name: BridgeName, port: number, idle: Measured, child: Child, complaints: Complaints) {
    this.name = name;
    this.port = port;
    this.idle = idle;
    this.#child = child;
    this.#complaints = complaints;
  }

  static async start(name: BridgeName, options: BridgeOptions): Promise<Bridge> {
    const complaints = new Complaints();
    const child = isOurs(name)
      ? startOurs(name, options, complaints, await account())
      : startSmall(name, options);
    try {
      const port = await (isOurs(name)
        ? complaints.listening(child)
        : child.hear<FromBridge>('listening').then((news) => news.port));
      return new Bridge(name, port, await measure(child), child, complaints);
    } catch (thrown) {
      await child.end();
      throw thrown;
    }
  }

  measure(): Promise<Measured> {
    return measure(this.#child);
  }

  /** What the real server logged as `warn: …` and `error: …` since it was last asked, with how often. */
  complaints(): Readonly<Record<string, number>> {
    return this.#complaints.take();
  }

  end(): Promise<void> {
    return this.#child.end();
  }
}

function measure(child: Child): Promise<Measured> {
  child.tell({ type: 'measure' } satisfies ToMeter);
  return child.hear<Measured>('measured');
}

function startSmall(name: Exclude<BridgeName, Ours>, { modelPort, core }: BridgeOptions): Child {
  const [file, path] = {
    relay: ['./relay.ts', VERBATIM_PATH],
    'relay-chunks': ['./relay.ts', VERBATIM_CHUNKS_PATH],
    tutorial: ['./tutorial.ts', LIVE_PATH],
  }[name] as [string, string];
  return new Child({
    name,
    args: [...METER, here(file), `ws://127.0.0.1:${modelPort}${path}`],
    core,
    env: { NODE_ENV: 'production' },
  });
}

function startOurs(
  name: Ours,
  { modelPort, authToken, core, profileDir, dataDir }: BridgeOptions,
  complaints: Complaints,
  apiBaseUrl: string,
): Child {
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileDir];
  // The profiler samples from a thread of its own, which a pinned and busy main thread would keep from its work.
  const ownCore = profileDir === undefined ? core : undefined;
  return new Child({
    name,
    args: [...profiling, ...METER, ...startCommand()],
    core: ownCore,
    env: {
      NODE_ENV: 'production',
      PORT: '0',
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_API_BASE_URL: apiBaseUrl,
      GEMINI_BASE_URL: `http://127.0.0.1:${modelPort}`,
      AGENTS_DIR: here(name === 'ours' ? './agents' : `./agents-${name}`),
      DATA_DIR: join(dataDir, name),
    },
    // Here lies no .env that the server would read.
    cwd: here('.'),
    onLine: (line) => complaints.read(line),
  });
}

/** An account in which nothing was ever recorded, for as long as the bench runs. */
async function account(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ recordings: [], next_page_uri: null, page_size: 0 }));
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Flags and file as in the package's `start` script; the file as an absolute path. */
function startCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync(here('../../package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const [node, ...args] = scripts.start.split(' ');
  if (node !== 'node') throw new Error(`the start script is not “node …” but “${scripts.start}”`);
  return args.map((arg) => (arg.startsWith('-') ? arg : here(`../../${arg}`)));
}

interface LogLine {
  readonly level?: string;
  readonly msg?: string;
  readonly port?: number;
}

/** Reads the real server's log: where it listens, and what it warns of. */
class Complaints {
  #port = Promise.withResolvers<number>();
  #counts = new Map<string, number>();

  /** Rejects when the server ends before it listens. */
  listening(child: Child): Promise<number> {
    return Promise.race([this.#port.promise, child.hear('never').then(() => NaN)]);
  }

  read(line: string): void {
    const { level, msg = '', port } = parse(line);
    if (port !== undefined && msg.startsWith('listening')) this.#port.resolve(port);
    if (level !== 'warn' && level !== 'error') return;
    const what = `${level}: ${msg}`;
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  take(): Readonly<Record<string, number>> {
    const taken = Object.fromEntries(this.#counts);
    this.#counts = new Map();
    return taken;
  }
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}
