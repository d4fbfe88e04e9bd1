// A Live API that answers: the public WebSocket protocol on a loopback port, scripted instead of thinking.
// Knows the upgrade, the key and who talks to it; what is said on a socket is session.ts's.
import { createServer, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock, type Clock } from '../../base/clock.ts';
import { silentLog, type Log } from '../../base/log.ts';
import { admit, type Admission } from './entrance.ts';
import type { Deed } from './faults/deeds.ts';
import { faultOf, type Fault, type FaultSource } from './faults/fault.ts';
import { Faults, type FaultListener } from './faults/faults.ts';
import { Handles } from './handles.ts';
import type { SimulatedSession } from './record.ts';
import { readScript, type Script } from './script.ts';
import { Session } from './session.ts';

/** Closed sockets kept for inspection; the oldest are forgotten. */
const MOST_SESSIONS = 1_000;
/** No client message comes near it: 1 MB is over 20 s of sound. */
const MAX_MESSAGE_BYTES = 4_000_000;

const SILENT: Script = { name: 'silent', greeting: undefined, turns: [], otherwise: undefined };

export interface ModelOptions {
  readonly host?: string;
  /** 0 takes any free one. */
  readonly port?: number;
  /** A script or its file; of several, new conversations take each in turn, and a resumed one keeps its own. */
  readonly script: Script | string | readonly (Script | string)[];
  readonly clock?: Clock;
  readonly log?: Log;
  /** Sound is sent this many times faster than it plays; Google's lead is 3-4 (torkiv-labs/txtCaster#209). */
  readonly paceFactor?: number;
  /** From the end of speech, a text or a tool's answer to the first sound. Google needs about 1.2 s. */
  readonly thinkMs?: number;
  readonly setupMs?: number;
  /** The only key taken, or on Google Cloud the only token; any that is not empty when absent. */
  readonly apiKey?: string;
  readonly frames?: 'binary' | 'text';
  readonly keepCallerAudio?: boolean;
  /**
   * When resumption handles come: after setupComplete and each turnComplete, or also while the model speaks and tools
   * run, as 3.8 sends them.
   */
  readonly handles?: 'settled' | 'always';
  /** Beside those that the scripts ask for. */
  readonly faults?: readonly FaultSource[];
  readonly onFault?: FaultListener;
}

export interface SimulatedModel {
  /** For GEMINI_BASE_URL and for the SDK's `baseUrl`. */
  readonly url: string;
  /** Every socket that got past the upgrade, in order; the newest last. */
  readonly sessions: readonly SimulatedSession[];
  /** That were asked for. */
  readonly faults: readonly Fault[];
  /** The socket of this number, counted from 1, once it is there. */
  session(number: number): Promise<SimulatedSession>;
  close(): Promise<void>;
}

function reject(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ error: { code: status, message } });
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Rejects with SCRIPT_INVALID, and when the port cannot be had. */
export async function startModel(options: ModelOptions): Promise<SimulatedModel> {
  const { host = '127.0.0.1', port = 0, apiKey, clock = systemClock, log = silentLog } = options;
  const pace = { factor: options.paceFactor ?? 4, thinkMs: options.thinkMs ?? 300 };
  const scripts = [options.script]
    .flat()
    .map((script) => (typeof script === 'string' ? readScript(script) : script));
  const handles = new Handles();
  const asked = [...scripts.flatMap((script) => script.faults ?? []), ...(options.faults ?? []).map(faultOf)];
  const faults = new Faults(asked, { clock, log, onFault: options.onFault });
  const sessions: Session[] = [];
  const awaited = new Map<number, ((session: Session) => void)[]>();
  let opened = 0;
  let conversations = 0;

  const http = createServer((_request, response) => {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ error: { code: 404, message: 'This is a simulated Live API: WebSocket only.' } }),
    );
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });

  function accept(socket: WebSocket, { api, keyIn }: Admission, due: readonly Deed[]): void {
    const session = new Session(socket, {
      number: ++opened,
      api,
      keyIn,
      pace,
      setupMs: options.setupMs ?? 100,
      frames: options.frames ?? 'binary',
      keepCallerAudio: options.keepCallerAudio ?? false,
      nextScript: () => scripts[conversations++ % scripts.length] ?? SILENT,
      handles,
      issues: options.handles ?? 'settled',
      faults,
      due,
      clock,
      log,
    });
    sessions.push(session);
    if (sessions.length > MOST_SESSIONS) {
      const forgotten = sessions.findIndex(({ isOpen }) => !isOpen);
      if (forgotten >= 0) sessions.splice(forgotten, 1);
    }
    for (const arrived of awaited.get(session.number) ?? []) arrived(session);
    awaited.delete(session.number);
  }

  http.on('upgrade', (request, socket, head) => {
    const admission = admit(request.url ?? '', request.headers, apiKey);
    if ('status' in admission) return reject(socket, admission.status, admission.words);
    const due = faults.saw('upgrade');
    const refused = faults.snap('refuse-upgrade', undefined);
    if (refused !== undefined)
      return reject(socket, refused.status, STATUS_CODES[refused.status] ?? 'Refused.');
    sockets.handleUpgrade(request, socket, head, (upgraded) => accept(upgraded, admission, due));
  });

  await new Promise<void>((resolve, failed) => {
    http.once('error', failed);
    http.listen(port, host, () => {
      http.off('error', failed);
      resolve();
    });
  });
  http.on('error', (error) => log.error({ err: error }, 'the simulated model lost its server'));
  const address = http.address() as AddressInfo;

  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    sessions,
    faults: asked,
    session: (number) =>
      new Promise((resolve) => {
        const there = sessions.find((session) => session.number === number);
        if (there !== undefined) return resolve(there);
        awaited.set(number, [...(awaited.get(number) ?? []), resolve]);
      }),
    close: () =>
      (closing ??= new Promise((resolve) => {
        faults.close();
        for (const session of sessions) session.terminate();
        sockets.close();
        http.closeAllConnections();
        http.close(() => resolve());
      })),
  };
}
