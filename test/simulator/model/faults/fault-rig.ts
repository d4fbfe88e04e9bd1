// Clients of a simulated model that does wrong, over real sockets, by a clock that the test moves.
import { once } from 'node:events';
import { PCM16_16K, silence } from '../../../../src/audio/format.ts';
import { decode, parse, type RawFrame, type ServerMessage } from '../../../../src/live/gemini/messages.ts';
import { textOf, type FaultSource } from '../../../../src/simulator/model/faults/fault.ts';
import type { SimulatedSession } from '../../../../src/simulator/model/record.ts';
import { scriptOf, type ScriptSource } from '../../../../src/simulator/model/script.ts';
import type { ModelOptions, SimulatedModel } from '../../../../src/simulator/model/server.ts';
import { ManualClock } from '../../../doubles/manual-clock.ts';
import { connect, MODEL, prompt, start, type Client } from '../socket-rig.ts';

const SCRIPT: ScriptSource = {
  name: 'faulty',
  greeting: { say: 'Good day to you.' },
  turns: [
    { steps: [{ say: 'One moment.' }, { call: { name: 'look' } }, { say: 'I have found you.' }] },
    { steps: [{ say: 'Second answer.' }] },
    { steps: [{ say: 'Third answer.' }] },
  ],
};
/** The client says when the caller speaks, so that nothing hangs on what an ear makes of a sound. */
const SETUP = {
  model: MODEL,
  outputAudioTranscription: {},
  sessionResumption: {},
  tools: [{ functionDeclarations: [{ name: 'look', description: 'Looks.' }] }],
  realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
};

export const SETUP_MS = 100;
export const THINK_MS = 300;
/** Longer than any reply of the script takes to be played, and shorter than two of them. */
export const PLAYED_MS = 4_000;

export interface Caller {
  readonly client: Client;
  /** What came, in order. */
  readonly messages: ServerMessage[];
  /** The kinds of facts that came, speech as one, handles left out; from the nth message on. */
  story(from?: number): string[];
  said(from?: number): string;
  /** The newest. */
  handle(): string;
  callId(): string;
  /** Sends, and waits until the model has dealt with it and what it said to it has come. */
  tell(...messages: object[]): Promise<void>;
  /** Lets time pass, and waits until what was said meanwhile has come. */
  pass(ms: number): Promise<void>;
  greet(): Promise<void>;
  /** The caller says something that lasts so long. */
  speak(ms?: number): Promise<void>;
  answer(): Promise<void>;
  session(): Promise<SimulatedSession>;
}

export interface Faulty {
  readonly clock: ManualClock;
  readonly model: SimulatedModel;
  /** The faults that acted, in order. */
  readonly acted: string[];
  /** A socket that has sent nothing yet. */
  readonly dial: () => Promise<Caller>;
  /** A socket that has sent its setup, and had time to be ready. */
  readonly join: (handle?: string) => Promise<Caller>;
}

export async function faulty(
  faults: readonly FaultSource[],
  options: Partial<ModelOptions> = {},
): Promise<Faulty> {
  const clock = new ManualClock();
  const acted: string[] = [];
  const model = await start({
    clock,
    script: scriptOf(SCRIPT, '.'),
    faults,
    onFault: (fault) => acted.push(textOf(fault)),
    ...options,
  });
  let sockets = 0;
  const dial = async (): Promise<Caller> => {
    const client = connect(model);
    const number = ++sockets;
    const caller = callerOf(client, clock, () => model.session(number));
    await once(client.socket, 'open');
    return caller;
  };
  const join = async (handle?: string): Promise<Caller> => {
    const caller = await dial();
    await caller.tell({ setup: { ...SETUP, sessionResumption: handle === undefined ? {} : { handle } } });
    await caller.pass(SETUP_MS);
    return caller;
  };
  return { clock, model, acted, dial, join };
}

function callerOf(client: Client, clock: ManualClock, session: Caller['session']): Caller {
  const { socket } = client;
  const messages: ServerMessage[] = [];
  socket.on('message', (data: RawFrame) => messages.push(parse(data) ?? {}));
  // The server answers a ping after all that came before it, unless the socket is gone.
  const sync = async (): Promise<void> => {
    if (socket.readyState !== socket.OPEN) {
      await client.closed;
      return;
    }
    const pong = new Promise((resolve) => socket.once('pong', resolve));
    socket.ping();
    await Promise.race([pong, client.closed]);
  };
  const facts = (from = 0) => messages.slice(from).flatMap((message) => [...decode(message)]);
  const caller: Caller = {
    client,
    messages,
    session,
    story: (from) =>
      facts(from)
        .map(({ type }) => (type === 'audio' || type === 'agentSaid' ? 'speech' : type))
        .filter((type) => type !== 'resumption' && type !== 'usage')
        .filter((type, at, all) => type !== 'speech' || all[at - 1] !== 'speech'),
    said: (from) =>
      facts(from).reduce((said, fact) => said + (fact.type === 'agentSaid' ? fact.text : ''), ''),
    handle: () =>
      messages.findLast((it) => it.sessionResumptionUpdate)?.sessionResumptionUpdate?.newHandle ?? '',
    callId: () => messages.findLast(({ toolCall }) => toolCall)?.toolCall?.functionCalls?.[0]?.id ?? '',
    async tell(...told) {
      for (const message of told) client.send(message);
      await sync();
    },
    async pass(ms) {
      clock.advance(ms);
      await sync();
    },
    greet: () => caller.tell(prompt('greet')),
    async speak(ms = 1_000) {
      const data = Buffer.from(silence(PCM16_16K, ms)).toString('base64');
      await caller.tell(
        { realtimeInput: { activityStart: {} } },
        { realtimeInput: { audio: { data, mimeType: 'audio/pcm;rate=16000' } } },
        { realtimeInput: { activityEnd: {} } },
      );
    },
    answer: () =>
      caller.tell({
        toolResponse: {
          functionResponses: [{ id: caller.callId(), name: 'look', response: { name: 'Ada' } }],
        },
      }),
  };
  return caller;
}
