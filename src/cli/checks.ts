// What `liveline doctor` looks at, one finding after the other, and what a real call still lacks. Prints nothing.
import { createServer } from 'node:net';
import { loadProfiles } from '../agents/load.ts';
import { variablesIn } from '../agents/instructions.ts';
import type { Profile } from '../agents/profile.ts';
import { checkLocalTurnTaking, type LocalTurnTaking } from '../audio/self-check.ts';
import { systemClock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { isOwnMachine, type Config } from '../config.ts';
import { look } from '../store/status.ts';
import { Catalogue } from '../tools/catalogue.ts';
import { carrierOf, crmOf } from '../vendors.ts';
import { fault, note, ok, type Finding } from './finding.ts';
import { checkModels, checkTools } from './model-checks.ts';
import { checkPeople } from './people-checks.ts';
import { reach } from './reach.ts';

export async function* examine(
  config: Config,
  localTurnTaking: LocalTurnTaking = checkLocalTurnTaking(),
): AsyncGenerator<Finding, void> {
  yield ok(
    'configuration',
    config.rehearsal
      ? 'a rehearsal: neither GEMINI_API_KEY nor GOOGLE_CLOUD_PROJECT, so the simulated model answers'
      : 'complete',
  );
  const profiles = await checkProfiles(config, localTurnTaking);
  yield profiles.finding;
  yield checkTurnTaking(await askingForLocal(config), localTurnTaking);
  yield* checkEffects(profiles.loaded);
  yield* checkPeople(config, profiles.loaded, systemClock.epochMs());
  yield await checkDatabase(config);
  yield await checkPort(config);
  yield await checkCarrier(config);
  yield await checkPublicUrl(config);
  yield await checkCrm(config);
  const catalogue = new Catalogue({ secrets: config.secrets, clock: systemClock, log: silentLog });
  try {
    yield* checkTools(profiles.loaded, catalogue);
    yield* checkModels(config, profiles.loaded, catalogue);
  } finally {
    await catalogue.close();
  }
}

const CRM_ANSWERS_WITHIN_MS = 10_000;

async function checkCrm(config: Config): Promise<Finding> {
  if (config.crm.is === 'postgres') return ok('CRM', "Liveline's own, in the database");
  try {
    const crm = await crmOf(config, {
      database: () => {
        throw new LivelineError('CRM_INVALID', 'this CRM is in no database of ours');
      },
      clock: systemClock,
    });
    await crm.check(AbortSignal.timeout(CRM_ANSWERS_WITHIN_MS));
    if ('country' in config.crm && config.crm.country === undefined)
      return note(
        'CRM',
        `${crm.name} answers; without CRM_COUNTRY its numbers that lack a country match nobody`,
      );
    return ok('CRM', `${crm.name} answers`);
  } catch (thrown) {
    return fault('CRM', messageOf(thrown));
  }
}

/** The settings that a real call needs and that are not there, each with where to get it. */
export const lacking = ({ rehearsal, http, carrier }: Config): ReadonlyMap<string, string> =>
  new Map([
    ...entryIf(
      rehearsal,
      'GEMINI_API_KEY',
      'a key from https://aistudio.google.com/apikey; or GOOGLE_CLOUD_PROJECT',
    ),
    ...entryIf(
      carrier.accountSid === undefined,
      'TWILIO_ACCOUNT_SID',
      'on the first page of https://console.twilio.com',
    ),
    ...entryIf(carrier.authTokens.length === 0, 'TWILIO_AUTH_TOKEN', 'beside it'),
    ...entryIf(
      http.publicBaseUrl === undefined || isOwnMachine(http.publicBaseUrl),
      'PUBLIC_BASE_URL',
      'the https:// address at which Twilio reaches this server, such as that of a tunnel',
    ),
  ]);

const entryIf = (is: boolean, name: string, where: string): [string, string][] => (is ? [[name, where]] : []);

/** What every contact may have; other fields are facts, which each CRM has of its own. */
const CONTACT_FIELDS = ['name', 'first_name', 'phone', 'email'];

function* checkEffects(profiles: readonly Profile[]): Generator<Finding, void> {
  for (const profile of profiles) {
    const facts = [profile.instructions, profile.greeting]
      .flatMap((text) => variablesIn(text))
      .flatMap(({ name }) => (name.startsWith('contact.') ? name.slice('contact.'.length) : []))
      .filter((field) => !CONTACT_FIELDS.includes(field));
    if (facts.length > 0)
      yield note(
        'profiles',
        `${profile.name}: ${[...new Set(facts)].map((field) => `{{contact.${field}}}`).join(', ')}: a fact of your CRM? Every contact may have ${CONTACT_FIELDS.join(', ')}`,
      );
  }
}

async function checkDatabase({ data }: Config): Promise<Finding> {
  const where = data.databaseUrl === undefined ? `embedded in ${data.dir}` : 'DATABASE_URL';
  const found = await look({ url: data.databaseUrl, dataDir: data.dir, log: silentLog });
  switch (found.is) {
    case 'not-made':
      return note('database', `${where}: the first start makes it`);
    case 'unreachable':
      return fault('database', `${where}: ${found.why}`);
    case 'reachable': {
      const missing = found.migrations.filter(({ doneAt }) => doneAt === undefined).length;
      const state = missing === 0 ? 'up to date' : `${missing} migrations to do, which the next start does`;
      return ok('database', `${where}: PostgreSQL ${found.serverVersion}, calls: ${found.calls}; ${state}`);
    }
  }
}

async function checkProfiles(
  { agentsDir, model, dialCountries }: Config,
  localTurnTaking: LocalTurnTaking,
): Promise<{ finding: Finding; loaded: Profile[] }> {
  try {
    const loaded = await loadProfiles(agentsDir, {
      defaultModel: model.defaultModel,
      localTurnTaking,
      dialCountries,
    });
    const names = loaded.map(
      ({ name, numbers }) => `${name} (${numbers === '*' ? 'any number' : numbers.join(', ')})`,
    );
    return { finding: ok('profiles', names.join('; ')), loaded };
  } catch (thrown) {
    return { finding: fault('profiles', messageOf(thrown)), loaded: [] };
  }
}

/** The names of the profiles that need local turn-taking, usable or not; undefined where they have other faults. */
async function askingForLocal({ agentsDir, model }: Config): Promise<string[] | undefined> {
  try {
    const profiles = await loadProfiles(agentsDir, { defaultModel: model.defaultModel });
    return profiles.flatMap(({ name, voiceActivity }) => (voiceActivity.detector === 'local' ? [name] : []));
  } catch {
    return undefined;
  }
}

function checkTurnTaking(asking: readonly string[] | undefined, local: LocalTurnTaking): Finding {
  const who =
    asking === undefined
      ? 'who asks for it is not known, as the profiles have faults'
      : asking.length === 0
        ? 'no profile asks for it'
        : `asked for by ${asking.join('; ')}`;
  if (local.usable) return ok('turn-taking', `local works on this machine; ${who}`);
  const isNeeded = asking !== undefined && asking.length > 0;
  return (isNeeded ? fault : note)(
    'turn-taking',
    `local turn-taking is not available on this machine: ${local.reason}\n${who}; use turn_taking: server in every profile; install Liveline anew (npm ci), with the Node that it brings, or run it on another machine`,
  );
}

function checkPort({ http: { host, port } }: Config): Promise<Finding> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === 'EADDRINUSE'
          ? note('port', `${host}:${port} is taken: by a Liveline that is running, or set PORT to another`)
          : fault('port', `${host}:${port} cannot be used: ${error.message}`),
      );
    });
    probe.listen(port, host, () => probe.close(() => resolve(ok('port', `${host}:${port} is free`))));
  });
}

