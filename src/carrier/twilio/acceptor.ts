// The acceptor: turns a fresh media socket into a line, or closes it. Knows the opening of a stream (`connected`, then
// `start`) and nothing of what comes after; whether the token is the right one is for the call to say.
import type { RawData } from 'ws';
import type { Clock } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import { callId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { LineAcceptor } from '../line.ts';
import { closeSocket } from './close-socket.ts';
import { Intake } from './intake.ts';
import { TwilioLine } from './line.ts';
import { TOKEN_PARAMETER, type TwilioFact } from './messages.ts';

export interface TwilioAcceptorOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long a socket may be open without a `start`. */
  readonly startTimeoutMs?: number;
}

type Start = Extract<TwilioFact, { type: 'start' }>;

/** 1008, "policy violation": the stream is not one that we asked for. */
const REFUSED = 1008;

/** Call `accept` in the tick in which the socket opened: what the socket says before it is lost. */
export function createTwilioAcceptor({
  clock,
  log,
  startTimeoutMs = 5_000,
}: TwilioAcceptorOptions): LineAcceptor {
  return {
    accept: (socket) =>
      new Promise((resolve, reject) => {
        const intake = new Intake(log);

        const letGo = (): void => {
          stopWaiting();
          socket.off('message', onMessage).off('close', onClose);
        };
        const refuse = (reason: string, detail: string): void => {
          letGo();
          closeSocket(socket, clock, REFUSED, reason);
          reject(invalid(`closed a media socket: ${reason} (${detail})`));
        };
        const onMessage = (data: RawData, isBinary: boolean): void => {
          const fact = intake.read(data, isBinary);
          // Whatever else comes before `start` belongs to no stream yet.
          if (fact?.type !== 'start') return;
          if (!isSupported(fact))
            return refuse(FORMAT_REASON, `start says ${JSON.stringify(fact.mediaFormat).slice(0, 120)}`);
          letGo();
          socket.off('error', onError);
          const { streamSid, callSid, customParameters } = fact;
          const named = log.child({ callId: callSid, streamId: streamSid });
          resolve({
            start: { callId: callId(callSid), token: customParameters[TOKEN_PARAMETER] ?? '' },
            // In this very tick: the next message may already wait.
            line: new TwilioLine(socket, streamSid, { clock, log: named }),
          });
        };
        const onClose = (code: number): void => {
          letGo();
          reject(invalid(`a media socket closed (${code}) before its start came`));
        };
        // Stays until a line takes over: an error without a listener would end the process. `close` follows it.
        const onError = (err: Error): void =>
          log.warn({ reason: messageOf(err) }, 'a media socket failed before its start came');
        const stopWaiting = clock.after(startTimeoutMs, () =>
          refuse(
            `no start within ${startTimeoutMs / 1_000} s`,
            `dropped until then: ${JSON.stringify(intake.refused)}`,
          ),
        );

        socket.on('message', onMessage).on('close', onClose).on('error', onError);
        if (socket.readyState !== socket.OPEN) onClose(1006);
      }),
  };
}

/** Goes to the peer with the close: fixed, because `ws` throws on reasons above 123 bytes. */
const FORMAT_REASON = 'mediaFormat must be audio/x-mulaw, 8000 Hz, 1 channel';

const isSupported = ({ mediaFormat: { encoding, sampleRate, channels } }: Start): boolean =>
  encoding === 'audio/x-mulaw' && sampleRate === 8_000 && channels === 1;

const invalid = (message: string): LivelineError => new LivelineError('CARRIER_REQUEST_INVALID', message);
