// How a session with Gemini is opened; what it then does stands in conversation.test.ts and the contract.
import { afterEach, describe, expect, test } from 'vitest';
import { apiKeyAccess, type Access } from '../../../src/live/gemini/access.ts';
import { googleCloudAccess } from '../../../src/live/gemini/google-cloud.ts';
import { createGeminiLive } from '../../../src/live/gemini/session.ts';
import type { SessionEvent, SessionSetup } from '../../../src/live/session.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { recordingLog } from './recording-log.ts';
import { startScriptedModel, until, type ScriptedModel } from './scripted-model.ts';

const setup: SessionSetup = {
  model: 'gemini-3.8-live',
  instructions: '',
  tools: [],
  voiceActivity: {},
  callerInterrupts: true,
};

let model: ScriptedModel | undefined;
afterEach(async () => {
  await model?.stop();
  model = undefined;
});

const open = (...ways: Access[]) => {
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const gemini = createGeminiLive({ ways, clock, random: () => 0.5 });
  const live = {
    check: (wanted: SessionSetup) => gemini.check(wanted),
    open: (wanted: SessionSetup) => gemini.open(wanted, log),
  };
  return { live, clock, lines };
};
const at = (baseUrl: string): Access => apiKeyAccess({ apiKey: 'key', baseUrl, name: 'Gemini API' });

describe('opening', () => {
  test('a setup that the model does not take throws, and nobody is dialled', async () => {
    model = await startScriptedModel();
    const { live, clock } = open(at(model.baseUrl));
    const refused = { ...setup, model: 'gemini-3.1-flash-live-preview', voice: 'en-us-tavi' };
    const refusal: unknown = expect.objectContaining({
      code: 'LIVE_SETUP_UNSUPPORTED',
      message: expect.stringMatching(/gemini-3\.1-flash-live-preview .* voice/) as unknown,
    });
    expect(() => live.check(refused)).toThrow(refusal);
    expect(() => live.open(refused)).toThrow(refusal);
    live.check(setup);
    expect(clock.pending).toBe(0);
    expect(model.peers).toEqual([]);
  });

  test('an unknown model is dialled, and said once', async () => {
    model = await startScriptedModel();
    const { live, lines } = open(at(model.baseUrl));
    const first = live.open({ ...setup, model: 'gemini-9-live' });
    const second = live.open({ ...setup, model: 'models/gemini-9-live' });
    const peer = await model.peer();
    expect(peer.received).toMatchObject([{ setup: { model: 'models/gemini-9-live' } }]);
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([{ model: 'gemini-9-live' }]);
    first.close();
    second.close();
  });

  test('two sessions are two sockets, and the log tells them apart', async () => {
    model = await startScriptedModel();
    const { live, lines } = open(at(model.baseUrl));
    const sessions = [live.open(setup), live.open(setup)];
    await until(() => model?.peers.length === 2);
    for (const peer of model.peers) {
      peer.send({ setupComplete: {} }, { goAway: { timeLeft: '50s' } });
      await peer.settle();
    }
    expect(new Set(lines.map(({ session }) => session))).toEqual(new Set([1, 2]));
    for (const session of sessions) session.close();
  });

  test('a model that never answers is given 10 s, is asked once more, and then given up', async () => {
    model = await startScriptedModel();
    const { live, clock } = open(at(model.baseUrl));
    const events: SessionEvent[] = [];
    const session = live.open(setup);
    session.listen({
      onAudio: () => undefined,
      onEvent: (event) => void events.push(event),
      recall: () => [],
    });
    await model.peer();
    clock.advance(10_000);
    await until(() => model?.peers.length === 2);
    clock.advance(9_999);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toMatchObject([{ type: 'failed', error: { code: 'LIVE_CONNECT_TIMEOUT' } }]);
    expect(clock.pending).toBe(0);
  });

  test('a session that nobody listens to goes on quietly', async () => {
    model = await startScriptedModel();
    const { live, clock } = open(at(model.baseUrl));
    const session = live.open(setup);
    const peer = await model.peer();
    peer.send({ setupComplete: {} }, { serverContent: { interrupted: true } });
    await peer.settle();
    peer.socket.close(1011, 'over');
    await until(() => peer.closed !== undefined);
    await until(() => {
      clock.advance(0);
      return model?.peers.length === 2;
    });
    session.close();
    expect(clock.pending).toBe(0);
  });
});

describe('two ways in', () => {
  const cloud = (baseUrl: string): Access =>
    googleCloudAccess({
      ...{ project: 'p', location: 'us-central1', baseUrl, name: 'Google Cloud' },
      token: () => Promise.resolve('a-token'),
    });

  test('a setup is judged for both, in the words of each', async () => {
    model = await startScriptedModel({ refuseWith: 401 });
    const other = await startScriptedModel();
    const { live, clock } = open(at(model.baseUrl), cloud(other.baseUrl));
    const session = live.open(setup);
    await until(() => {
      clock.advance(0);
      return other.peers.length > 0;
    });
    const peer = await other.peer();
    expect(peer.received).toMatchObject([
      { setup: { model: 'projects/p/locations/us-central1/publishers/google/models/gemini-3.8-live' } },
    ]);
    expect(peer.headers.authorization).toBe('Bearer a-token');
    session.close();
    await other.stop();
  });

  test('a model that one of them does not serve is refused, with the name of the way and a model that it serves', () => {
    const { live, clock } = open(at('http://127.0.0.1:9'), cloud('http://127.0.0.1:9'));
    const refusal = (model: string, way: string): unknown =>
      expect.objectContaining({
        code: 'LIVE_SETUP_UNSUPPORTED',
        message: `model ${model} is not served by ${way}: set model to one that is, such as gemini-3.8-live`,
      });
    for (const [model, way] of [
      ['gemini-3.1-flash-live-preview', 'Google Cloud'],
      ['gemini-live-2.5-flash-native-audio', 'Gemini API'],
    ] as const) {
      expect(() => live.check({ ...setup, model })).toThrow(refusal(model, way));
      expect(() => live.open({ ...setup, model: `models/${model}` })).toThrow(refusal(model, way));
    }
    live.check({ ...setup, model: 'gemini-9-live' });
    expect(clock.pending).toBe(0);
    open(cloud('http://127.0.0.1:9')).live.check({ ...setup, model: 'gemini-live-2.5-flash-native-audio' });
  });

  test('what only one of them takes is refused by both', () => {
    const { live } = open(at('http://127.0.0.1:9'), cloud('http://127.0.0.1:9'));
    const tool = {
      ...{ name: 'note', description: 'Notes.', parameters: { type: 'object' } },
      ...{ behavior: 'non-blocking' as const, scheduling: 'silent' as const },
    };
    expect(() => live.check({ ...setup, tools: [tool] })).toThrow(
      expect.objectContaining({ code: 'LIVE_SETUP_UNSUPPORTED' }),
    );
    open(at('http://127.0.0.1:9')).live.check({ ...setup, tools: [tool] });
  });
});
