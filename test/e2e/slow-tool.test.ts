// A tool that takes long: no dead air, a caller who may change their mind, and what becomes of its late result.
import { expect, test, vi } from 'vitest';
import { MULAW_DECODE } from '../../src/audio/g711.ts';
import type { ScriptSource } from '../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { SAMPLES_PER_MS } from '../../src/simulator/phone/track.ts';
import { ledger, openDesk, writingTool } from './desk.ts';
import { wav } from './rig.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 90_000 });

/** Beyond what the profile bears: the line's way, and the soft beginning of a comfort sound. */
const LEEWAY_MS = 600;
/** About -50 dB: what is softer nobody hears on a phone. */
const AUDIBLE = 100;
const FRAME_MS = 20;

const WRITE = { name: 'write_line', args: { text: 'A line.' } };
const ANSWER = 'So it is written, as you said.';
const LEFT = 'Very well, I leave it. What else can I do for you today?';
const ON = 'Then let us go on.';
const SCRIPT: ScriptSource = {
  name: 'slow',
  greeting: { say: 'Hello.' },
  turns: [
    { hears: 'Yes.', steps: [{ call: WRITE }, { say: ANSWER }] },
    { hears: 'No, leave it.', steps: [{ say: LEFT }] },
    { hears: 'Yes.', steps: [{ say: ON }] },
  ],
};
const AFTER_ALL = 'has come to its end after all';
const profile = (more: string): string => `tools: [./my-tools.ts, { name: write_line, ${more} }]`;

/** The longest time between two clock times in which nothing was audible at the caller's ear. */
function longestSilenceMs(call: PhoneCall, fromMs: number, toMs: number): number {
  let [longestMs, heardAtMs] = [0, fromMs];
  const heard = (atMs: number): void => {
    longestMs = Math.max(longestMs, atMs - heardAtMs);
    heardAtMs = atMs;
  };
  for (const stretch of call.ear?.heard() ?? [])
    for (let at = 0; at < stretch.sound.length; at += FRAME_MS * SAMPLES_PER_MS) {
      const atMs = stretch.fromMs + at / SAMPLES_PER_MS;
      const frame = stretch.sound.subarray(at, at + FRAME_MS * SAMPLES_PER_MS);
      if (atMs < fromMs || atMs > toMs) continue;
      if (frame.some((code) => Math.abs(MULAW_DECODE[code]!) > AUDIBLE)) heard(atMs);
    }
  heard(toMs);
  return longestMs;
}

test.concurrent.for([
  { takesMs: 10_000, deadAirMs: 4_000, more: '' },
  { takesMs: 6_000, deadAirMs: 1_500, more: 'dead_air_ms: 1500' },
])(
  'a blocking tool that takes $takesMs ms: no silence is longer than $deadAirMs ms',
  async ({ takesMs, deadAirMs, more }, context) => {
    const { file, lines } = ledger(context);
    const desk = await openDesk(context, {
      profile: `${profile('behavior: blocking')}\n${more}`,
      files: writingTool({ ledger: file, takesMs }),
      script: SCRIPT,
    });
    const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });
    await call.until('saidEnd');
    const fromMs = performance.now();
    const session = await desk.model.session(1);
    await session.until('toolAnswered');
    const doneMs = performance.now();
    await session.until('generationComplete', ({ atMs }) => atMs > doneMs);
    await call.until('agentQuiet');
    const silenceMs = longestSilenceMs(call, fromMs, performance.now() - 700);
    call.hangUp();
    await call.done;

    expect(doneMs - fromMs, 'it was waited for').toBeGreaterThanOrEqual(takesMs);
    expect(silenceMs).toBeLessThanOrEqual(deadAirMs + LEEWAY_MS);
    // It was silence that was filled, and not talk.
    expect(silenceMs).toBeGreaterThan(deadAirMs / 2);
    expect(lines()).toEqual([WRITE.args.text]);
    expect(desk.told(call, 'watchdog')).toEqual([]);
    expect(desk.told(call, 'tool-done')).toMatchObject([{ response: { status: 'ok' } }]);
    expect((await desk.record(call)).turns.at(-1)).toMatchObject({ who: 'agent', text: ANSWER });
  },
);