async function checkCarrier(config: Config): Promise<Finding> {
  const { accountSid = '', authTokens } = config.carrier;
  if (authTokens.length === 0)
    return note('Twilio', 'TWILIO_AUTH_TOKEN is not set: only calls from this machine are taken');
  try {
    await carrierOf(config, () => config.http.publicBaseUrl ?? '').check();
  } catch (thrown) {
    const isRefused = thrown instanceof LivelineError && thrown.code === 'CARRIER_REFUSED';
    const hint = isRefused
      ? '; compare TWILIO_ACCOUNT_SID and the token or API key with https://console.twilio.com'
      : '';
    return fault('Twilio', messageOf(thrown) + hint);
  }
  const tokens = authTokens.length === 1 ? 'one token' : `${authTokens.length} tokens`;
  return ok('Twilio', `takes the credentials of ${accountSid}; signatures are checked with ${tokens}`);
}

async function checkPublicUrl({ http: { publicBaseUrl } }: Config): Promise<Finding> {
  if (publicBaseUrl === undefined)
    return note('public address', 'PUBLIC_BASE_URL is not set: Twilio cannot reach a rehearsal');
  const reached = await reach(publicBaseUrl);
  const again = 'start the server, and the tunnel if there is one, then ask again';
  switch (reached.is) {
    case 'liveline':
      return ok('public address', `${publicBaseUrl} reaches a running Liveline`);
    case 'another':
      return fault(
        'public address',
        `${publicBaseUrl}/healthz answers ${reached.status}, and not as Liveline does: the address leads elsewhere, a tunnel shows a page of its own, or ${again}`,
      );
    case 'nobody':
      return fault('public address', `${publicBaseUrl} does not answer (${reached.why}): ${again}`);
  }
}
