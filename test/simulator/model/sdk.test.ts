// Google's own SDK judges the simulated model: a whole conversation through `live.connect`, over a real socket.
import {
  FunctionResponse,
  GoogleGenAI,
  LiveSendToolResponseParameters,
  Modality,
  type LiveServerMessage,
  type Session,
} from '@google/genai';
import { afterEach, expect, test } from 'vitest';
import { bytesOfMs, PCM16_16K, silence } from '../../../src/audio/format.ts';
import { scriptOf } from '../../../src/simulator/model/script.ts';
import { startModel, type SimulatedModel } from '../../../src/simulator/model/server.ts';
import { FAST_CLOCK } from './socket-rig.ts';
import { voice } from './talk-rig.ts';

const LONG = 'This is a long answer that goes on for quite a while, so that there is time to speak over it.';
const SCRIPT = scriptOf(
  {
    name: 'conversation',
    greeting: { say: 'Hello.' },
    turns: [
      { hears: 'When are you open?', steps: [{ say: LONG }] },
      {
        hears: 'Who am I?',
        steps: [{ call: { name: 'look_up_contact' } }, { say: 'You are {{look_up_contact.name}}.' }],
      },
    ],
  },
  '.',
);

let model: SimulatedModel | undefined;
afterEach(() => model?.close());

const clientOf = ({ url }: SimulatedModel): GoogleGenAI =>
  new GoogleGenAI({ apiKey: 'rehearsal', apiVersion: 'v1beta', httpOptions: { baseUrl: url } });

/** What the SDK handed to its user, and a way to wait for more. */
class Inbox {
  readonly all: LiveServerMessage[] = [];
  closed: { code: number; reason: string } | undefined;
  #wake: () => void = () => {};
  #read = 0;

  readonly callbacks = {
    onmessage: (message: LiveServerMessage) => {
      this.all.push(message);
      this.#wake();
    },
    onclose: ({ code, reason }: { code: number; reason: string }) => {
      this.closed = { code, reason };
      this.#wake();
    },
  };

