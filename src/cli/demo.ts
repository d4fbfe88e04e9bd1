// `liveline demo`: everything on the simulators, one phone call through all of it, then the server stays up.
import { mkdirSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { startApp, type App } from '../app.ts';
import { systemClock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { newToken } from '../base/ids.ts';
import { environment, readConfig, type Environment } from '../config.ts';
import { startNetwork } from '../simulator/phone/network.ts';
import type { CallerStep } from '../simulator/phone/script.ts';
import { callLine, figureLines, figuresOf } from './figures.ts';
import { EXIT_FAILED, logOf } from './serve.ts';
import { Story } from './story.ts';

const voice = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/audio/caller/${name}.wav`, import.meta.url));

const ACCOUNT = `AC${'0'.repeat(32)}`;
const CALLER = '+15550100123';
const LINE = '+15550100100';
const RECORDING = 'out/demo.wav';

/** Asks, interrupts the answer to ask for something that needs the CRM, and says goodbye. */
const SCRIPT: readonly CallerStep[] = [
  { say: voice('hello-opening-hours') },
  { say: voice('interrupt'), when: { agentSpokeForMs: 3_000 } },
  { say: voice('thanks-goodbye') },
];

export async function demo({ once }: { once: boolean }): Promise<void> {
  const clock = systemClock;
  const authToken = newToken();
  const network = await startNetwork({ accountSid: ACCOUNT, authToken, clock });
  const app = await serveOnSomePort({
    LOG_LEVEL: 'warn',
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_BASE_URL: network.url,
  });
  console.log(
    `Liveline is up at ${app.publicBaseUrl}, with a simulated phone network on one side and a simulated model on the other.`,
  );
  console.log('A caller dials in, asks, interrupts, has a customer looked up, and says goodbye:\n');

  const story = new Story((line) => console.log(line));
  let tools = 0;
  const startedMs = clock.nowMs();
  app.notices.subscribe((notice) => {
    if (notice.type === 'tool-done') tools += 1;
    story.notice(notice, clock.nowMs() - startedMs);
  });
  const phone = network.placeCall({
    baseUrl: app.publicBaseUrl,
    from: CALLER,
    to: LINE,
    script: SCRIPT,
    onEvent: (event) => story.phone(event),
  });
  const outcome = await phone.done;
  story.end();

  const figures = figuresOf(phone.events);
  console.log(
    `\n${styleText('bold', 'What the caller experienced')} (measured at the phone’s ear; the simulated model thinks for 300 ms after 600 ms of silence)`,
  );
  for (const line of [...figureLines(figures), callLine(outcome.durationMs, outcome.heardMs)])
    console.log(`  ${line}`);
  const file = resolve(RECORDING);
  mkdirSync(resolve(file, '..'), { recursive: true });
  writeFileSync(file, phone.recording());
  console.log(
    `  recording                               ${relative(process.cwd(), file)} (caller left, agent right)`,
  );

  const missed = [
    ...outcome.errors.map(({ message }) => message),
    ...(figures.cutsMs.length === 0 ? ['the interruption did not silence the agent'] : []),
    ...(tools < 2 ? ['a tool was not called'] : []),
    ...(outcome.hungUpBy === 'server' ? [] : [`hung up by the ${outcome.hungUpBy}: ${outcome.why}`]),
  ];
  for (const what of missed) console.error(styleText('red', `The call did not go as it should: ${what}`));
  if (once || missed.length > 0) {
    await network.close();
    await app.stop();
    process.exit(missed.length > 0 ? EXIT_FAILED : 0);
  }
  stayUp(app, authToken);
  process.once('SIGINT', () => {
    void Promise.all([network.close(), app.stop()]).then(() => process.exit(0));
  });
}

/** The usual port, or a free one when another server has it. */
async function serveOnSomePort(settings: Environment): Promise<App> {
  for (const port of [environment()['PORT'] ?? '8080', '0']) {
    const config = readConfig({ ...settings, PORT: port });
    try {
      return await startApp(config, logOf(config));
    } catch (thrown) {
      if (!(thrown instanceof LivelineError && thrown.code === 'PORT_UNAVAILABLE')) throw thrown;
      console.log(`Port ${port} is taken; using a free one. (${messageOf(thrown)})`);
    }
  }
  throw new LivelineError('PORT_UNAVAILABLE', 'no port could be had on 127.0.0.1');
}

function stayUp({ port }: App, authToken: string): void {
  const url = port === 8080 ? '' : ` --url http://127.0.0.1:${port}`;
  console.log(`
The server stays up. In another terminal, be the caller yourself (any WAV file is a voice):

  TWILIO_AUTH_TOKEN=${authToken} npx liveline call${url} --say fixtures/audio/caller/look-me-up.wav

Who answers is a file: fixtures/agents/receptionist.yaml. A real number in ten minutes: README.md. Ctrl-C stops.`);
}
