import { expect, test } from 'vitest';
import { durationMs, wav, world } from './rig.ts';

const GREETING = 'Hello, this is Liveline at Harbour Dental. How can I help you?';
/** A frame and the line's own filter delay. */
const EDGE_MS = 40;

test.concurrent(
  'the second caller is greeted before the model is there, once; the model knows, and the talk goes on',
  async (context) => {
    const { place, told, model, notices } = await world(context, { setupMs: 1_500 });
    const agentSaid = (call: ReturnType<typeof place>) =>
      [...new Map(told(call, 'transcript').map(({ entry }) => [entry.n, entry])).values()].filter(
        ({ who }) => who === 'agent',
      );

    const first = place();
    await first.until('agentQuiet');
    first.hangUp();
    await first.done;
    expect(told(first, 'greeting-played')).toEqual([]);
    expect(model.sessions[0]!.events.filter(({ type }) => type === 'replied')).toHaveLength(1);

    const second = place({ script: [{ say: wav('caller/hello-opening-hours') }] });
    await second.until('agentStarted');
    expect(model.sessions[1]?.events.filter(({ type }) => type === 'ready') ?? []).toEqual([]);
    const note = await model.sessions[1]!.until('prompted');
    expect(note.text).toContain(GREETING);
    expect(note.text).not.toContain('Greet the caller now');

    // What the model says first is the answer to the caller.
    const spoke = await second.until('saidEnd');
    const heardBefore = second.heardMs;
    expect(Math.abs(heardBefore - durationMs('agent/greeting'))).toBeLessThanOrEqual(2 * EDGE_MS);
    const { greeting } = await model.sessions[1]!.until('replied');
    expect(greeting).toBe(false);
    await second.until('agentStarted', ({ atMs }) => atMs > spoke.atMs);
    second.hangUp();
    await second.done;

    const types = notices.filter(({ callId }) => callId === second.callSid).map(({ type }) => type);
    expect(told(second, 'greeting-played')).toMatchObject([{ from: 'cache' }]);
    expect(types.indexOf('greeting-played')).toBeLessThan(types.indexOf('session-ready'));
    expect(agentSaid(second)).toMatchObject([
      { text: GREETING, heard: GREETING, state: 'done' },
      { text: expect.stringMatching(/^On Saturdays/) as string },
    ]);
    expect(second.events.filter(({ type }) => type === 'cleared')).toEqual([]);
    expect(model.sessions[1]!.events.filter(({ type }) => type === 'prompted')).toHaveLength(1);
  },
);
