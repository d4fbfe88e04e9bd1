import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { fastClock } from '../../src/simulator/fast-clock.ts';
import { agentsWith, durationMs, wav, world } from './rig.ts';

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

test.concurrent(
  'callers at the same moment are each greeted once; another voice is never the kept one, another file is heard at once',
  { timeout: 90_000 },
  async (context) => {
    const dir = agentsWith('', context);
    const there = await world(context, {}, { AGENTS_DIR: dir }, fastClock(3, systemClock));
    const { place, told, model, log } = there;
    const changes = (): number =>
      log.filter((line) => line.includes('the profiles changed: new calls take them')).length;
    const changed = async (change: () => void): Promise<void> => {
      const before = changes();
      change();
      await vi.waitFor(() => expect(changes()).toBe(before + 1), { timeout: 15_000 });
    };
    const profile = (lines: string): void =>
      writeFileSync(
        join(dir, 'receptionist.yaml'),
        `name: Desk\nnumbers: '*'\ninstructions: Greet.\ngreeting: ${GREETING}\n${lines}\n`,
      );
    /** Whence the greeting was, and for how long the agent was heard. */
    const greeted = async (): Promise<{ from: string | undefined; heardMs: number }> => {
      const call = place();
      await call.until('agentQuiet');
      call.hangUp();
      const { heardMs } = await call.done;
      return { from: told(call, 'greeting-played')[0]?.from, heardMs };
    };
    const spoken = { heardMs: expect.closeTo(durationMs('agent/greeting'), -2) as number };

    await changed(() => profile('voice: Kore'));
    expect(await Promise.all([greeted(), greeted()])).toMatchObject([
      { from: undefined, ...spoken },
      { from: undefined, ...spoken },
    ]);
    expect(await greeted()).toMatchObject({ from: 'cache', ...spoken });

    await changed(() => profile('voice: Puck'));
    expect(await greeted()).toMatchObject({ from: undefined, ...spoken });
    const { voiceName } =
      model.sessions.at(-1)!.setup!.generationConfig!.speechConfig!.voiceConfig!.prebuiltVoiceConfig!;
    expect(voiceName).toBe('Puck');

    const file = join(dir, 'greeting.wav');
    await changed(() => {
      writeFileSync(file, wav('caller/yes'));
      profile('greeting_audio: greeting.wav');
    });
    const short = await greeted();
    await changed(() => writeFileSync(file, wav('agent/greeting')));
    expect([short, await greeted()]).toMatchObject([
      { from: 'file', heardMs: expect.closeTo(durationMs('caller/yes'), -2) as number },
      { from: 'file', ...spoken },
    ]);
  },
);
