// Configuration: the environment, read once, checked whole, frozen. Nobody else reads process.env.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSupportedCountry } from 'libphonenumber-js/min';
import { EnvironmentReader as Reader, type Environment } from './base/environment.ts';
import { isLoopbackHost } from './base/loopback.ts';
import { readCrmSettings, type CrmSettings } from './crm/settings.ts';
import { readS3Settings, type S3Settings } from './records/recording/s3-settings.ts';
import { waysOf, type Way, type WaySettings } from './live/ways.ts';

export interface Config {
  /** No way to a model: the simulated one answers, and the server listens on loopback. */
  readonly rehearsal: boolean;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** As the carrier reaches us, without a trailing slash; absent in rehearsal: the address we listen on. */
    readonly publicBaseUrl: string | undefined;
    /** Processes that serve on the port together; 1: this one serves. */
    readonly workers: number;
  };
  readonly carrier: {
    readonly accountSid: string | undefined;
    /** The first signs REST requests; all are accepted in signatures while rotating. */
    readonly authTokens: readonly string[];
    readonly apiKey: string | undefined;
    readonly apiSecret: string | undefined;
    readonly apiBaseUrl: string | undefined;
    /** That the account may begin. */
    readonly callsPerSecond: number;
  };
  readonly model: {
    /** The preferred one first, then the one that is tried before a call is given up; none in rehearsal. */
    readonly ways: readonly Way[];
    /** Another server than Google's. */
    readonly baseUrl: string | undefined;
    /** For profiles that name none. */
    readonly defaultModel: string | undefined;
  };
  readonly data: {
    /** `postgres://…`; undefined: the embedded database, in `dir`. */
    readonly databaseUrl: string | undefined;
    /** What this installation keeps: the embedded database, what waits for a database that is away. */
    readonly dir: string;
    /** How much may wait on disk while the database is away. */
    readonly spoolBytes: number;
    /** Where recordings of calls go; undefined: they stay in `dir`. */
    readonly recordingsS3: S3Settings | undefined;
  };
  readonly crm: CrmSettings;
  /** What `{{secret.<name>}}` stands for in files of tools and of a CRM: SECRET_ORDERS_API is `orders_api`. */
  readonly secrets: ReadonlyMap<string, string>;
  /** By which messages for people are e-mailed; without a server none are. */
  readonly mail: { readonly smtpUrl: string | undefined; readonly from: string | undefined };
  /** With which what is posted to others is signed. */
  readonly webhookSecret: string | undefined;
  /** Whether it may be posted to this machine, and into private networks. */
  readonly webhookPrivate: boolean;
  /** To which numbers may be dialled, ISO 3166; undefined: to any. */
  readonly dialCountries: ReadonlySet<string> | undefined;
  /** What the law of each country says about calling, as data. */
  readonly callingRulesDir: string;
  /** Sessions with the model at once, that its account allows; undefined: any number. */
  readonly modelSessions: number | undefined;
  /** What this process is to others on the same database. */
  readonly node: {
    /** Where they reach it. */
    readonly host: string;
    /** 0: any that is free. Of several workers the first has this one, the second the next, and so on. */
    readonly port: number;
    /** So many calls it takes at once; undefined: any number. */
    readonly mostCalls: number | undefined;
    /** Whether it takes new calls while the database is away, with which no other process can go on. */
    readonly takesCallsAlone: boolean;
  };
  readonly agentsDir: string;
  readonly operatorToken: string | undefined;
  /** Of those who look on and do nothing. */
  readonly viewerToken: string | undefined;
  readonly logLevel: LogLevel;
}

export type { Environment };

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export const GOOGLE_BASE_URL = 'https://generativelanguage.googleapis.com';
const PACKAGE_ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Of this package. */
export const { version: VERSION } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

/** Reads `.env` beside the working directory, when there is one; what is already set wins. */
export function environment(): Environment {
  const given = { ...process.env };
  try {
    process.loadEnvFile();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  }
  for (const name of Object.keys(process.env)) if (given[name] === undefined) fromFile.add(name);
  return process.env;
}

const fromFile = new Set<string>();

/** For processes that this one starts: what it has from `.env` is taken away again, and they read that as it is then. */
export const withoutFile = (): Environment =>
  Object.fromEntries([...fromFile].map((name) => [name, undefined]));

