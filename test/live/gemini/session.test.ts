// How a session with Gemini is opened; what it then does stands in conversation.test.ts and the contract.
import { afterEach, describe, expect, test } from 'vitest';
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

const open = (options: { baseUrl?: string; apiKey?: string } = {}) => {
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const gemini = createGeminiLive({ apiKey: 'key', baseUrl: 'http://127.0.0.1:9', clock, ...options });
  const live = {
    check: (wanted: SessionSetup) => gemini.check(wanted),
    open: (wanted: SessionSetup) => gemini.open(wanted, log),
  };
  return { live, clock, lines };
};

describe('opening', () => {
  test('an address or a key that no request can carry is told at once', () => {
    expect(() => open({ baseUrl: 'nowhere' })).toThrow(/GEMINI_BASE_URL/);
    expect(() => open({ apiKey: 'key\n' })).toThrow(/GEMINI_API_KEY/);
    expect(() => open({ apiKey: 'key\n' })).not.toThrow(/key\n/);
  });

  test('a setup that the model does not take throws, and nobody is dialled', async () => {
    model = await startScriptedModel();
    const { live, clock } = open({ baseUrl: model.baseUrl });
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
    const { live, lines } = open({ baseUrl: model.baseUrl });
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
    const { live, lines } = open({ baseUrl: model.baseUrl });
    const sessions = [live.open(setup), live.open(setup)];
    await until(() => model?.peers.length === 2);
    for (const peer of model.peers) {
      peer.send({ setupComplete: { sessionId: 's' } });
      await peer.settle();
    }
    expect(new Set(lines.map(({ session }) => session))).toEqual(new Set([1, 2]));
    for (const session of sessions) session.close();
  });

  test('a model that never answers ends the session after 10 s', async () => {
    model = await startScriptedModel();
    const { live, clock } = open({ baseUrl: model.baseUrl });
    const events: SessionEvent[] = [];
    const session = live.open(setup);
    session.listen({ onAudio: () => undefined, onEvent: (event) => void events.push(event) });
    await model.peer();
    clock.advance(9_999);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toMatchObject([{ type: 'failed', error: { code: 'LIVE_CONNECT_TIMEOUT' } }]);
    expect(clock.pending).toBe(0);
  });

  test('a session that nobody listens to ends quietly', async () => {
    model = await startScriptedModel();
    const { live } = open({ baseUrl: model.baseUrl });
    live.open(setup);
    const peer = await model.peer();
    peer.send({ setupComplete: {} }, { serverContent: { interrupted: true } });
    await peer.settle();
    peer.socket.close(1011, 'over');
    await until(() => peer.closed !== undefined);
  });
});
