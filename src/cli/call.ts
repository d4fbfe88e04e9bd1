// `liveline call`: a simulated phone dials a running server, and the terminal tells what happens.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { environment } from '../config.ts';
import type { PhoneCall } from '../simulator/phone/call.ts';
import type { PhoneEvent } from '../simulator/phone/events.ts';
import type { Person } from '../simulator/phone/people.ts';
import { prepareScript, type CallerStep } from '../simulator/phone/script.ts';
import { aligned } from './aligned.ts';
import { figureRows, figuresOf } from './figures.ts';
import { followNotices } from './notice-feed.ts';
import { emptied, openOwnNetwork } from './own-network.ts';
import { reach } from './reach.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';
import { Story } from './story.ts';

export interface CallCommand {
  readonly url: string;
  readonly from: string;
  readonly to: string;
  readonly script: readonly CallerStep[];
  readonly record: string | undefined;
  readonly patienceMs: number | undefined;
  /** Whom the call can be passed on to. */
  readonly people: readonly Person[];
}

const ACCOUNT = `AC${'0'.repeat(32)}`;

export async function call(command: CallCommand): Promise<void> {
  const { url, from, to, script, record, patienceMs, people } = command;
  const faults = faultsOf(url, script);
  if (faults.length > 0) exit(EXIT_BAD_INPUT, ...faults);
  const baseUrl = url.replace(/\/+$/, '');
  const reached = await reach(baseUrl);
  if (reached.is === 'nobody')
    exit(EXIT_FAILED, `Nothing answers at ${baseUrl}; start one: npm start  (${reached.why})`);

  const env = environment();
  const over = new AbortController();
  const story = new Story((line) => console.log(line));
  const clock = systemClock;
  const startedMs = clock.nowMs();
  let phone: PhoneCall | undefined;
  const follows = await followNotices(baseUrl, {
    token: env['OPERATOR_TOKEN'],
    signal: over.signal,
    then: (notice) => {
      if (notice.callId === phone?.callSid) story.notice(notice, clock.nowMs() - startedMs);
    },
  });
  if (!follows)
    console.log(
      `${baseUrl} gives no transcript (no feed at /api/v1/notices, or OPERATOR_TOKEN is not the server's): the call is told from the phone's side only.`,
    );
  const { network, isAsked } = await openOwnNetwork({
    ...{ env, people, clock },
    // Without one, only a server that checks no signature takes the call.
    authToken: env['TWILIO_AUTH_TOKEN']?.split(',')[0] ?? 'unsigned',
    accountSid: env['TWILIO_ACCOUNT_SID'] ?? ACCOUNT,
  });
  if (people.length > 0 && !isAsked)
    console.log(
      'Cold transfers reach these people; for warm ones, queues and messages set TWILIO_API_BASE_URL here and at the server: docs/people.md.',
    );
  const placed = (phone = network.placeCall({
    ...{ baseUrl, from, to, script, patienceMs },
    onEvent: (event) => story.phone(event),
  }));
  process.once('SIGINT', () => {
    // The terminal has written ^C; what is told next gets a line of its own.
    console.log('');
    placed.hangUp();
  });
  const outcome = await placed.done;
  // The server's last notices are on their way when the phone is already back on the hook.
  await new Promise((resolve) => clock.after(200, () => resolve(undefined)));
  over.abort();
  story.end();
  if (placed.events.some(({ type }) => type === 'recording'))
    console.log(
      isAsked && (await emptied(network, clock))
        ? 'The server has the message: npx liveline voicemails list'
        : 'The server could not fetch the message: set TWILIO_API_BASE_URL here and there, as docs/people.md says.',
    );
  await network.close();
  const isMet = outcome.streams > 0 || placed.events.some(({ type }) => type === 'said-by-carrier');
  if (outcome.errors.some(({ code }) => code !== 0) || !isMet) process.exitCode = EXIT_FAILED;
  if (isForbidden(placed.events))
    console.error(
      "The server checks signatures: set TWILIO_AUTH_TOKEN to the server's, and --url to its PUBLIC_BASE_URL.",
    );
  if (!placed.events.some(({ type }) => type === 'answered')) return;
  console.log('');
  for (const line of aligned(figureRows(figuresOf(placed.events), outcome))) console.log(line);
  if (record !== undefined) save(placed.recording(), record);
}

/** What keeps the call from being placed, one line each. */
function faultsOf(url: string, script: readonly CallerStep[]): string[] {
  const isAddress = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  return [
    ...(isAddress ? [] : [`--url takes an address such as http://127.0.0.1:8080, not "${url}"`]),
    ...script.flatMap((step) => {
      try {
        prepareScript([step]);
        return [];
      } catch (thrown) {
        const words = messageOf(thrown);
        return 'say' in step && typeof step.say === 'string' && !words.includes(step.say)
          ? [`${step.say}: ${words}`]
          : [words];
      }
    }),
  ];
}

/** Whatever the webhook of the call was answered, the one of its end is posted too, signed alike. */
const isForbidden = (events: readonly PhoneEvent[]): boolean =>
  events.some((event) => event.type === 'posted' && event.status === 403);

function save(recording: Uint8Array, to: string): void {
  try {
    const file = resolve(to);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, recording);
  } catch (thrown) {
    exit(EXIT_FAILED, `The call could not be recorded: ${messageOf(thrown)}`);
  }
  console.log(`recorded in ${to} (caller left, agent right)`);
}

function exit(code: number, ...why: readonly string[]): never {
  for (const line of why) console.error(line);
  process.exit(code);
}
