// Calls that we dial, by Twilio's REST interface (Twilio docs, Call resource): placed, canceled, looked for. Decides nothing.
import twilio from 'twilio';
import type { CallListInstanceCreateOptions } from 'twilio/lib/rest/api/v2010/account/call.js';
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import { callId } from '../../base/ids.ts';
import { parsePhoneNumber, type PhoneNumber } from '../../base/phone-number.ts';
import type { Dialling, FoundCall, OutboundCall } from '../control.ts';
import { answeredByUrl, bareBase, placedStatusUrl, placedUrl, type Base } from './addresses.ts';
import { pickedUpBy } from './answered-by.ts';
import type { TwilioControlOptions } from './control.ts';
import { diallingError, inDoubt } from './dialling-errors.ts';
import { asked, PAGE_SIZE, unlessNoList } from './listing.ts';
import { EVERY_STATUS } from './markup.ts';
import { STATUS } from './questions.ts';
import { asLivelineError, twilioClient } from './rest.ts';

/** See `OutboundCall.ringS`. */
const LEAST_RING_S = 15;
/** Of a page of a list; nobody waits for it while a phone rings. */
const LIST_TIMEOUT_MS = 10_000;
/** More than one number is called from another in years; the latest come first. */
const MOST_CALLS = 5_000;

/** `epochMs`: this process's time, which calls are told by. */
export function createTwilioDialling(
  options: TwilioControlOptions,
  epochMs: () => number = Date.now,
): Dialling {
  const client = twilioClient(options);
  const lister = (signal: AbortSignal): twilio.Twilio =>
    twilioClient({ ...options, timeoutMs: options.timeoutMs ?? LIST_TIMEOUT_MS }, { signal });

  async function list(to: string, from: string, sinceMs: number, signal: AbortSignal) {
    // Not by StartTime: that knows whole days, and a call that Twilio has queued has none (Twilio docs, Call resource).
    const asking = lister(signal);
    const told = await asking.calls
      .list({ to, from, pageSize: PAGE_SIZE, limit: MOST_CALLS })
      .catch(unlessNoList(CALLS_NOT_LISTED));
    const aheadMs = epochMs() - timeOf(asking);
    // Twilio's times are whole seconds.
    const fromMs = Math.floor(sinceMs / 1_000) * 1_000;
    return told
      .map((each) => found(each))
      .map((call) => ({ ...call, startedAtMs: call.startedAtMs + aheadMs }))
      .filter(({ startedAtMs }) => startedAtMs >= fromMs)
      .sort((one, other) => other.startedAtMs - one.startedAtMs);
  }

  return {
    async dial(call) {
      const request = requestOf(call, {
        url: bareBase(options.publicBaseUrl()),
        node: options.node,
      });
      let id: unknown;
      try {
        id = (await client.calls.create(request)).sid;
      } catch (thrown) {
        throw diallingError(call, thrown);
      }
      if (typeof id === 'string' && id !== '') return callId(id);
      throw inDoubt(call, "Twilio's answer names no call");
    },
    async cancel(id) {
      try {
        const { status } = await client.calls(id).update({ status: 'canceled' });
        return CANCELED.has(status) ? 'canceled' : 'too-late';
      } catch (thrown) {
        if (isOver(thrown)) return 'too-late';
        throw asLivelineError(thrown, `call ${id} could not be canceled`);
      }
    },
    callsTo: (to, from, sinceMs, signal) =>
      asked(CALLS_NOT_LISTED, signal, () => list(to, from, sinceMs, signal)),
    async look(id) {
      try {
        return found(await client.calls(id).fetch());
      } catch (thrown) {
        if (thrown instanceof LivelineError) throw thrown;
        if (thrown instanceof twilio.RestException && thrown.code === GONE) return undefined;
        throw asLivelineError(thrown, `nobody knows how call ${id} stands`);
      }
    },
    ownNumbers: (signal) =>
      asked(NUMBERS_NOT_LISTED, signal, async () => {
        const { incomingPhoneNumbers, outgoingCallerIds } = lister(signal);
        // Not shared: twilio writes its own callbacks into what it is given.
        const page = () => ({ pageSize: PAGE_SIZE });
        const lists = await Promise.all([
          incomingPhoneNumbers.list(page()).catch(unlessNoList(NUMBERS_NOT_LISTED)),
          outgoingCallerIds.list(page()).catch(unlessNoList(NUMBERS_NOT_LISTED)),
        ]);
        return [...new Set(lists.flat().flatMap(numberOf))];
      }),
  };
}

