// Both sessions keep the same rules: Gemini over loopback sockets against a scripted model, and the double of it.
import { expect, test } from 'vitest';
import { bytesOfMs, PCM16_24K } from '../../src/audio/format.ts';
import { LivelineError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { createGeminiLive } from '../../src/live/gemini/session.ts';
import type { JsonObject, SessionSetup } from '../../src/live/session.ts';
import { sessionContract, type OpenRig } from '../contracts/session.contract.ts';
import { FakeLive } from '../doubles/fake-session.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { startScriptedModel, until } from './gemini/scripted-model.ts';

const setup: SessionSetup = {
  model: 'gemini-3.8-live',
  instructions: 'Be brief.',
  tools: [],
  voiceActivity: {},
  callerInterrupts: true,
};

const openFake: OpenRig = (to) => {
  const session = new FakeLive().open(setup);
  session.listen(to);
  return Promise.resolve({
    session,
    model: {
      ready: () => session.ready(),
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
    },
    heard: {
      sound: () => Buffer.concat(session.sent),
      prompts: () => session.prompts,
      answers: () => session.answers.map(({ name, response }) => ({ name, response })),
    },
    settle: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  });
};

const openGemini: OpenRig = async (to) => {
  const server = await startScriptedModel();
  const live = createGeminiLive({
    apiKey: 'key',
    baseUrl: server.baseUrl,
    clock: new ManualClock(),
  });
  const session = live.open(setup, silentLog);
  let over = false;
  session.listen({
    onAudio: (pcm, turn) => to.onAudio(pcm, turn),
    onEvent: (event) => {
      if (event.type === 'failed') over = true;
      to.onEvent(event);
    },
  });
  const peer = await server.peer();
  const say = (ms: number): void => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 40) {
      const data = Buffer.alloc(bytesOfMs(PCM16_24K, Math.min(40, leftMs))).toString('base64');
      peer.send({
        serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data } }] } },
      });
    }
  };
  return {
    session: {
      ...{ hears: session.hears, speaks: session.speaks },
      listen: (listener) => session.listen(listener),
      send: (pcm) => session.send(pcm),
      prompt: (text) => session.prompt(text),
      answerTool: (answer) => session.answerTool(answer),
      close: () => {
        over = true;
        session.close();
      },
    },
    model: {
      ready: () => peer.send({ setupComplete: {} }),
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
      used: ({ promptTokens, responseTokens, totalTokens }) =>
        peer.send({
          usageMetadata: {
            promptTokenCount: promptTokens,
            responseTokenCount: responseTokens,
            totalTokenCount: totalTokens,
          },
        }),
      hangUp: () => peer.socket.close(1011, 'Internal error'),
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
      prompts: () =>
        peer.received.flatMap((message) =>
          'clientContent' in message
            ? (message.clientContent.turns ?? []).flatMap(
                ({ parts }) => parts?.map(({ text }) => text ?? '') ?? [],
              )
            : [],
        ),
      answers: () =>
        peer.received.flatMap((message) =>
          'toolResponse' in message
            ? message.toolResponse.functionResponses.map(({ name, response }) => ({
                name,
                response: response as JsonObject,
              }))
            : [],
        ),
    },
    async settle() {
      await peer.settle();
      // The model's end may be gone before ours has noticed.
      if (peer.closed) await until(() => over);
    },
    dispose: () => server.stop(),
  };
};

sessionContract('FakeSession', openFake);
sessionContract('Gemini', openGemini);

test('FakeLive keeps what it was opened with, and throws the refusal it is given', () => {
  const live = new FakeLive();
  const session = live.open(setup);
  expect(live.last).toBe(session);
  expect(live.setups).toEqual([setup]);
  live.refusal = new LivelineError('LIVE_SETUP_UNSUPPORTED', 'no');
  expect(() => live.open(setup)).toThrow('no');
});
