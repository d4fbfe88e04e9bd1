// Recordings by Twilio's REST interface (Twilio docs, Recordings resource). Knows its errors; decides nothing, keeps nothing.
import { Readable } from 'node:stream';
import twilio from 'twilio';
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import type { Recordings } from '../control.ts';
import { asLivelineError, NotReached, twilioClient, type TwilioRestOptions } from './rest.ts';

/** Half an hour of what Twilio gives: 16-bit samples at 8 kHz, mono. */
const MAX_BYTES = 30_000_000;
const TIMEOUT_MS = 30_000;

export type TwilioRecordingsOptions = TwilioRestOptions & {
  /** Of one recording. */
  readonly maxBytes?: number | undefined;
};

/** twilio types what it gives here as anything. */
const STREAMED = z.object({ statusCode: z.number(), body: z.instanceof(Readable) });

/** `timeoutMs` of the options is for a whole recording. Both reject with the signal's reason when it fires. */
export function createTwilioRecordings(options: TwilioRecordingsOptions): Recordings {
  const { accountSid, maxBytes = MAX_BYTES } = options;
  const bounded = { ...options, timeoutMs: options.timeoutMs ?? TIMEOUT_MS };

  async function ask(id: string, signal: AbortSignal): Promise<Uint8Array> {
    const answer: unknown = await twilioClient(bounded, { signal, body: 'stream' }).request({
      method: 'get',
      uri: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${id}.wav`,
      // Credentials stay with the host that they are for; where the file lies is another's.
      allowRedirects: true,
      headers: { Accept: '*/*' },
    });
    const { statusCode, body } = STREAMED.parse(answer);
    if (statusCode === 200) return read(body, maxBytes);
    body.destroy();
    if (statusCode === 404)
      throw new LivelineError('CARRIER_UNREACHABLE', `recording ${id} is not there yet, or not any more`);
    throw new twilio.RestException({ statusCode, body: '{}' });
  }

  return {
    fetch: (id, signal) => guarded(id, 'fetched', signal, () => ask(id, signal)),
    remove: (id, signal) =>
      guarded(id, 'removed', signal, async () => {
        try {
          await twilioClient(bounded, { signal }).recordings(id).remove();
        } catch (thrown) {
          if (!(thrown instanceof twilio.RestException && thrown.status === 404)) throw thrown;
        }
      }),
  };
}

async function guarded<T>(
  id: string,
  what: 'fetched' | 'removed',
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  // It becomes a part of a path.
  if (!/^RE[0-9a-zA-Z]+$/.test(id))
    throw new LivelineError('CARRIER_REFUSED', `a recording could not be ${what}: not an id of Twilio's`);
  try {
    return await run();
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw thrown instanceof LivelineError
      ? thrown
      : asLivelineError(thrown, `recording ${id} could not be ${what}`);
  }
}

async function read(body: Readable, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    // Leaving the loop ends the connection.
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (thrown) {
    throw new NotReached(thrown);
  }
  if (bytes <= maxBytes) return Buffer.concat(chunks, bytes);
  throw new LivelineError('CARRIER_REFUSED', `a recording is longer than ${maxBytes} bytes`);
}