test.concurrent.for<{ says: string; effect: boolean; more: string; told: boolean; wrote: string }>([
  { says: 'tell', effect: true, more: ', late_result: tell', told: true, wrote: 'A line.' },
  {
    says: 'tell, of a tool that only looks',
    effect: false,
    more: ', late_result: tell',
    told: true,
    wrote: 'A line.',
  },
  { says: 'drop', effect: true, more: ', late_result: drop', told: false, wrote: 'A line.' },
])(
  'a caller who changes their mind is heard; late_result: $says',
  async ({ effect, more, told, wrote }, context) => {
    const { file, lines } = ledger(context);
    const desk = await openDesk(context, {
      profile: `${profile(`behavior: blocking${more}`)}\ndead_air_ms: 1500`,
      files: writingTool({ ledger: file, takesMs: 6_000, effect }),
      script: SCRIPT,
    });
    const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });
    const session = await desk.model.session(1);
    await session.until('called');
    call.say(wav('caller/interrupt'));
    await session.until('toolsCancelled');
    await session.until('said', ({ text }) => text === LEFT);
    expect(lines(), 'the conversation went on before it was done').toEqual([]);
    await vi.waitFor(() => expect(desk.told(call, 'tool-late')).toHaveLength(1), { timeout: 15_000 });
    if (told) await session.until('prompted', ({ text }) => text.includes(AFTER_ALL));
    // What it was told, it was told by the time that it has answered once more.
    call.say(wav('caller/yes'));
    await session.until('said', ({ text }) => text === ON);
    call.hangUp();
    await call.done;

    expect(lines()).toEqual([wrote]);
    const [{ id }] = desk.told(call, 'tool-called') as [{ id: string }];
    expect(desk.told(call, 'tool-cancelled')).toMatchObject([{ id }]);
    expect(desk.told(call, 'tool-done')).toEqual([]);
    expect(desk.told(call, 'tool-late')).toMatchObject([
      { id, after: 'cancelled', told, response: { status: 'ok' } },
    ]);
    const notes = session.events.filter(
      (event) => event.type === 'prompted' && event.text.includes(AFTER_ALL),
    );
    expect(notes).toHaveLength(told ? 1 : 0);
    const spoke = session.events.map(({ type }) => type);
    expect(
      spoke.filter((type) => type === 'replied' || type === 'speechEnded'),
      'it spoke to the caller alone',
    ).toEqual(['replied', ...[1, 2, 3].flatMap(() => ['speechEnded', 'replied'])]);
    expect(session.events.filter(({ type }) => type === 'toolAnswered')).toEqual([]);
    const record = await desk.record(call);
    expect(record.tools).toMatchObject([{ id, state: 'cancelled' }]);
    expect(record.events).toContainEqual(
      expect.objectContaining({
        type: 'tool-late',
        facts: expect.objectContaining({ tool: 'write_line', told, after: 'cancelled' }) as object,
      }),
    );
    expect(record.turns.map(({ text }) => text).join(' ')).not.toContain(ANSWER);
  },
);

test.concurrent(
  'a tool that only looks, late_result: drop: it is aborted, and nobody is told',
  async (context) => {
    const { file, lines } = ledger(context);
    const desk = await openDesk(context, {
      profile: profile('behavior: blocking, late_result: drop'),
      files: writingTool({ ledger: file, takesMs: 20_000, effect: false }),
      script: SCRIPT,
    });
    const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });
    const session = await desk.model.session(1);
    await session.until('called');
    call.say(wav('caller/interrupt'));
    await vi.waitFor(() => expect(lines()).toEqual(['aborted']), { timeout: 15_000 });
    await session.until('said', ({ text }) => text === LEFT);
    call.say(wav('caller/yes'));
    await session.until('said', ({ text }) => text === ON);
    call.hangUp();
    await call.done;
    expect(lines()).toEqual(['aborted']);
    expect(desk.told(call, 'tool-late')).toEqual([]);
    expect(session.events.filter(({ type }) => type === 'prompted')).toHaveLength(1);
    expect((await desk.record(call)).tools).toMatchObject([{ state: 'cancelled', response: null }]);
  },
);

test.concurrent(
  'a tool that takes longer than it may: the model is told so, and then what came of it',
  async (context) => {
    const { file, lines } = ledger(context);
    const desk = await openDesk(context, {
      profile: profile('timeout_ms: 1000'),
      files: writingTool({ ledger: file, takesMs: 4_000 }),
      script: {
        ...SCRIPT,
        turns: [{ hears: 'Yes.', steps: [{ call: WRITE }, { say: 'It takes a while.' }] }],
      },
    });
    const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });
    const session = await desk.model.session(1);
    const { answer } = await session.until('toolAnswered');
    expect(answer.response).toMatchObject({ status: 'error' });
    expect(lines()).toEqual([]);
    await session.until('prompted', ({ text }) => text.includes(AFTER_ALL));
    call.hangUp();
    await call.done;
    expect(lines()).toEqual([WRITE.args.text]);
    const record = await desk.record(call);
    expect(record.tools).toMatchObject([
      { state: 'done', cause: expect.stringMatching(/^TOOL_TIMED_OUT: /) as string },
    ]);
    expect(record.events).toContainEqual(
      expect.objectContaining({
        type: 'tool-late',
        facts: expect.objectContaining({ told: true, after: 'timed-out' }) as object,
      }),
    );
  },
);