/** Every fault of the environment at once, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length} fault${problems.length === 1 ? '' : 's'}`);
    this.problems = problems;
  }
}

/** Throws ConfigError with all problems. An empty variable counts as unset. */
export function readConfig(environment: Environment): Config {
  const read = new Reader(environment);
  const rehearsal = (read.text('GEMINI_API_KEY') ?? read.text('GOOGLE_CLOUD_PROJECT')) === undefined;
  const config: Config = {
    rehearsal,
    http: {
      host: read.text('HOST') ?? (rehearsal ? '127.0.0.1' : '0.0.0.0'),
      port: read.integer('PORT', { from: 0, to: 65_535, orElse: 8080 }),
      publicBaseUrl: read.origin('PUBLIC_BASE_URL', ['https:', 'http:']),
      workers: readWorkers(read),
    },
    carrier: {
      accountSid: read.matching('TWILIO_ACCOUNT_SID', /^AC[0-9a-f]{32}$/i, 'AC and 32 hex digits'),
      authTokens: read.list('TWILIO_AUTH_TOKEN'),
      apiKey: read.matching('TWILIO_API_KEY', /^SK[0-9a-f]{32}$/i, 'an API key SID: SK and 32 hex digits'),
      apiSecret: read.text('TWILIO_API_SECRET'),
      apiBaseUrl: read.url('TWILIO_API_BASE_URL', ['https:', 'http:']),
      callsPerSecond: read.integer('CALLS_PER_SECOND', { from: 1, to: 100, orElse: 1 }),
    },
    model: { ...readWays(read), defaultModel: read.text('GEMINI_MODEL') },
    data: {
      databaseUrl: read.url('DATABASE_URL', ['postgres:', 'postgresql:']),
      dir: resolve(read.text('DATA_DIR') ?? 'data'),
      spoolBytes: read.integer('SPOOL_MB', { from: 1, to: 1_000_000, orElse: 64 }) * 1_000_000,
      recordingsS3: readS3Settings(read),
    },
    crm: readCrmSettings(read),
    secrets: new Map([...read.startingWith('SECRET_')].map(([name, value]) => [name.toLowerCase(), value])),
    agentsDir: resolve(read.text('AGENTS_DIR') ?? join(PACKAGE_ROOT, 'fixtures/agents')),
    mail: {
      smtpUrl: read.url('SMTP_URL', ['smtp:', 'smtps:']),
      from: read.matching('MAIL_FROM', /^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'an e-mail address'),
    },
    webhookSecret: read.secret('WEBHOOK_SECRET', 16),
    webhookPrivate: read.oneOf('WEBHOOK_PRIVATE', ['on', 'off'], 'off') === 'on',
    dialCountries: readCountries(read),
    callingRulesDir: resolve(read.text('CALLING_RULES_DIR') ?? join(PACKAGE_ROOT, 'fixtures/calling-rules')),
    modelSessions: readSessions(read),
    node: readNode(read),
    operatorToken: read.secret('OPERATOR_TOKEN', 16),
    viewerToken: read.secret('VIEWER_TOKEN', 16),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
  };
  checkTogether(config, read);
  if (read.problems.length > 0) throw new ConfigError(read.problems);
  return deepFreeze(config);
}

/** Each has a dozen connections to the database, and the embedded one has room for so many. */
const WORKERS_AT_MOST = 24;

/** `auto`: one for each processor that this process may use. */
function readWorkers(read: Reader): number {
  const text = read.text('LIVELINE_WORKERS') ?? '1';
  if (text === 'auto') return Math.min(availableParallelism(), WORKERS_AT_MOST);
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= WORKERS_AT_MOST) return number;
  read.fault(
    'LIVELINE_WORKERS',
    `is "${text}"; it takes auto or a whole number from 1 to ${WORKERS_AT_MOST}`,
  );
  return 1;
}

function readNode(read: Reader): Config['node'] {
  const address = read.origin('NODE_ADDRESS', ['http:']);
  const { hostname, port } = new URL(address ?? 'http://127.0.0.1');
  const mostCalls =
    read.text('CALLS_PER_NODE') === undefined
      ? undefined
      : read.integer('CALLS_PER_NODE', { from: 1, to: 100_000, orElse: 1 });
  const takesCallsAlone = read.oneOf('CALLS_WITHOUT_DATABASE', ['answer', 'refuse'], 'answer') === 'answer';
  return { host: hostname, port: Number(port), mostCalls, takesCallsAlone };
}

/** Undefined: any number. */
function readSessions(read: Reader): number | undefined {
  if (read.text('MODEL_SESSIONS') === undefined) return undefined;
  return read.integer('MODEL_SESSIONS', { from: 1, to: 100_000, orElse: 1 });
}

/** ISO 3166; undefined: any. */
function readCountries(read: Reader): ReadonlySet<string> | undefined {
  const countries = read.list('DIAL_COUNTRIES').map((country) => country.toUpperCase());
  if (countries.some((country) => !isSupportedCountry(country)))
    read.fault('DIAL_COUNTRIES', 'must be countries by two letters, such as US,CA');
  return countries.length === 0 ? undefined : new Set(countries);
}

