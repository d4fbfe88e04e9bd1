// Both sessions keep the same rules: Gemini over loopback sockets against a scripted model, and the double of it.
import { expect, test } from 'vitest';
import { bytesOfMs, PCM16_16K, PCM16_24K } from '../../src/audio/format.ts';
import { LivelineError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { apiKeyAccess } from '../../src/live/gemini/access.ts';
import { createGeminiLive } from '../../src/live/gemini/session.ts';
import type { ClientMessage } from '../../src/live/gemini/messages.ts';
import type {
  JsonObject,
  Modality,
  Resumption,
  SessionEvent,
  SessionListener,
  SessionSetup,
} from '../../src/live/session.ts';
import { sessionContract, type OpenRig, type SessionRig } from '../contracts/session.contract.ts';
import { FakeLive } from '../doubles/fake-session.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { voice } from './gemini/conversation-rig.ts';
import { startScriptedModel, until, type Peer } from './gemini/scripted-model.ts';

const setup: SessionSetup = {
  model: 'gemini-3.8-live',
  instructions: 'Be brief.',
  tools: [],
  voiceActivity: {},
  callerInterrupts: true,
};

const openFake: OpenRig = (to, resume) => {
  const session = new FakeLive().open({ ...setup, resume });
  session.listen(to);
  return Promise.resolve({
    session,
    model: {
      ready: () => session.ready(),
      remember: (handle) => void session.remember(handle),
      forget: () => Promise.try(() => session.ready('told')),
      say: (ms) => void session.say(ms),
      lateSound: (ms) => session.lateSound(ms),
      endTurn: () => session.endTurn(),
      idle: () => session.idle(),
      interrupt: () => session.interrupt(),
      callTools: (...calls) => session.callTools(...calls),
      cancelTools: (...ids) => session.cancelTools(...ids),
      callerSaid: (text) => session.callerSaid(text),
      agentSaid: (text) => session.agentSaid(text),
      used: (usage) => session.used(usage),
      hangUp: () => session.fail(),
      lose: () => Promise.try(() => session.lose()),
      comeBack: () => Promise.try(() => session.comeBack()),
      loseForGood: () => Promise.try(() => session.fail()),
    },
    caller: {
      speaks: () => session.callerSpeech('started'),
      stops: () => session.callerSpeech('ended'),
    },
    heard: {
      sound: () => Buffer.concat(session.sent),
      prompts: () => session.prompts,
      notes: () => session.told,
      connections: () => 1,
      answers: () => session.answers.map(({ name, response }) => ({ name, response })),
    },
    wait: () => undefined,
    settle: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  });
};

const openGemini = async (
  to: SessionListener,
  { detector = 'model', resume }: { detector?: 'model' | 'local'; resume?: Resumption | undefined } = {},
): Promise<SessionRig> => {
  const server = await startScriptedModel();
  const clock = new ManualClock();
  const ways = [apiKeyAccess({ apiKey: 'key', baseUrl: server.baseUrl, name: 'Gemini API' })];
  const session = createGeminiLive({ ways, clock, random: () => 0.5 }).open(
    { ...setup, voiceActivity: { detector }, resume },
    silentLog,
  );
  const events: SessionEvent[] = [];
  let closed = false;
  session.listen({
    onAudio: (pcm, turn) => to.onAudio(pcm, turn),
    onEvent: (event) => {
      events.push(event);
      to.onEvent(event);
    },
    recall: () => to.recall(),
  });
  // What goes on with a conversation dials in a tick of its own.
  clock.advance(0);
  let peer = await server.peer();
  const say = (ms: number): void => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 40) {
      const data = Buffer.alloc(bytesOfMs(PCM16_24K, Math.min(40, leftMs))).toString('base64');
      peer.send({
        serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data } }] } },
      });
    }
  };
  const count = (type: SessionEvent['type']): number => events.filter((event) => event.type === type).length;
  const once = async (type: SessionEvent['type'], after: () => void): Promise<void> => {
    const before = count(type);
    after();
    await until(() => count(type) > before);
  };
  /** The first dial is at once, the next ones wait up to half a second. */
  const redialled = async (before: Peer): Promise<void> => {
    const dials = server.peers.length;
    await until(() => before.closed !== undefined);
    await until(() => (clock.advance(50), server.peers.length > dials));
    peer = await server.peer();
  };
  const hangUp = (): void => peer.socket.close(1011, 'Internal error');
  const received = (): ClientMessage[] => server.peers.flatMap((one) => one.received);
  /** Without what a connection was told first of the talk before it. */
  const turns = (complete: boolean): string[] =>
    server.peers.flatMap(({ received: sent }) => {
      const [setup] = sent;
      const isTold = setup && 'setup' in setup && setup.setup.historyConfig !== undefined;
      return sent
        .flatMap((message) => ('clientContent' in message ? [message.clientContent] : []))
        .slice(isTold ? 1 : 0)
        .filter(({ turnComplete = false }) => turnComplete === complete)
        .flatMap(({ turns: said = [] }) =>
          said.flatMap(({ parts }) => parts?.map(({ text }) => text ?? '') ?? []),
        );
    });
  return {
    session: {
      get callerSpeaks() {
        return session.callerSpeaks;
      },
      ...{ hears: session.hears, speaks: session.speaks },
      listen: (listener) => session.listen(listener),
      send: (pcm) => session.send(pcm),
      holdSpeech: (held) => session.holdSpeech(held),
      letThrough: (sinceMs) => session.letThrough(sinceMs),
      prompt: (text) => session.prompt(text),
      inform: (text) => session.inform(text),
      takeTurn: () => session.takeTurn(),
      answerTool: (answer) => session.answerTool(answer),
      close: () => {
        closed = true;
        session.close();
      },
    },
    model: {
      ready: () => peer.send({ setupComplete: {} }),
      remember: (newHandle) => peer.send({ sessionResumptionUpdate: { newHandle, resumable: true } }),
      async forget() {
        const refused = peer;
        refused.socket.close(1008, 'Requested entity was not found.');
        await redialled(refused);
        await once('ready', () => peer.send({ setupComplete: {} }));
      },
      say,
      lateSound: say,
      endTurn: () => peer.send({ serverContent: { generationComplete: true } }),
      idle: () => peer.send({ serverContent: { turnComplete: true } }),
      interrupt: () => peer.send({ serverContent: { interrupted: true } }),
      callTools: (...calls) =>
        peer.send({
          toolCall: { functionCalls: calls.map((called) => ({ ...called, args: { ...called.args } })) },
        }),
      cancelTools: (...ids) => peer.send({ toolCallCancellation: { ids } }),
      callerSaid: (text) => peer.send({ serverContent: { inputTranscription: { text } } }),
      agentSaid: (text) => peer.send({ serverContent: { outputTranscription: { text } } }),
      used: (usage) =>
        peer.send({
          usageMetadata: {
            promptTokenCount: usage.promptTokens,
            responseTokenCount: usage.responseTokens,
            totalTokenCount: usage.totalTokens,
            cachedContentTokenCount: usage.cachedTokens,
            thoughtsTokenCount: usage.thoughtTokens,
            toolUsePromptTokenCount: usage.toolUseTokens,
            promptTokensDetails: detailsOf(usage.prompt),
            responseTokensDetails: detailsOf(usage.response),
          },
        }),
      hangUp,
      lose: () => once('switching', hangUp),
      async comeBack() {
        await redialled(peer);
        await once('switched', () => peer.send({ setupComplete: {} }));
      },
      async loseForGood() {
        server.refuse(401);
        await once('switching', hangUp);
        await once('failed', () => clock.advance(0));
      },
    },
    caller: {
      speaks: () => voice(500).forEach((piece) => session.send(piece)),
      stops: () => session.send(new Uint8Array(bytesOfMs(PCM16_16K, 600))),
    },
    heard: {
      sound: () =>
        Buffer.concat(
          peer.received.flatMap((message) =>
            'realtimeInput' in message
              ? [Buffer.from(message.realtimeInput.audio?.data ?? '', 'base64')]
              : [],
          ),
        ),
      prompts: () => turns(true),
      notes: () => turns(false),
      connections: () => server.peers.length,
      answers: () =>
        received().flatMap((message) =>
          'toolResponse' in message
            ? message.toolResponse.functionResponses.map(({ name, response }) => ({
                name,
                response: response as JsonObject,
              }))
            : [],
        ),
    },
    wait: () => clock.advance(60_000),
    async settle() {
      await peer.settle();
      // The model's end may be gone before ours has noticed.
      if (peer.closed && !closed) await until(() => count('switching') + count('failed') > 0);
    },
    dispose: () => server.stop(),
  };
};

