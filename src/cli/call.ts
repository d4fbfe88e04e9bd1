// `liveline call`: a simulated phone dials a running server, and the terminal tells what happens.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { environment } from '../config.ts';
import { placeCall, type PhoneCall } from '../simulator/phone/call.ts';
import type { CallerStep } from '../simulator/phone/script.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';
import { callLine, figureLines, figuresOf } from './figures.ts';
import { followNotices } from './notice-feed.ts';
import { Story } from './story.ts';

export interface CallCommand {
  readonly url: string;
  readonly from: string;
  readonly to: string;
  readonly script: readonly CallerStep[];
  readonly record: string | undefined;
  readonly patienceMs: number | undefined;
}

export async function call({ url, from, to, script, record, patienceMs }: CallCommand): Promise<void> {
  const env = environment();
  const baseUrl = url.replace(/\/+$/, '');
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
  const placed = (phone = startCall());
  process.once('SIGINT', () => placed.hangUp());
  const outcome = await placed.done;
  // The server's last notices are on their way when the phone is already back on the hook.
  await new Promise((resolve) => clock.after(200, () => resolve(undefined)));
  over.abort();
  story.end();
  console.log('');
  for (const line of [
    ...figureLines(figuresOf(placed.events)),
    callLine(outcome.durationMs, outcome.heardMs),
  ])
    console.log(line);
  if (record !== undefined) {
    const file = resolve(record);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, placed.recording());
    console.log(`recorded in ${record} (caller left, agent right)`);
  }
  if (outcome.errors.some(({ code }) => code !== 0) || outcome.streams === 0) process.exitCode = EXIT_FAILED;

  function startCall(): PhoneCall {
    try {
      return placeCall({
        baseUrl,
        // Without one, only a server that checks no signature takes the call.
        authToken: env['TWILIO_AUTH_TOKEN']?.split(',')[0] ?? 'unsigned',
        accountSid: env['TWILIO_ACCOUNT_SID'],
        from,
        to,
        script,
        patienceMs,
        clock,
        onEvent: (event) => story.phone(event),
      });
    } catch (thrown) {
      console.error(messageOf(thrown));
      process.exit(EXIT_BAD_INPUT);
    }
  }
}