  /** The messages up to the next one of which this is true. */
  async upTo(wanted: (message: LiveServerMessage) => unknown): Promise<LiveServerMessage[]> {
    const from = this.#read;
    for (;;) {
      while (this.#read < this.all.length)
        if (wanted(this.all[this.#read++]!)) return this.all.slice(from, this.#read);
      if (this.closed !== undefined) throw new Error(`closed: ${this.closed.code} ${this.closed.reason}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function speak(session: Session, pcm: Uint8Array): void {
  const chunkBytes = bytesOfMs(PCM16_16K, 40);
  for (let at = 0; at < pcm.length; at += chunkBytes) {
    const data = Buffer.from(pcm.subarray(at, at + chunkBytes)).toString('base64');
    session.sendRealtimeInput({ audio: { data, mimeType: 'audio/pcm;rate=16000' } });
  }
}
const hush = (session: Session): void => speak(session, silence(PCM16_16K, 700));

const turnComplete = (message: LiveServerMessage): boolean | undefined => message.serverContent?.turnComplete;
const heard = (messages: LiveServerMessage[]): string =>
  messages.map((message) => message.serverContent?.inputTranscription?.text ?? '').join('');
const said = (messages: LiveServerMessage[]): string =>
  messages.map((message) => message.serverContent?.outputTranscription?.text ?? '').join('');
const soundBytes = (messages: LiveServerMessage[]): number =>
  messages.reduce((sum, { data }) => sum + Buffer.from(data ?? '', 'base64').length, 0);

test('a whole conversation: greeting, question, interruption, function call, close', async () => {
  model = await startModel({ script: SCRIPT, thinkMs: 20, setupMs: 10, paceFactor: 8 });
  const inbox = new Inbox();
  const session = await clientOf(model).live.connect({
    model: 'gemini-3.8-live',
    config: {
      responseModalities: [Modality.AUDIO],
      speechConfig: { languageCode: 'en-US', voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      systemInstruction: 'You are a receptionist.',
      tools: [{ functionDeclarations: [{ name: 'look_up_contact', description: 'Who is calling.' }] }],
      inputAudioTranscription: {},
      outputAudioTranscription: {},
      sessionResumption: {},
      contextWindowCompression: { triggerTokens: '25600', slidingWindow: { targetTokens: '12800' } },
      realtimeInputConfig: { automaticActivityDetection: { silenceDurationMs: 500, prefixPaddingMs: 20 } },
    },
    callbacks: inbox.callbacks,
  });

  session.sendClientContent({ turns: [{ role: 'user', parts: [{ text: 'The call just connected.' }] }] });
  const greeting = await inbox.upTo(turnComplete);
  expect(greeting[0]?.setupComplete).toBeDefined();
  expect(greeting.some(({ sessionResumptionUpdate }) => sessionResumptionUpdate?.newHandle)).toBe(true);
  expect(said(greeting)).toBe('Hello.');
  expect(soundBytes(greeting)).toBeGreaterThan(10_000);
  expect(greeting.at(-1)?.usageMetadata?.responseTokenCount).toBeGreaterThan(0);

  speak(session, voice('hello-opening-hours'));
  hush(session);
  const question = await inbox.upTo((message) => said([message]).includes('goes on'));
  expect(heard(question)).toBe('When are you open?');

  speak(session, voice('look-me-up'));
  const cut = await inbox.upTo(turnComplete);
  expect(cut.some(({ serverContent }) => serverContent?.interrupted)).toBe(true);
  hush(session);

  const calling = await inbox.upTo(({ toolCall }) => toolCall);
  expect(calling.some(({ serverContent }) => serverContent?.generationComplete)).toBe(false);
  expect(heard(calling)).toBe('Who am I?');
  const call = calling.at(-1)!.toolCall!.functionCalls![0]!;
  expect(call.name).toBe('look_up_contact');
  const response = { id: call.id!, name: call.name!, response: { name: 'Ada Moreno' } };
  session.sendToolResponse(
    Object.assign(new LiveSendToolResponseParameters(), {
      functionResponses: [Object.assign(new FunctionResponse(), response)],
    }),
  );
  const answer = await inbox.upTo(turnComplete);
  expect(said(answer).trim()).toBe('You are Ada Moreno.');
  expect(answer.filter(({ serverContent }) => serverContent?.generationComplete)).toHaveLength(1);

  session.close();
  const seen = await model.session(1);
  expect(await seen.until('closed')).toMatchObject({ code: 1005 });
  expect(seen.keyIn).toBe('query');
  expect(seen.events.map(({ type }) => type)).not.toContain('refused');
});

test('a setup that is refused rejects connect with our words', async () => {
  const started = (model = await startModel({ script: SCRIPT, setupMs: 10 }));
  const attempt = clientOf(started).live.connect({
    model: 'gemini-3.8-live',
    config: { responseModalities: [Modality.AUDIO], thinkingConfig: { thinkingBudget: 0 } },
    callbacks: new Inbox().callbacks,
  });
  await expect(attempt).rejects.toThrow(/Thinking level is not supported for this model/);
});

test('what the SDK resumes with a handle goes on where it stood', async () => {
  const started = (model = await startModel({ script: SCRIPT, clock: FAST_CLOCK }));
  const open = async (handle?: string): Promise<{ session: Session; inbox: Inbox }> => {
    const inbox = new Inbox();
    const session = await clientOf(started).live.connect({
      model: 'gemini-3.8-live',
      config: {
        responseModalities: [Modality.AUDIO],
        outputAudioTranscription: {},
        sessionResumption: handle === undefined ? {} : { handle },
      },
      callbacks: inbox.callbacks,
    });
    return { session, inbox };
  };
  const first = await open();
  first.session.sendClientContent({ turns: 'Greet.' });
  expect(said(await first.inbox.upTo(turnComplete))).toBe('Hello.');
  const update = await first.inbox.upTo(({ sessionResumptionUpdate }) => sessionResumptionUpdate);
  first.session.close();
  await (await started.session(1)).until('closed');

  const second = await open(update.at(-1)!.sessionResumptionUpdate!.newHandle);
  second.session.sendClientContent({ turns: 'Go on.' });
  expect(said(await second.inbox.upTo(({ serverContent }) => serverContent?.generationComplete))).toBe(LONG);
  second.session.close();
});
