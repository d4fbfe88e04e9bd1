// A Live API that does only what the test says, over a real loopback socket: it answers nothing by itself.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '../../../src/live/gemini/messages.ts';

/** Turns the event loop until `holds`; the test's own time limit ends a wait that never does. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate();
}

/** The model's end of one socket. */
export class Peer {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly received: ClientMessage[] = [];
  /** The raw text of what was received. */
  readonly receivedJson: string[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly socket: WebSocket;
  /** Beneath the WebSocket, for bytes that no WebSocket would send. */
  readonly wire: Duplex;

  constructor(socket: WebSocket, wire: Duplex, path: string, headers: IncomingHttpHeaders) {
    this.socket = socket;
    this.wire = wire;
    this.path = path;
    this.headers = headers;
    socket.on('message', (data: Buffer) => {
      this.receivedJson.push(data.toString());
      this.received.push(JSON.parse(data.toString()) as ClientMessage);
    });
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
  }

  /** In a binary frame, as Google sends it. */
  send(...messages: ServerMessage[]): void {
    for (const message of messages) this.socket.send(Buffer.from(JSON.stringify(message)));
  }

  /** Until the other side took all that was sent and all that it sent in return is here, or the socket is gone. */
  async settle(): Promise<void> {
    let answered = false;
    this.socket.once('pong', () => (answered = true));
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
    await until(() => answered || this.closed !== undefined);
  }
}

export interface ScriptedModel {
  readonly baseUrl: string;
  readonly peers: readonly Peer[];
  /** How many asked to be let in, peers or not. */
  readonly upgrades: number;
  /** The socket opened last, once there is one that has sent something. */
  peer(): Promise<Peer>;
  /** From now on every upgrade gets this HTTP status. */
  refuse(status: number): void;
  stop(): Promise<void>;
}

/** With `refuseWith`, every upgrade gets that HTTP status; with `ignoreUpgrades`, none gets an answer. */
export async function startScriptedModel({
  refuseWith,
  ignoreUpgrades = false,
}: { refuseWith?: number; ignoreUpgrades?: boolean } = {}): Promise<ScriptedModel> {
  const peers: Peer[] = [];
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  let refusal = refuseWith;
  const raw = new Set<{ destroy(): void }>();
  http.on('upgrade', (request, socket, head) => {
    raw.add(socket);
    socket.on('error', () => undefined);
    if (ignoreUpgrades) return;
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      peers.push(new Peer(webSocket, socket, request.url ?? '', request.headers)),
    );
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    peers,
    get upgrades() {
      return raw.size;
    },
    async peer() {
      await until(() => (peers.at(-1)?.received.length ?? 0) > 0);
      return peers.at(-1)!;
    },
    refuse(status) {
      refusal = status;
    },
    async stop() {
      for (const socket of raw) socket.destroy();
      http.close();
      await once(http, 'close');
    },
  };
}
