// The simulated model as Google Cloud would serve it: what its messages lack there, and answers without ids.
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCloud, withIds } from '../../../src/simulator/model/cloud.ts';
import { scriptOf } from '../../../src/simulator/model/script.ts';
import { connect, MODEL, prompt, start, type Client } from './socket-rig.ts';

const PATH = '/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent';
const CLOUD_MODEL = 'projects/p/locations/us-central1/publishers/google/models/gemini-3.8-live';

describe('on the wire', () => {
  test('calls lose their ids and usage has its other names; the rest stays', () => {
    const setupComplete = { sessionId: 's' };
    expect(
      toCloud({
        setupComplete,
        toolCall: { functionCalls: [{ id: 'f', name: 'a', args: { b: 1 } }] },
        usageMetadata: { promptTokenCount: 1, responseTokenCount: 2, totalTokenCount: 3 },
      }),
    ).toEqual({
      setupComplete,
      toolCall: { functionCalls: [{ name: 'a', args: { b: 1 } }] },
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
    });
    expect(toCloud({ toolCall: {}, serverContent: { interrupted: true } })).toEqual({
      toolCall: {},
      serverContent: { interrupted: true },
    });
  });
});

test('answers without ids find each a call of their name, the oldest first, and none twice', () => {
  const name = fc.constantFrom('look_up', 'take', 'end');
  fc.assert(
    fc.property(fc.array(name, { maxLength: 8 }), fc.array(name, { maxLength: 8 }), (called, answered) => {
      const pending = new Map(called.map((name, at) => [`call-${at}`, { name }]));
      const found = withIds(
        answered.map((name) => ({ name, response: {} })),
        pending,
      );
      const ids = found.map(({ id }) => id!);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { id, name } of found) expect(pending.get(id!)?.name).toBe(name);
      for (const wanted of ['look_up', 'take', 'end']) {
        const of = (names: string[]) => names.filter((each) => each === wanted).length;
        const ofName = found.filter(({ name }) => name === wanted).map(({ id }) => id!);
        expect(ofName).toHaveLength(Math.min(of(called), of(answered)));
        expect(ofName).toEqual([...pending.keys()].filter((id) => ofName.includes(id)));
      }
      expect(pending.size).toBe(called.length);
    }),
  );
});

describe('over a socket', () => {
  const script = scriptOf(
    {
      name: 'calling',
      greeting: { say: 'Hello.' },
      turns: [{ steps: [{ call: { name: 'look_up' } }, { say: 'Found {{look_up.name}}.' }] }],
    },
    '.',
  );
  const setup = {
    setup: {
      model: CLOUD_MODEL,
      outputAudioTranscription: {},
      tools: [
        { functionDeclarations: [{ name: 'look_up', description: 'Looks up.', behavior: 'BLOCKING' }] },
      ],
    },
  };
  async function open(): Promise<Client> {
    const model = await start({ script, apiKey: 'the-token' });
    const client = connect(model, { authorization: 'Bearer the-token' }, PATH);
    await once(client.socket, 'open');
    return client;
  }

  test('a call without an id is answered without one, and the talk goes on', async () => {
    const client = await open();
    client.send(setup);
    await client.next(({ setupComplete }) => setupComplete);
    client.send(prompt('Greet.'));
    const greeted = await client.next(({ usageMetadata }) => usageMetadata);
    expect(greeted.usageMetadata).not.toHaveProperty('responseTokenCount');
    expect(greeted.usageMetadata?.candidatesTokenCount).toBeGreaterThan(0);
    client.send(prompt('Look me up.'));
    const { toolCall } = await client.next((message) => message.toolCall);
    expect(toolCall).toEqual({ functionCalls: [{ name: 'look_up', args: {} }] });
    const functionResponses = [{ name: 'look_up', response: { name: 'Ada' } }];
    client.send({ toolResponse: { functionResponses } });
    let said = '';
    await client.next(({ serverContent }) => {
      said += serverContent?.outputTranscription?.text ?? '';
      return serverContent?.turnComplete;
    });
    expect(said.trim()).toBe('Found Ada.');
    // Nobody waits for it any more: as after a cancellation, whose ids the client never saw.
    client.send({ toolResponse: { functionResponses } });
    client.send({ toolResponse: { functionResponses: [] } });
    expect(await client.closed).toMatchObject({ code: 1007 });
  });

  test('a model named as with a key is not found', async () => {
    const client = await open();
    client.send({ setup: { model: MODEL } });
    expect(await client.closed).toMatchObject({ code: 1008 });
  });
});
