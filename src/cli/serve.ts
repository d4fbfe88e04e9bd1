// `liveline serve`: the server in the foreground, until SIGINT or SIGTERM; or the workers that serve together.
import type { App } from '../app.ts';
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { createLog, type Log } from '../base/log.ts';
import { ConfigError, environment, readConfig, type Config, type Environment } from '../config.ts';
import { passwordsIn } from '../store/database-address.ts';
import { alsoByOperator, startUntilTold } from './told-to-stop.ts';
import { keepWorkers } from './workers/primary.ts';
import { workerSide } from './workers/worker.ts';
import { placeIn } from './workers/worker-place.ts';

export const EXIT_FAILED = 1;
export const EXIT_BAD_INPUT = 2;

/** The configuration, or the list of its faults on standard error, after what came of them, and exit code 2. */
export function configOrExit(from: Environment, outcome = 'Liveline cannot start'): Config {
  try {
    return readConfig(from);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    console.error(`${outcome}: ${thrown.message}.`);
    for (const problem of thrown.problems) console.error(`  - ${problem}`);
    console.error('Set these in the environment or in .env; .env.example explains each.');
    process.exit(EXIT_BAD_INPUT);
  }
}

export const logOf = (config: Config): Log =>
  createLog({ level: config.logLevel, secrets: secretsOf(config) });

export const secretsOf = ({
  carrier,
  model,
  data,
  crm,
  secrets,
  operatorToken,
  viewerToken,
  mail,
  webhookSecret,
}: Config): readonly string[] =>
  [
    ...carrier.authTokens,
    ...model.ways.map((way) => (way.by === 'key' ? way.apiKey : undefined)),
    carrier.apiSecret,
    operatorToken,
    viewerToken,
    ...secrets.values(),
    webhookSecret,
    ...(mail.smtpUrl === undefined ? [] : passwordsIn(mail.smtpUrl)),
    ...crmSecretsOf(crm),
    ...(data.databaseUrl === undefined ? [] : passwordsIn(data.databaseUrl)),
  ].filter((secret) => secret !== undefined);

function crmSecretsOf(crm: Config['crm']): readonly string[] {
  if (crm.is === 'hubspot') return [crm.accessToken];
  if (crm.is !== 'salesforce') return [];
  return ['clientSecret' in crm.by ? crm.by.clientSecret : crm.by.privateKeyPem];
}

export async function serve(): Promise<void> {
  const from = environment();
  const config = configOrExit(from);
  const place = placeIn(from);
  const log = logOf(config).child(place ? { worker: place.number } : {});
  // A fault in one call must not take the others with it.
  process.on('uncaughtException', (error) =>
    log.error({ err: error }, 'a fault nobody caught; the server goes on'),
  );
  const exit = (code: number): never => process.exit(code);
  const side = place && workerSide({ process, clock: systemClock, log });
  try {
    if (!place && config.http.workers > 1)
      await keepWorkers(config, { signals: process, exit, clock: systemClock, log });
    // By default it would end us, and with us every call; a terminal that is closed may.
    if (!place && !process.stdout.isTTY)
      process.on('SIGHUP', () =>
        log.warn('SIGHUP replaces workers, and one process serves here: set LIVELINE_WORKERS to 2 or more'),
      );
    const signals = alsoByOperator(side?.signals ?? process, log);
    const start = async (told: AbortSignal): Promise<App> => {
      // Those who keep workers have no use for it.
      const { startApp } = await import('../app.ts');
      return startApp(config, log, {
        ...{ told, onDrainAsked: signals.drain },
        worker: place && side && { ...place, ...side },
      });
    };
    const app = await startUntilTold(start, { signals, exit, clock: systemClock, log });
    if (app === undefined) return;
    side?.onRetire(() => app.leavePort());
    side?.ready();
    const how = config.rehearsal
      ? 'in rehearsal (no GEMINI_API_KEY and no GOOGLE_CLOUD_PROJECT): call from the page at this address, or with `npx liveline call`'
      : 'ready for calls';
    log.info(
      { port: app.port, publicBaseUrl: app.publicBaseUrl, profiles: app.profiles.map(({ name }) => name) },
      `listening, ${how}`,
    );
  } catch (thrown) {
    console.error(`Liveline cannot start: ${messageOf(thrown)}`);
    process.exit(EXIT_FAILED);
  }
}
