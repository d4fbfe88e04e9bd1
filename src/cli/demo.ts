// `liveline demo`: everything on the simulators, one phone call through all of it, then the server stays up.
import { mkdirSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { startApp, type App } from '../app.ts';
import { systemClock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import { newToken } from '../base/ids.ts';
import { createLog, type Log } from '../base/log.ts';
import { environment, type Environment } from '../config.ts';
import { startModel } from '../simulator/model/server.ts';
import { startNetwork } from '../simulator/phone/network.ts';
import type { CallerStep } from '../simulator/phone/script.ts';
import { aligned } from './aligned.ts';
import { figureRows, figuresOf } from './figures.ts';
import { armed } from './model.ts';
import { configOrExit, EXIT_FAILED } from './serve.ts';
import { Story } from './story.ts';

const voice = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/audio/caller/${name}.wav`, import.meta.url));

const SCRIPTED_MODEL = fileURLToPath(new URL('../../fixtures/scripts/demo.yaml', import.meta.url));

const ACCOUNT = `AC${'0'.repeat(32)}`;
const CALLER = '+15550100123';
const LINE = '+15550100100';
const RECORDING = 'out/demo.wav';

/** Asks, interrupts the answer to ask for something that needs the CRM, has something booked, and says goodbye. */
const SCRIPT: readonly CallerStep[] = [
  { say: voice('hello-opening-hours') },
  { say: voice('interrupt'), when: { agentSpokeForMs: 3_000 } },
  { say: voice('book-a-cleaning') },
  { say: voice('thanks-goodbye') },
];

export interface DemoCommand {
  readonly once: boolean;
  /** That the simulated model is asked for. */
  readonly faults: readonly string[];
}

export async function demo({ once, faults }: DemoCommand): Promise<void> {
  const clock = systemClock;
  const authToken = newToken();
  const network = await startNetwork({ accountSid: ACCOUNT, authToken, clock });
  const story = new Story((line) => console.log(line));
  let isTelling = true;
  /** What is a warning to an operator, the story tells in its own words. */
  const log = createLog({
    level: 'warn',
    secrets: [authToken],
    destination: {
      write: (line) => {
        if (!isTelling || (JSON.parse(line) as { level: string }).level === 'error')
          process.stderr.write(line);
      },
    },
  });
  let startedMs = clock.nowMs();
  const model = await startModel({
    script: SCRIPTED_MODEL,
    clock,
    log,
    faults,
    onFault: (fault) => story.fault(fault, clock.nowMs() - startedMs),
  });
  const app = await serveOnSomePort(
    {
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_API_BASE_URL: network.url,
      GEMINI_BASE_URL: model.url,
    },
    log,
  );
  console.log(
    `Liveline is up at ${app.publicBaseUrl}, with a simulated phone network on one side and a simulated model on the other.`,
  );
  for (const line of armed(model.faults)) console.log(line);
  console.log(
    'A caller dials in and is looked up while it rings; asks, interrupts, books an appointment, and says goodbye:\n',
  );

  let tools = 0;
  startedMs = clock.nowMs();
  const unsubscribe = app.notices.subscribe((notice) => {
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
  unsubscribe();
  story.end();
  isTelling = false;

  const figures = figuresOf(phone.events);
  console.log(
    `\n${styleText('bold', 'What the caller experienced')} (measured at the phone’s ear; the simulated model thinks for 300 ms after 600 ms of silence)`,
  );
  const file = resolve(RECORDING);
  mkdirSync(resolve(file, '..'), { recursive: true });
  writeFileSync(file, phone.recording());
  // A .env may name a database in which this call is not.
  const elsewhere = environment()['DATABASE_URL'] === undefined ? '' : 'DATABASE_URL= ';
  const rows = [
    ...figureRows(figures, outcome),
    ['recording', `${relative(process.cwd(), file)} (caller left, agent right)`] as const,
    ['record', `${elsewhere}npx liveline calls show last`] as const,
  ];
  for (const line of aligned(rows)) console.log(`  ${line}`);

  // A model that does wrong may well leave nothing to interrupt, or end the call; the server must still serve the line.
  const isFaultless = faults.length === 0;
  const missed = [
    ...outcome.errors.map(({ message }) => message),
    ...(isFaultless && figures.cutsMs.length === 0 ? ['the interruption did not silence the agent'] : []),
    ...(isFaultless && tools < 2 ? ['a tool was not called'] : []),
    ...(outcome.hungUpBy === 'network' || (isFaultless && outcome.hungUpBy === 'caller')
      ? [`hung up by the ${outcome.hungUpBy}: ${outcome.why}`]
      : []),
  ];
  for (const what of missed) console.error(styleText('red', `The call did not go as it should: ${what}`));
  if (once || missed.length > 0) {
    await network.close();
    await app.stop();
    await model.close();
    process.exit(missed.length > 0 ? EXIT_FAILED : 0);
  }
  sayHowToCall(app, authToken);
  let interrupts = 0;
  process.on('SIGINT', () => {
    interrupts += 1;
    console.log(
      app.callCount > 0 && interrupts === 1
        ? '\nA call is in progress. The server ends after the call, within 30 s; Ctrl-C again ends it now.'
        : '',
    );
    void app
      .stop()
      .then(() => Promise.all([network.close(), model.close()]))
      .finally(() => process.exit());
  });
}

/** The usual port, or a free one when another server has it. */
async function serveOnSomePort(settings: Environment, log: Log): Promise<App> {
  const { PORT, DATA_DIR } = environment();
  const config = configOrExit({ ...settings, PORT, DATA_DIR });
  try {
    return await startApp(config, log, { samplesAsNew: true });
  } catch (thrown) {
    if (!(thrown instanceof LivelineError && thrown.code === 'PORT_UNAVAILABLE')) throw thrown;
    const isTaken = (thrown.cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    console.log(`Port ${config.http.port} ${isTaken ? 'is taken' : 'cannot be used'}; using a free one.`);
    return startApp(configOrExit({ ...settings, PORT: '0', DATA_DIR }), log, { samplesAsNew: true });
  }
}

function sayHowToCall({ port }: App, authToken: string): void {
  const url = port === 8080 ? '' : ` --url http://127.0.0.1:${port}`;
  console.log(`
The server stays up. Be the caller yourself: open this page and press Call; your microphone, or any WAV file, is the voice.

  http://127.0.0.1:${port}/#/phone

Or from another terminal:

  TWILIO_AUTH_TOKEN=${authToken} npx liveline call${url} --say fixtures/audio/caller/hello-opening-hours.wav

Whatever is said, the simulated model follows fixtures/scripts/demo.yaml. A real model would do what
fixtures/agents/receptionist.yaml tells it. A real number in ten minutes: README.md. Ctrl-C stops.`);
}
