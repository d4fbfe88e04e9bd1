// Recordings by Twilio's REST interface (Twilio docs, Recordings resource). Knows its errors; decides nothing, keeps nothing.
import { Readable } from 'node:stream';
import twilio from 'twilio';
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import { callId } from '../../base/ids.ts';
import type { HeldRecording, Recordings } from '../control.ts';
import { asked, PAGE_SIZE, unlessNoList } from './listing.ts';
import { NotReached, twilioClient, type TwilioRestOptions } from './rest.ts';

/** Half an hour of what Twilio gives: 16-bit samples at 8 kHz, mono. */
export const MAX_BYTES = 30_000_000;
const TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;
const NOT_LISTED = 'the recordings could not be listed';

export type TwilioRecordingsOptions = TwilioRestOptions & {
  /** Of one recording. */
  readonly maxBytes?: number | undefined;
};

/** twilio types what it gives here as anything. */
const STREAMED = z.object({ statusCode: z.number(), body: z.instanceof(Readable) });

/** Of what <Record> made, and is done; the rest of what an account records is not for us. */
const HELD = z
  .object({
    sid: z.string(),
    callSid: z.string().min(1),
    source: z.literal('RecordVerb'),
    status: z.literal('completed'),
    // Null in some: it is not in what older recordings tell.
    startTime: z.date().nullish().catch(undefined),
    dateCreated: z.date(),
    duration: z.coerce.number().nonnegative(),
  })
  .transform((told): HeldRecording => ({
    id: told.sid,
    callId: callId(told.callSid),
    recordedAtMs: (told.startTime ?? told.dateCreated).getTime(),
    seconds: told.duration,
  }));

/** `timeoutMs` of the options is for a whole recording, or a page. All reject with the signal's reason when it fires. */
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

  async function all(sinceMs: number, signal: AbortSignal): Promise<readonly HeldRecording[]> {
    // Whole days, by the docs; the order within them is not promised, so it is read to its end.
    const dateCreatedAfter = new Date(Math.floor(sinceMs / DAY_MS) * DAY_MS);
    const told = await twilioClient(bounded, { signal })
      .recordings.list({ dateCreatedAfter, pageSize: PAGE_SIZE })
      .catch(unlessNoList(NOT_LISTED));
    const held = told.flatMap((each) => HELD.safeParse(each).data ?? []);
    return held.filter(({ recordedAtMs }) => recordedAtMs >= sinceMs);
  }

  return {
    list: (sinceMs, signal) => asked(NOT_LISTED, signal, () => all(sinceMs, signal)),
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
  // It becomes a part of a path.
  if (!signal.aborted && !/^RE[0-9a-zA-Z]+$/.test(id))
    throw new LivelineError('CARRIER_REFUSED', `a recording could not be ${what}: not an id of Twilio's`);
  return asked(`recording ${id} could not be ${what}`, signal, run);
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
