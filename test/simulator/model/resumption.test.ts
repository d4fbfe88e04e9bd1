// A conversation over several sockets.
import { describe, expect, test } from 'vitest';
import type { SimulatedModel } from '../../../src/simulator/model/server.ts';
import { type Client, MODEL, prompt, refused, saidOf, start, talking } from './socket-rig.ts';

describe('resumption', () => {
  const handleOf = async (client: Client): Promise<string> =>
    (await client.next(({ sessionResumptionUpdate }) => sessionResumptionUpdate?.resumable))
      .sessionResumptionUpdate!.newHandle!;
  const resume = (model: SimulatedModel, handle: string): Promise<Client> =>
    talking(model, { sessionResumption: { handle } });

  test('handles come only when asked for', async () => {
    const client = await talking(await start());
    client.send(prompt('hello'));
    let handles = 0;
    await client.next(({ sessionResumptionUpdate, serverContent }) => {
      if (sessionResumptionUpdate) handles++;
      return serverContent?.turnComplete;
    });
    expect(handles).toBe(0);
  });

  test('a handle takes the conversation up where it stood, on a new socket', async () => {
    const model = await start();
    const first = await talking(model, { sessionResumption: {} });
    first.send(prompt('greet'));
    expect(await saidOf(first)).toBe('Good day.');
    first.send(prompt('one'));
    expect(await saidOf(first)).toBe('First answer.');
    const handle = await handleOf(first);
    first.socket.close();
    await (await model.session(1)).until('closed');
    const second = await resume(model, handle);
    expect((await (await model.session(2)).until('setup')).resumed).toBe(true);
    second.send(prompt('two'));
    expect(await saidOf(second)).toBe('Second answer.');
  });

  test.each([
    ['settled', 1],
    ['always', 3],
  ] as const)('handles %s: %i while the model speaks', async (handles, expected) => {
    const client = await talking(await start({ handles }), { sessionResumption: {} });
    client.send(prompt('greet'));
    let issued = 0;
    await client.next(({ sessionResumptionUpdate, serverContent }) => {
      if (sessionResumptionUpdate) issued++;
      return serverContent?.turnComplete;
    });
    // The one that came with setupComplete, and with 'always' those at the reply's begin and at its end.
    expect(issued).toBe(expected);
  });

  test('a resume while the old socket is open is 1011, with another model 1007', async () => {
    const model = await start();
    const first = await talking(model, { sessionResumption: {} });
    const handle = await handleOf(first);
    const attempt = (name: string): Promise<{ code: number }> =>
      refused(model, { setup: { model: name, sessionResumption: { handle } } });
    expect(await attempt(MODEL)).toMatchObject({ code: 1011 });
    first.socket.terminate();
    await (await model.session(1)).until('closed');
    expect(await attempt('models/gemini-3.1-flash-live-preview')).toMatchObject({ code: 1007 });
  });
});