/** In the words of the API. */
const detailsOf = (tokens: Readonly<Partial<Record<Modality, number>>>) =>
  Object.entries(tokens).map(([modality, tokenCount]) => ({ modality: modality.toUpperCase(), tokenCount }));

sessionContract('FakeSession', openFake);
sessionContract('Gemini', (to, resume) => openGemini(to, { resume }));

test('a local detector: the model is given what outlasts the hold, and of what does not it never hears', async () => {
  const told: string[] = [];
  const rig = await openGemini(
    {
      onAudio: () => undefined,
      onEvent: (event) => void told.push(event.type === 'callerSpeech' ? event.is : event.type),
      recall: () => [],
    },
    { detector: 'local' },
  );
  rig.model.ready();
  await rig.settle();
  rig.session.holdSpeech(true);
  rig.caller.speaks();
  rig.caller.stops();
  await rig.settle();
  expect([rig.heard.sound().length, told]).toEqual([0, ['ready', 'started']]);
  rig.caller.speaks();
  await rig.settle();
  expect(rig.heard.sound()).toHaveLength(0);
  rig.session.letThrough(Infinity);
  rig.session.holdSpeech(false);
  await rig.settle();
  const heard = Buffer.from(rig.heard.sound());
  expect(heard.subarray(-bytesOfMs(PCM16_16K, 500))).toEqual(Buffer.concat(voice(500)));
  rig.caller.stops();
  expect(told).toEqual(['ready', 'started', 'started', 'ended']);
  rig.session.close();
  await rig.dispose();
});

test('FakeLive keeps what it was opened with, and throws the refusal it is given', () => {
  const live = new FakeLive();
  const session = live.open(setup);
  expect(live.last).toBe(session);
  expect(live.setups).toEqual([setup]);
  live.refusal = new LivelineError('LIVE_SETUP_UNSUPPORTED', 'no');
  expect(() => live.open(setup)).toThrow('no');
});
