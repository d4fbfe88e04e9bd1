// Clients of the simulated model over real sockets; all of them, and the models, are gone after each test.
import { once } from 'node:events';
import { afterEach } from 'vitest';
import { WebSocket, type RawData } from 'ws';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import type { ServerMessage } from '../../../src/live/gemini/messages.ts';
import { scriptOf, type ScriptSource } from '../../../src/simulator/model/script.ts';
import { startModel, type ModelOptions, type SimulatedModel } from '../../../src/simulator/model/server.ts';

export const PATH = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
export const MODEL = 'models/gemini-3.8-live';
export const INVALID = 'Request contains an invalid argument.';
export const SOURCE: ScriptSource = {
  name: 'two',
  greeting: { say: 'Good day.' },
  turns: [{ steps: [{ say: 'First answer.' }] }, { steps: [{ say: 'Second answer.' }] }],
};

/** Time that runs twenty times as fast, so that nobody waits for speech to be played. */
export const FAST_CLOCK: Clock = {
  nowMs: () => systemClock.nowMs() * 20,
  epochMs: () => systemClock.epochMs(),
  after: (delayMs, then) => systemClock.after(delayMs / 20, then),
  every: (periodMs, then) => systemClock.every(periodMs / 20, then),
};

/** Closed after every test, newest last. */
export const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

export async function start(options: Partial<ModelOptions> = {}): Promise<SimulatedModel> {
  const model = await startModel({
    script: scriptOf(SOURCE, '.'),
    clock: FAST_CLOCK,
    ...options,
  });
  open.push(model);
  return model;
}

export interface Client {
  readonly socket: WebSocket;
  readonly binary: boolean[];
  send(message: unknown): void;
  /** The next message of which this is true; earlier ones are passed over. */
  next(wanted: (message: ServerMessage) => unknown): Promise<ServerMessage>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

export function connect(
  { url }: SimulatedModel,
  headers: Record<string, string> = { 'x-goog-api-key': 'key' },
  path = PATH,
) {
  const socket = new WebSocket(url.replace('http', 'ws') + path, { headers });
  const inbox: ServerMessage[] = [];
  let wake = (): void => {};
  const client: Client = {
    socket,
    binary: [],
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next(wanted) {
      for (;;) {
        while (inbox.length > 0) {
          const message = inbox.shift()!;
          if (wanted(message)) return message;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    closed: new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    ),
  };
  socket.on('message', (data: RawData, isBinary) => {
    client.binary.push(isBinary);
    inbox.push(JSON.parse((data as Buffer).toString()) as ServerMessage);
    wake();
  });
  socket.on('error', () => {});
  open.push({ close: () => socket.terminate() });
  return client;
}

export async function talking(model: SimulatedModel, setup: object = {}): Promise<Client> {
  const client = connect(model);
  await once(client.socket, 'open');
  client.send({ setup: { model: MODEL, outputAudioTranscription: {}, ...setup } });
  await client.next(({ setupComplete }) => setupComplete);
  return client;
}

export const statusOf = async (client: Client): Promise<number> => {
  const [, response] = (await once(client.socket, 'unexpected-response')) as [
    unknown,
    { statusCode: number },
  ];
  return response.statusCode;
};
export const refused = async (
  model: SimulatedModel,
  ...messages: unknown[]
): Promise<{ code: number; reason: string }> => {
  const client = connect(model);
  await once(client.socket, 'open');
  for (const message of messages) client.send(message);
  return client.closed;
};
export const prompt = (text: string): object => ({
  clientContent: { turns: [{ role: 'user', parts: [{ text }] }], turnComplete: true },
});
export const saidOf = async (client: Client): Promise<string> => {
  let said = '';
  await client.next(({ serverContent }) => {
    said += serverContent?.outputTranscription?.text ?? '';
    return serverContent?.turnComplete;
  });
  return said;
};
