// One socket to the Live API, from dialling to its end. Knows its frames and its close codes, and nothing of turns; a
// session may use up several.
import { WebSocket, type ClientOptions } from 'ws';
import type { Clock, StopTimer } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { errorOf, type Ending } from './close-policy.ts';
import { encodeSetup, parse, type RawFrame, type ServerMessage, type WireSetup } from './messages.ts';

const METHOD_PATH = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
/** Past this the model takes sound slower than the caller speaks: 1 MB is 23 s of it as JSON. */
const BACKLOG_BYTES = 1_000_000;
/** ws waits 30 s for the peer to finish a close; a caller should not hear silence for that long. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface ConnectionListener {
  onMessage(message: ServerMessage): void;
  /** Once, last, never after `close()`, and never while `dial` still runs. */
  onEnded(error: LivelineError): void;
}

export interface Connection {
  /** One client message as JSON. Dropped when the socket is not open: its end is told by `onEnded`. */
  send(json: string): void;
  close(): void;
}

export interface Dialling {
  readonly url: URL;
  readonly apiKey: string;
  readonly setup: WireSetup;
  /** For upgrade and `setupComplete` together. */
  readonly setupTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** `http` becomes `ws`, `https` becomes `wss`, a path stays in front. Throws CONFIG_INVALID. */
export function endpoint(baseUrl: string): URL {
  const url = URL.parse(baseUrl);
  if (!url || !/^(?:http|ws)s?:$/.test(url.protocol))
    throw new LivelineError('CONFIG_INVALID', 'GEMINI_BASE_URL must be an http(s):// or ws(s):// address');
  url.protocol = url.protocol.replace('http', 'ws');
  url.pathname = url.pathname.replace(/\/+$/, '') + METHOD_PATH;
  url.search = '';
  url.hash = '';
  return url;
}

export function dial(dialling: Dialling, to: ConnectionListener): Connection {
  return new Dialled(dialling, to);
}

type Phase = 'dialling' | 'setting-up' | 'open' | 'over';

class Dialled implements Connection {
  readonly #socket: WebSocket;
  readonly #to: ConnectionListener;
  readonly #log: Log;
  readonly #stopTimer: StopTimer;
  #phase: Phase = 'dialling';
  #foreignFrames = 0;
  #backlogLogged = false;

  constructor({ url, apiKey, setup, setupTimeoutMs, clock, log }: Dialling, to: ConnectionListener) {
    this.#to = to;
    this.#log = log;
    // The key in a header, as Google's Python SDK has it: in the address it would get into error messages and proxy logs.
    const options: ClientOptions & { closeTimeout: number } = {
      headers: { 'x-goog-api-key': apiKey },
      perMessageDeflate: false,
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    this.#socket = new WebSocket(url, options);
    this.#stopTimer = clock.after(setupTimeoutMs, () => {
      const waitedFor = this.#phase === 'dialling' ? 'the upgrade' : 'setupComplete';
      this.#end({ is: 'timed-out', waitedFor, afterMs: setupTimeoutMs });
    });
    this.#socket
      .on('open', () => {
        if (this.#phase !== 'dialling') return;
        this.#phase = 'setting-up';
        this.send(encodeSetup(setup));
      })
      .on('message', (frame) => this.#receive(frame))
      .on('unexpected-response', (_request, { statusCode = 0, statusMessage = '' }) =>
        this.#end({ is: 'refused', status: statusCode, words: statusMessage }),
      )
      .on('error', (cause) =>
        this.#end(this.#phase === 'dialling' ? { is: 'unreachable', cause } : { is: 'broken', cause }),
      )
      .on('close', (code, reason) => this.#end({ is: 'closed', code, reason: reason.toString() }));
  }

  send(json: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(json);
    if (this.#socket.bufferedAmount > BACKLOG_BYTES && !this.#backlogLogged) {
      this.#backlogLogged = true;
      this.#log.warn(
        { bufferedBytes: this.#socket.bufferedAmount },
        'the Live API takes our messages slower than we send them; the agent hears the caller late',
      );
    }
  }

  close(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#stopTimer();
    // While still dialling, ws gives up the upgrade and reports an error, which nobody is told of any more.
    this.#socket.close(1000);
  }

  #receive(frame: RawFrame): void {
    if (this.#phase === 'over') return;
    const message = parse(frame);
    if (!message) {
      this.#foreignFrames += 1;
      if (this.#foreignFrames === 1)
        this.#log.warn('the Live API sent a frame that is no JSON object; it and its like are left out');
      return;
    }
    if (message.setupComplete && this.#phase === 'setting-up') {
      this.#phase = 'open';
      this.#stopTimer();
    }
    this.#tell(() => this.#to.onMessage(message));
  }

  #end(ending: Ending): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#stopTimer();
    this.#socket.terminate();
    if (this.#foreignFrames > 0) this.#log.info({ foreignFrames: this.#foreignFrames }, 'frames left out');
    this.#tell(() => this.#to.onEnded(errorOf(ending)));
  }

  /** A fault of ours in one call must not end the others: thrown into an event of ws, it would end the process. */
  #tell(news: () => void): void {
    try {
      news();
    } catch (error) {
      this.#log.error(
        { err: error },
        'news of the Live API was not handled to its end: a fault in this server',
      );
    }
  }
}