/** As the last answer tells it. By another clock a call of ours would look like one of before it was asked for. */
function timeOf({ httpClient }: twilio.Twilio): number {
  const headers = (httpClient.lastResponse?.headers ?? {}) as Readonly<Record<string, unknown>>;
  const epochMs = Date.parse(String(headers['date']));
  if (Number.isFinite(epochMs)) return epochMs;
  throw new LivelineError(
    'CARRIER_UNREACHABLE',
    `${CALLS_NOT_LISTED}: Twilio's answer does not tell the time`,
  );
}

const CALLS_NOT_LISTED = 'the calls to a number could not be listed';
const NUMBERS_NOT_LISTED = 'the numbers of the account could not be listed';

function requestOf(call: OutboundCall, base: Base): CallListInstanceCreateOptions {
  const { to, from, ringS, attempt, detectsMachines, longestS } = call;
  return {
    ...{ to, from, url: placedUrl(base, attempt), method: 'POST' },
    timeout: Math.max(LEAST_RING_S, Math.ceil(ringS)),
    ...(longestS === undefined ? {} : { timeLimit: Math.ceil(longestS) }),
    ...{ statusCallback: placedStatusUrl(base, attempt), statusCallbackMethod: 'POST' },
    statusCallbackEvent: EVERY_STATUS,
    ...(detectsMachines === 'off'
      ? {}
      : {
          machineDetection: detectsMachines === 'on' ? 'Enable' : 'DetectMessageEnd',
          // Whoever picks up is spoken to at once, and not after the verdict.
          asyncAmd: 'true',
          ...{ asyncAmdStatusCallback: answeredByUrl(base, attempt), asyncAmdStatusCallbackMethod: 'POST' },
        }),
  };
}

/** What a request tells of itself as it comes back; a call in the middle of its ringing may still be said to ring. */
const CANCELED: ReadonlySet<string> = new Set(['canceled', 'queued', 'ringing']);

const GONE = 20_404;
/** 21220: not in progress any more. */
const isOver = (thrown: unknown): boolean =>
  thrown instanceof twilio.RestException && (thrown.code === 21_220 || thrown.code === GONE);

/** twilio passes on what it is told, whatever its types say. */
const CALL = z.object({
  sid: z.string().min(1),
  status: z.string(),
  dateCreated: z.date(),
  answeredBy: z.string().nullish(),
});

function found(told: unknown): FoundCall {
  const { data } = CALL.safeParse(told);
  const status = STATUS.get(data?.status ?? '');
  if (data === undefined || status === undefined)
    throw new LivelineError('CARRIER_UNREACHABLE', "Twilio's answer describes a call that cannot be read");
  return {
    ...{ id: callId(data.sid), status, startedAtMs: data.dateCreated.getTime() },
    answeredBy: data.answeredBy ? pickedUpBy(data.answeredBy) : undefined,
  };
}

const NUMBER = z.object({
  phoneNumber: z.string(),
  // Of a number of the account; one that is only verified has none.
  capabilities: z.object({ voice: z.boolean().optional() }).nullish(),
});

function numberOf(told: unknown): readonly PhoneNumber[] {
  const { data } = NUMBER.safeParse(told);
  if (data === undefined || data.capabilities?.voice === false) return [];
  return [parsePhoneNumber(data.phoneNumber) ?? []].flat();
}
