// `liveline doctor`: is everything there that a real call needs? Says what is missing and where to get it.
import { createServer } from 'node:net';
import { styleText } from 'node:util';
import { loadProfiles } from '../agents/load.ts';
import type { Profile } from '../agents/profile.ts';
import { messageOf } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { liveOf } from '../app.ts';
import { environment, GOOGLE_BASE_URL, type Config } from '../config.ts';
import { toolsNamed } from '../tools/catalogue.ts';
import { configOrExit, EXIT_FAILED } from './serve.ts';

type Verdict = 'ok' | 'note' | 'fault';
interface Finding {
  readonly verdict: Verdict;
  readonly what: string;
  readonly says: string;
}

const ANSWER_WITHIN_MS = 5_000;

const ok = (what: string, says: string): Finding => ({ verdict: 'ok', what, says });
const note = (what: string, says: string): Finding => ({ verdict: 'note', what, says });
const fault = (what: string, says: string): Finding => ({ verdict: 'fault', what, says });

export async function doctor(): Promise<void> {
  const config = configOrExit(environment());
  print(
    ok(
      'configuration',
      config.rehearsal ? 'a rehearsal: no GEMINI_API_KEY, so the simulated model answers' : 'complete',
    ),
  );
  const profiles = await checkProfiles(config);
  const findings = [
    profiles.finding,
    await checkPort(config),
    checkCarrier(config),
    await checkPublicUrl(config),
  ];
  for (const finding of findings) print(finding);
  const model = await checkModel(config, profiles.loaded);
  print(model);
  const faults = [...findings, model].filter(({ verdict }) => verdict === 'fault').length;
  console.log(
    faults === 0
      ? '\nNothing stands in the way of a call.'
      : `\n${faults} of these must be mended before a call can work.`,
  );
  process.exit(faults === 0 ? 0 : EXIT_FAILED);
}

function print({ verdict, what, says }: Finding): void {
  const sign = {
    ok: styleText('green', ' ok  '),
    note: styleText('yellow', 'note '),
    fault: styleText('red', 'FAULT'),
  }[verdict];
  console.log(`${sign}  ${what.padEnd(15)} ${says.replaceAll('\n', `\n${' '.repeat(23)}`)}`);
}

async function checkProfiles({ agentsDir, model }: Config): Promise<{ finding: Finding; loaded: Profile[] }> {
  try {
    const loaded = await loadProfiles(agentsDir, { defaultModel: model.defaultModel });
    const names = loaded.map(
      ({ name, numbers }) => `${name} (${numbers === '*' ? 'any number' : numbers.join(', ')})`,
    );
    return { finding: ok('profiles', names.join('; ')), loaded };
  } catch (thrown) {
    return { finding: fault('profiles', messageOf(thrown)), loaded: [] };
  }
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

function checkCarrier({ carrier, rehearsal }: Config): Finding {
  if (carrier.authTokens.length > 0)
    return ok(
      'Twilio',
      `signatures are checked with ${carrier.authTokens.length} token${carrier.authTokens.length === 1 ? '' : 's'}`,
    );
  const says = 'TWILIO_AUTH_TOKEN is not set: only calls from this machine are taken';
  return rehearsal
    ? note('Twilio', says)
    : fault('Twilio', `${says}. It is on the first page of console.twilio.com`);
}

async function checkPublicUrl({ http: { publicBaseUrl } }: Config): Promise<Finding> {
  if (publicBaseUrl === undefined)
    return note('public address', 'PUBLIC_BASE_URL is not set: Twilio cannot reach a rehearsal');
  try {
    const answer = await fetch(`${publicBaseUrl}/healthz`, {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      redirect: 'manual',
    });
    if (answer.ok) return ok('public address', `${publicBaseUrl} reaches a running Liveline`);
    return note(
      'public address',
      `${publicBaseUrl}/healthz answers ${answer.status}: start the server and the tunnel, then ask again`,
    );
  } catch (thrown) {
    return note(
      'public address',
      `${publicBaseUrl} does not answer (${messageOf(thrown)}): start the server and the tunnel, then ask again`,
    );
  }
}

async function checkModel(config: Config, profiles: readonly Profile[]): Promise<Finding> {
  if (config.rehearsal)
    return note('model', 'simulated; a key is free at https://aistudio.google.com/apikey');
  const baseUrl = config.model.baseUrl ?? GOOGLE_BASE_URL;
  const live = liveOf(config);
  for (const { name, ...profile } of profiles) {
    const setup = {
      ...profile,
      instructions: 'Say nothing.',
      tools: toolsNamed(profile.tools).map(({ declaration }) => declaration),
      callerInterrupts: true,
    };
    const refusal = await refusalOf(() => live.open(setup, silentLog));
    if (refusal !== undefined)
      return fault('model', `${profile.model} at ${baseUrl} does not take ${name}: ${refusal}`);
  }
  return ok('model', `${baseUrl} takes the key and every profile`);

  /** Opens a session for a moment; undefined when the model took the setup. */
  function refusalOf(open: () => ReturnType<typeof live.open>): Promise<string | undefined> {
    return new Promise((resolve) => {
      try {
        const session = open();
        session.listen({
          onAudio: () => undefined,
          onEvent: (event) => {
            if (event.type === 'ready') session.close();
            if (event.type === 'ready' || event.type === 'failed')
              resolve(event.type === 'failed' ? event.error.message : undefined);
          },
        });
      } catch (thrown) {
        resolve(messageOf(thrown));
      }
    });
  }
}
