// A tool that takes long: the caller may change their mind or hang up meanwhile, and what becomes of its late result.
import { expect, test, vi } from 'vitest';
import type { ScriptSource } from '../../src/simulator/model/script.ts';
import { ledger, openDesk, writingTool } from './desk.ts';
import { wav } from './rig.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 90_000 });

const WRITE = { name: 'write_line', args: { text: 'A line.' } };
const ANSWER = 'So it is written, as you said.';
const LEFT = 'Very well, I leave it.';
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
      files: writingTool({ ledger: file, takesMs: 4_000, effect }),
      script: SCRIPT,
    });
    const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });
    const session = await desk.model.session(1);
    await session.until('called');
    call.say(wav('caller/no'));
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
    const { id } = desk.told(call, 'tool-called')[0]!;
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
    call.say(wav('caller/no'));
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

test.concurrent.for([
  { kind: 'that changes something', effect: true, wrote: 'A line.' },
  { kind: 'that only looks', effect: false, wrote: 'aborted' },
])('the caller hangs up while a tool $kind runs: $wrote', async ({ effect, wrote }, context) => {
  const { file, lines } = ledger(context);
  const desk = await openDesk(context, {
    profile: profile('behavior: blocking'),
    files: writingTool({ ledger: file, takesMs: 3_000, effect, saysBegun: true }),
    script: SCRIPT,
  });
  const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });
  await vi.waitFor(() => expect(lines()).toEqual(['begun']), { timeout: 30_000 });
  call.hangUp();
  await call.done;
  await vi.waitFor(() => expect(lines()).toEqual(['begun', wrote]), { timeout: 15_000 });
  expect(desk.told(call, 'tool-done')).toEqual([]);
  expect(desk.told(call, 'call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]);
});

test.concurrent(
  'a tool that is not waited for: the caller is answered meanwhile, and the model of it in the end',
  async (context) => {
    const { file, lines } = ledger(context);
    const desk = await openDesk(context, {
      profile: profile('behavior: non-blocking'),
      files: writingTool({ ledger: file, takesMs: 4_000 }),
      script: SCRIPT,
    });
    const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });
    const session = await desk.model.session(1);
    await session.until('called');
    call.say(wav('caller/no'));
    await session.until('said', ({ text }) => text === LEFT);
    expect(lines()).toEqual([]);
    const { answer } = await session.until('toolAnswered');
    expect(answer.response).toMatchObject({ status: 'ok' });
    call.hangUp();
    await call.done;
    expect(lines()).toEqual([WRITE.args.text]);
    expect(desk.told(call, 'tool-cancelled')).toEqual([]);
    expect(desk.told(call, 'tool-done')).toMatchObject([{ response: { status: 'ok' } }]);
    expect(session.events.filter(({ type }) => type === 'toolAnswered')).toHaveLength(1);
  },
);