function readWays(read: Reader): Pick<Config['model'], 'ways' | 'baseUrl'> {
  const key = (name: string) =>
    read.matching(name, /^[\x21-\x7e]+$/, 'a key: it has a space or a foreign letter in it');
  const url = (name: string) => read.url(name, ['https:', 'http:', 'wss:', 'ws:']);
  const location = (name: string) =>
    read.matching(name, /^[a-z][a-z0-9-]*$/, 'a Google Cloud location such as us-central1');
  const settings: WaySettings = {
    GEMINI_API_KEY: key('GEMINI_API_KEY'),
    GEMINI_BASE_URL: url('GEMINI_BASE_URL'),
    GOOGLE_CLOUD_PROJECT: read.matching('GOOGLE_CLOUD_PROJECT', /^[\w.:-]+$/, 'the id of a project'),
    GOOGLE_CLOUD_LOCATION: location('GOOGLE_CLOUD_LOCATION'),
    GEMINI_FALLBACK_API_KEY: key('GEMINI_FALLBACK_API_KEY'),
    GEMINI_FALLBACK_BASE_URL: url('GEMINI_FALLBACK_BASE_URL'),
    GEMINI_FALLBACK_LOCATION: location('GEMINI_FALLBACK_LOCATION'),
  };
  const { ways, faults } = waysOf(settings);
  // What is faulty reads as unset, and would be missed here once more.
  if (!Object.keys(settings).some((name) => read.names(name)))
    for (const { setting, what } of faults) read.fault(setting, what);
  return { ways, baseUrl: settings.GEMINI_BASE_URL };
}

/** Such as a socket may listen on and nobody can be reached at. */
const isAnyHost = (host: string): boolean => host === '0.0.0.0' || host === '[::]';

function checkTogether(config: Config, read: Reader): void {
  const { rehearsal, http, carrier, mail, node, operatorToken, viewerToken } = config;
  if (!rehearsal && http.publicBaseUrl === undefined && !read.names('PUBLIC_BASE_URL'))
    read.fault(
      'PUBLIC_BASE_URL',
      'must be set beside GEMINI_API_KEY or GOOGLE_CLOUD_PROJECT: the https:// address at which Twilio reaches this server',
    );
  if (http.publicBaseUrl?.startsWith('http:') && !isOwnMachine(http.publicBaseUrl))
    read.fault(
      'PUBLIC_BASE_URL',
      'must be https:// (Twilio opens media streams over TLS only); http:// is for loopback',
    );
  if (
    http.publicBaseUrl !== undefined &&
    carrier.authTokens.length === 0 &&
    !isOwnMachine(http.publicBaseUrl)
  )
    read.fault(
      'TWILIO_AUTH_TOKEN',
      'must be set beside PUBLIC_BASE_URL: a tunnel makes every request look as if it came from this machine',
    );
  if (isAnyHost(node.host))
    read.fault(
      'NODE_ADDRESS',
      `is where the other nodes reach this one, and ${node.host} leads each to itself; give this machine's own address`,
    );
  if (!isLoopbackHost(node.host) && carrier.authTokens.length === 0)
    read.fault(
      'NODE_ADDRESS',
      'needs TWILIO_AUTH_TOKEN beside it: what other nodes hand on is believed by its signature, or on this machine only',
    );
  if (carrier.authTokens.length > 0 && carrier.accountSid === undefined && !read.names('TWILIO_ACCOUNT_SID'))
    read.fault(
      'TWILIO_ACCOUNT_SID',
      'must be set beside TWILIO_AUTH_TOKEN: without it calls cannot be ended by REST',
    );
  if ((carrier.apiKey === undefined) !== (carrier.apiSecret === undefined) && !read.names('TWILIO_API_KEY'))
    read.fault('TWILIO_API_KEY', 'and TWILIO_API_SECRET go together: set both or neither');
  if ((mail.smtpUrl === undefined) !== (mail.from === undefined) && !read.names('SMTP_URL'))
    read.fault('SMTP_URL', 'and MAIL_FROM go together: set both or neither');
  if (viewerToken !== undefined && operatorToken === undefined && !read.names('OPERATOR_TOKEN'))
    read.fault('VIEWER_TOKEN', 'is for those who only look on: set OPERATOR_TOKEN beside it');
  if (viewerToken !== undefined && viewerToken === operatorToken)
    read.fault('VIEWER_TOKEN', 'is the OPERATOR_TOKEN: whoever only looks on could do everything');
}

/** Whether an address leads no further than this machine. */
export const isOwnMachine = (url: string): boolean => isLoopbackHost(new URL(url).hostname);

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (inner !== null && typeof inner === 'object') deepFreeze(inner as object);
  return Object.freeze(value);
}
