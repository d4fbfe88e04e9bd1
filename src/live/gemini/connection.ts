// One socket to the Live API, from dialling to its end. Knows its frames and its close codes, and nothing of turns; a
// session may use up several.
import { WebSocket, type ClientOptions } from 'ws';
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Access } from './access.ts';
import type { Ending } from './close-policy.ts';
import { encodeSetup } from './encode.ts';
import { parse, type RawFrame, type ServerMessage } from './messages.ts';
import type { WireSetup } from './wire-setup.ts';

/** Past this the model takes sound slower than the caller speaks: 1 MB is 23 s of it as JSON. */
const BACKLOG_BYTES = 1_000_000;
/** ws waits 30 s for the peer to finish a close; a caller should not hear silence for that long. */
const CLOSE_TIMEOUT_MS = 2_000;
/** Google's pongs take 8 to 30 s (aicc2025/sip-to-ai#14): only a network that is gone is silent for longer than this. */
const PING_EVERY_MS = 30_000;
const DEAD_AFTER_MS = 90_000;

export interface ConnectionListener {
  onMessage(message: ServerMessage): void;
  /** Once, last, never after `close()`, and never while `dial` still runs. */
  onEnded(ending: Ending): void;
}

export interface Connection {
  /** One client message as JSON. Dropped when the socket is not open: its end is told by `onEnded`. */
  send(json: string): void;
  /** `then`: once the socket is gone, the peer's side of the close included. */
  close(then?: () => void): void;
}

export interface Dialling {
  readonly access: Access;
  readonly setup: WireSetup;
  /** For token, upgrade and `setupComplete` together. */
  readonly setupTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

export function dial(dialling: Dialling, to: ConnectionListener): Connection {
  return new Dialled(dialling, to);
}

type Phase = 'dialling' | 'setting-up' | 'open' | 'over';

class Dialled implements Connection {
  readonly #to: ConnectionListener;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #setup: WireSetup;
  #stopTimer: StopTimer;
  #socket: WebSocket | undefined;
  #phase: Phase = 'dialling';
  #lastSignMs = 0;
  #foreignFrames = 0;
  #backlogLogged = false;

  constructor({ access, setup, setupTimeoutMs, clock, log }: Dialling, to: ConnectionListener) {
    this.#to = to;
    this.#clock = clock;
    this.#log = log;
    this.#setup = setup;
    this.#stopTimer = clock.after(setupTimeoutMs, () => {
      const waitedFor = this.#phase === 'dialling' ? 'the upgrade' : 'setupComplete';
      this.#end({ is: 'timed-out', waitedFor, afterMs: setupTimeoutMs });
    });
    // Also what no header can carry, a token with a line break, ends here.
    Promise.try(() => access.headers())
      .then((headers) => this.#upgrade(access.url, headers))
      .catch((cause: unknown) => this.#end({ is: 'unauthorised', cause }));
  }

  send(json: string): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(json);
    if (this.#socket.bufferedAmount > BACKLOG_BYTES && !this.#backlogLogged) {
      this.#backlogLogged = true;
      this.#log.warn(
        { bufferedBytes: this.#socket.bufferedAmount },
        'the Live API takes our messages slower than we send them; the agent hears the caller late',
      );
    }
  }

  close(then: () => void = () => undefined): void {
    const wasOver = this.#phase === 'over';
    this.#phase = 'over';
    this.#stopTimer();
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return then();
    socket.once('close', then);
    // While still dialling, ws gives up the upgrade and reports an error, which nobody is told of any more.
    if (!wasOver) socket.close(1000);
  }

  #upgrade(url: URL, headers: Readonly<Record<string, string>>): void {
    if (this.#phase !== 'dialling') return;
    const options: ClientOptions & { closeTimeout: number } = {
      headers,
      perMessageDeflate: false,
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    this.#socket = new WebSocket(url, options);
    this.#socket
      .on('open', () => {
        if (this.#phase !== 'dialling') return;
        this.#phase = 'setting-up';
        this.send(encodeSetup(this.#setup));
      })
      .on('message', (frame) => this.#receive(frame))
      .on('pong', () => (this.#lastSignMs = this.#clock.nowMs()))
      .on('unexpected-response', (_request, { statusCode = 0, statusMessage = '' }) =>
        this.#end({ is: 'refused', status: statusCode, words: statusMessage }),
      )
      .on('error', (cause) =>
        this.#end(this.#phase === 'dialling' ? { is: 'unreachable', cause } : { is: 'broken', cause }),
      )
      .on('close', (code, reason) => this.#end({ is: 'closed', code, reason: reason.toString() }));
  }

  #receive(frame: RawFrame): void {
    if (this.#phase === 'over') return;
    this.#lastSignMs = this.#clock.nowMs();
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
      this.#stopTimer = this.#clock.every(PING_EVERY_MS, () => this.#ping());
    }
    this.#tell(() => this.#to.onMessage(message));
  }

  #ping(): void {
    const silentMs = this.#clock.nowMs() - this.#lastSignMs;
    if (silentMs >= DEAD_AFTER_MS) this.#end({ is: 'dead', afterMs: Math.round(silentMs) });
    else if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  #end(ending: Ending): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#stopTimer();
    this.#socket?.terminate();
    if (this.#foreignFrames > 0) this.#log.info({ foreignFrames: this.#foreignFrames }, 'frames left out');
    this.#tell(() => this.#to.onEnded(ending));
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
