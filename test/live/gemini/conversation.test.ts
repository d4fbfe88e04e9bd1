// What a conversation makes of the model's messages, and of what the call asks for, without a socket. What it does when a
// connection is lost stands in catch-up.test.ts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toolCallId } from '../../../src/base/ids.ts';
import type { Api } from '../../../src/live/gemini/access.ts';
import type { Ending } from '../../../src/live/gemini/close-policy.ts';
import type { ClientMessage } from '../../../src/live/gemini/messages.ts';
import { DEFAULT_MODEL, type SessionSetup, type ToolCall } from '../../../src/live/session.ts';
import {
  calls,
  CLOSED,
  COMPLETE,
  converse,
  EXTENDED,
  FLASH_3_1,
  frame,
  GENERATED,
  INTERRUPTED,
  READY,
  sound,
  soundOf,
  words,
} from './conversation-rig.ts';
import { fixture } from './fixture.ts';

/** A conversation that is under way. */
function talk(model = DEFAULT_MODEL) {
  const rig = converse({ model });
  rig.receive(READY);
  rig.told.length = rig.events.length = 0;
  return rig;
}

describe('the documented situations', () => {
  test.each<[string, string[]]>([
    [
      'normal-turn',
      [
        ...['caller: Are you', 'caller: open?', 'turnStarted 1', 'sound 1:8', 'agent 1:Yes, until'],
        ...['sound 1:4', 'agent 1: six.', 'turnEnded 1', 'idle'],
      ],
    ],
    [
      'several-fields',
      [
        ...['caller:Hi', 'turnStarted 1', 'sound 1:8', 'agent 1:Hello', 'used 12'],
        ...['sound 1:4', 'agent 1: there.', 'turnEnded 1', 'called fc1', 'idle'],
        ...['turnStarted 2', 'sound 2:8', 'interrupted ≤2', 'turnEnded 2'],
      ],
    ],
    ['several-parts', ['turnStarted 1', 'sound 1:8', 'sound 1:4', 'sound 1:8', 'turnEnded 1', 'idle']],
    ['thoughts', ['turnStarted 1', 'sound 1:8', 'turnEnded 1', 'idle']],
    [
      'interrupted-late-sound',
      [
        ...['turnStarted 1', 'sound 1:8', 'sound 1:8', 'interrupted ≤1', 'turnEnded 1'],
        ...['sound 1:4', 'agent 1:cut wor', 'sound 1:4', 'idle'],
        ...['turnStarted 2', 'sound 2:8', 'turnEnded 2', 'idle'],
      ],
    ],
    [
      'interrupted-when-quiet',
      [
        ...['interrupted ≤0', 'idle', 'turnStarted 1', 'sound 1:8', 'turnEnded 1'],
        ...['interrupted ≤1', 'idle'],
      ],
    ],
    ['tool-call-cancelled', ['called fc1 fc2', 'cancelled fc2', 'called fc3']],
    ['tool-call-without-ids', ['called unnamed-1 unnamed-2']],
    ['usage', ['used 150', 'idle', 'used 170', 'used 12', 'used 5']],
    ['go-away', []],
    ['resumption', ['remembered h-1']],
    ['text-only-turn', ['idle']],
    [
      'words-before-sound',
      [
        ...[
          'turnStarted 1',
          'agent 1:Good',
          'agent 1: morning.',
          'sound 1:8',
          'turnEnded 1',
          'agent 1: Bye.',
        ],
        'idle',
      ],
    ],
    ['unknown-fields', []],
  ])('%s', (name, expected) => {
    const { receive, told } = talk();
    receive(...fixture(name));
    expect(told).toEqual(expected);
  });

  test('interrupted-no-turn-complete: the words that interrupt do not end the dead stretch, time does', () => {
    const { receive, told, clock } = talk();
    const messages = fixture('interrupted-no-turn-complete');
    const answer = messages.findLastIndex(({ serverContent }) => serverContent?.modelTurn);
    receive(...messages.slice(0, answer));
    clock.advance(500);
    receive(...messages.slice(answer));
    expect(told).toEqual([
      ...['turnStarted 1', 'sound 1:8', 'interrupted ≤1', 'turnEnded 1', 'sound 1:4', 'caller:No, tomorrow'],
      ...['turnStarted 2', 'sound 2:8', 'turnEnded 2', 'idle'],
    ]);
  });

  test('extended thinking: a filler ends its turn, and only IDLE is idle', () => {
    const { receive, told } = talk(EXTENDED);
    receive(...fixture('extended-thinking'));
    expect(told).toEqual([
      ...['turnStarted 1', 'sound 1:8', 'turnEnded 1', 'called fc1'],
      ...['turnStarted 2', 'sound 2:8', 'turnEnded 2', 'idle', 'idle'],
    ]);
  });

  test('extended thinking: IDLE alone ends a turn too', () => {
    const { receive, told } = talk(EXTENDED);
    receive(sound(), { interactionStatus: 'IDLE' });
    expect(told).toEqual(['turnStarted 1', 'sound 1:4', 'turnEnded 1', 'idle']);
  });

  test('a turn that the model broke off is logged with its reason; handles are not written out', () => {
    const { receive, lines } = talk();
    receive(...fixture('text-only-turn'), ...fixture('go-away'));
    receive(...fixture('resumption'));
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'warn', reason: 'MALFORMED_FUNCTION_CALL' }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ level: 'info', timeLeftMs: 9_500 }));
    expect(JSON.stringify(lines)).not.toContain('h-1');
  });
});

describe('after an interruption', () => {
  test('late sound is the dead turn’s for 499 ms when turnComplete does not come', () => {
    const { receive, told, clock } = talk();
    receive(sound(), INTERRUPTED);
    clock.advance(499);
    receive(sound(), words('late'));
    clock.advance(1);
    receive(sound());
    expect(told.slice(4)).toEqual(['sound 1:4', 'agent 1:late', 'turnStarted 2', 'sound 2:4']);
  });

  test('late sound does not lengthen the dead stretch; a second interruption does', () => {
    const { receive, told, clock } = talk();
    receive(sound(), INTERRUPTED);
    clock.advance(300);
    receive(INTERRUPTED);
    clock.advance(499);
    receive(sound());
    expect(told.slice(4)).toEqual(['interrupted ≤1', 'sound 1:4']);
    clock.advance(1);
    receive(sound());
    expect(told.slice(6)).toEqual(['turnStarted 2', 'sound 2:4']);
  });

  test('a tool call is the model at something new', () => {
    const { receive, told } = talk();
    receive(sound(), INTERRUPTED, { toolCall: { functionCalls: [{ id: 'a', name: 'b' }] } }, sound());
    expect(told.slice(4)).toEqual(['called a', 'turnStarted 2', 'sound 2:4']);
  });

  test('words of an answer that never sounded belong to no turn', () => {
    const { receive, told } = talk();
    receive(sound(), COMPLETE, words('never '), INTERRUPTED, words('heard'), COMPLETE, sound());
    expect(told.slice(4)).toEqual(['interrupted ≤1', 'idle', 'turnStarted 2', 'sound 2:4']);
  });

  test('a second interruption does not change whose the late words are', () => {
    const { receive, told } = talk();
    receive(INTERRUPTED, INTERRUPTED, words('never heard'), COMPLETE);
    receive(sound(), INTERRUPTED, INTERRUPTED, words('late'));
    expect(told.slice(3)).toEqual([
      ...['turnStarted 1', 'sound 1:4', 'interrupted ≤1', 'turnEnded 1', 'interrupted ≤1', 'agent 1:late'],
    ]);
  });

  test('a turn whose sound was all sent is not ended twice', () => {
    const { receive, told } = talk();
    receive(sound(), GENERATED, INTERRUPTED, words(' tail'), COMPLETE, COMPLETE);
    expect(told).toEqual([
      ...['turnStarted 1', 'sound 1:4', 'turnEnded 1', 'interrupted ≤1', 'agent 1: tail', 'idle', 'idle'],
    ]);
  });

  test('sound after generationComplete is a turn of its own', () => {
    const { receive, told } = talk();
    receive(sound(), GENERATED, sound(), COMPLETE);
    expect(told.slice(2)).toEqual(['turnEnded 1', 'turnStarted 2', 'sound 2:4', 'turnEnded 2', 'idle']);
  });
});

describe('before the model is ready', () => {
  test('the prompt given inside `ready` goes first, then what was kept, then what follows', () => {
    const { session, receive, sent, hooks } = converse();
    hooks.onEvent = ({ type }) => {
      if (type !== 'ready') return;
      session.send(frame(3));
      session.prompt('connected');
    };
    session.send(frame(1));
    session.prompt('early');
    session.send(frame(2));
    expect(sent()).toEqual([]);
    receive(READY);
    session.send(frame(4));
    const prompt = (text: string): ClientMessage => ({
      clientContent: { turns: [{ parts: [{ text }], role: 'user' }], turnComplete: true },
    });
    expect(sent().slice(0, 2)).toEqual([prompt('early'), prompt('connected')]);
    expect(sent().slice(2).map(soundOf)).toEqual([1, 2, 3, 4]);
  });

  test('30 s are kept; what is older is dropped, counted and logged once', () => {
    const { session, receive, sent, lines } = converse();
    for (let count = 0; count < 1_510; count += 1) session.send(frame(count % 250));
    receive(READY);
    expect(sent()).toHaveLength(1_500);
    expect(soundOf(sent()[0]!)).toBe(10);
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([{ lostMs: 200 }]);
  });

  test('closed inside `ready`, what was kept is not sent', () => {
    const { session, receive, sent, hooks } = converse();
    hooks.onEvent = () => session.close();
    session.send(frame(1));
    receive(READY);
    session.send(frame(2));
    expect(sent()).toEqual([]);
  });

  test('ready comes once', () => {
    const { receive, told } = converse();
    receive(READY, READY);
    expect(told).toEqual(['ready']);
  });
});

test('3.1 is nudged after every prompt', () => {
  const { session, sent } = talk(FLASH_3_1);
  session.prompt('connected');
  expect(sent()).toHaveLength(2);
  expect(sent()[1]).toEqual({ realtimeInput: { text: ' ' } });
});

describe('tool calls', () => {
  const answers = (sent: readonly ClientMessage[]): unknown[] =>
    sent.flatMap((message) => ('toolResponse' in message ? message.toolResponse.functionResponses : []));

  test('a call without an id gets one of ours, and its answer goes without', () => {
    const { session, receive, sent, events } = talk();
    receive(calls('unnamed-2', undefined), calls(undefined));
    const called = events.flatMap((event): readonly ToolCall[] =>
      event.type === 'toolsCalled' ? event.calls : [],
    );
    expect(new Set(called.map(({ id }) => id)).size).toBe(3);
    for (const { id } of called) session.answerTool({ id, name: 'misnamed', response: { ok: true } });
    expect(answers(sent())).toEqual([
      { id: 'unnamed-2', name: 'look_up', response: { ok: true } },
      { name: 'look_up', response: { ok: true } },
      { name: 'look_up', response: { ok: true } },
    ]);
  });

  test.each<[SessionSetup['tools'][number]['scheduling'], Api, object]>([
    ['when-idle', 'developer', { id: 'a', scheduling: 'WHEN_IDLE' }],
    ['silent', 'developer', { id: 'a', scheduling: 'SILENT' }],
    [undefined, 'developer', { id: 'a' }],
    [undefined, 'cloud', {}],
  ])('an answer scheduled %s, by the %s API, carries %j', (scheduling, api, expected) => {
    const behavior = 'non-blocking' as const;
    const tools = [{ name: 'look_up', description: '', parameters: {}, behavior, scheduling }];
    const { session, receive, sent } = converse({ api, wanted: { tools } });
    receive(READY, calls('a'));
    session.answerTool({ id: toolCallId('a'), name: 'look_up', response: { ok: true } });
    expect(answers(sent())).toEqual([{ name: 'look_up', response: { ok: true }, ...expected }]);
  });

  test('a call that comes again, also after its answer, is not told again', () => {
    const { session, receive, told, sent } = talk();
    receive(calls('a', 'a'));
    session.answerTool({ id: toolCallId('a'), name: 'look_up', response: {} });
    receive(calls('a'), { toolCallCancellation: { ids: ['a'] } });
    expect(told).toEqual(['called a']);
    expect(answers(sent())).toHaveLength(1);
  });

  test('a result that is no JSON still answers the call', () => {
    const { session, receive, sent, lines } = talk();
    receive(calls('a'));
    session.answerTool({ id: toolCallId('a'), name: 'look_up', response: { count: 1n } });
    expect(answers(sent())).toEqual([
      { id: 'a', name: 'look_up', response: { error: expect.any(String) as string } },
    ]);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', tool: 'look_up' }));
  });
});

describe('the end', () => {
  test('failed once and last when nothing more can be tried; nothing is sent or told after it', () => {
    const { session, receive, end, told, sent, clock, dialled } = converse();
    receive(READY, sound());
    end({ is: 'refused', status: 401, words: '' });
    end();
    receive(sound(), COMPLETE, INTERRUPTED);
    session.send(frame(1));
    session.prompt('x');
    session.inform('x');
    session.answerTool({ id: toolCallId('a'), name: 'x', response: {} });
    session.close();
    clock.advance(60_000);
    expect(told).toEqual(['ready', 'turnStarted 1', 'sound 1:4', 'turnEnded 1', 'switching', 'failed']);
    expect(sent()).toEqual([]);
    expect(dialled).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('never after close, which closes the socket once', () => {
    const { session, receive, end, told, last, clock } = converse();
    session.close();
    session.close();
    receive(READY, sound());
    end();
    expect(told).toEqual([]);
    expect(last().closes).toBe(1);
    expect(clock.pending).toBe(0);
  });

  test('closed between two facts of one message, the later ones are not told', () => {
    const { session, receive, told, hooks } = talk();
    hooks.onEvent = ({ type }) => {
      if (type === 'turnStarted') session.close();
    };
    receive({ serverContent: { ...sound().serverContent, turnComplete: true } });
    expect(told).toEqual(['turnStarted 1']);
  });
});

describe('a fault in the listener', () => {
  test('stops nothing of what follows in the same message, and is logged', () => {
    const { receive, told, lines, hooks } = talk();
    hooks.onEvent = () => {
      throw new Error('a fault of ours');
    };
    receive({
      serverContent: { ...sound().serverContent, generationComplete: true, turnComplete: true },
    });
    expect(told).toEqual(['turnStarted 1', 'sound 1:4', 'turnEnded 1', 'idle']);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(3);
  });

  test('does not keep a lost conversation from going on, also when a timer brings the news', () => {
    const { receive, told, hooks, clock, dialled } = talk();
    hooks.onEvent = () => {
      throw new Error('a fault of ours');
    };
    receive({ goAway: { timeLeft: '11s' } });
    clock.advance(10_000);
    expect(dialled).toHaveLength(2);
    receive(READY);
    expect(told).toEqual(['switching as planned', 'switched, memory told']);
  });
});

const ENDINGS: readonly Ending[] = [
  CLOSED,
  { is: 'closed', code: 1007, reason: '' },
  { is: 'closed', code: 1008, reason: '' },
  { is: 'refused', status: 503, words: '' },
  { is: 'timed-out', waitedFor: 'setupComplete', afterMs: 5_000 },
  { is: 'dead', afterMs: 90_000 },
];

test('whatever the model sends, turns are numbered upwards and end at most once; over any number of sockets', () => {
  const message = fc.record(
    {
      setupComplete: fc.constant({}),
      serverContent: fc.record(
        {
          modelTurn: fc.record({
            parts: fc.array(
              fc.record(
                {
                  text: fc.string(),
                  thought: fc.boolean(),
                  inlineData: fc.record({
                    mimeType: fc.constant('audio/pcm'),
                    data: fc.constantFrom('', 'AAAA'),
                  }),
                },
                { requiredKeys: [] },
              ),
              { maxLength: 3 },
            ),
          }),
          interrupted: fc.boolean(),
          generationComplete: fc.boolean(),
          turnComplete: fc.boolean(),
          inputTranscription: fc.record({ text: fc.string() }),
          outputTranscription: fc.record({ text: fc.string() }),
          interactionStatus: fc.constantFrom('IDLE', 'IN_PROGRESS', 'NEW'),
        },
        { requiredKeys: [] },
      ),
      toolCall: fc.record({
        functionCalls: fc.array(fc.record({ id: fc.constantFrom('a', 'b', ''), name: fc.string() }), {
          maxLength: 2,
        }),
      }),
      toolCallCancellation: fc.record({ ids: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }) }),
      goAway: fc.record({ timeLeft: fc.constantFrom('', '0.1s', '2s', '50s') }),
      sessionResumptionUpdate: fc.record({ newHandle: fc.string(), resumable: fc.boolean() }),
      usageMetadata: fc.record({ totalTokenCount: fc.nat() }),
    },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    { weight: 20, arbitrary: message.map((sent) => ({ sent })) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 700 }).map((waitMs) => ({ waitMs })) },
    { weight: 3, arbitrary: fc.constantFrom(...ENDINGS).map((ended) => ({ ended })) },
    { weight: 4, arbitrary: fc.constantFrom('setup' as const, 'take' as const).map((does) => ({ does })) },
    { weight: 1, arbitrary: fc.constant({ does: 'close' as const }) },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(DEFAULT_MODEL, EXTENDED),
      fc.array(step, { maxLength: 40 }),
      (model, steps) => {
        const { session, clock, events, lines, receive, end } = converse({ model, ways: 2 });
        const started = new Set<number>();
        const ended = new Set<number>();
        let taken = 0;
        let away = false;
        let closed = false;
        session.listen({
          recall: () => [...started].map((turn) => ({ who: 'agent', text: `turn ${turn}` })),
          onAudio: (pcm, turn) => {
            expect(closed || away).toBe(false);
            expect(pcm.length).toBeGreaterThan(0);
            expect(started).toContain(turn);
            expect(Math.max(...started)).toBe(turn);
          },
          onEvent: (event) => {
            expect(closed).toBe(false);
            expect(events.at(-1)?.type).not.toBe('failed');
            if (event.type !== 'ready' && event.type !== 'failed')
              expect(events.some(({ type }) => type === 'ready')).toBe(true);
            events.push(event);
            const last = Math.max(0, ...started);
            if (event.type === 'turnStarted') {
              expect(event.turn).toBeGreaterThan(Math.max(last, taken));
              expect(ended.size).toBe(started.size);
              started.add(event.turn);
            } else if (event.type === 'turnEnded') {
              expect(event.turn).toBe(last);
              expect(ended).not.toContain(event.turn);
              ended.add(event.turn);
            } else if (event.type === 'switching' || event.type === 'switched') {
              expect(ended.size).toBe(started.size);
              expect(away).toBe(event.type === 'switched');
              away = event.type === 'switching';
            } else if (event.type === 'interrupted') expect(event.upTo).toBe(Math.max(last, taken));
            else if (event.type === 'agentSaid') expect(event.turn).toBe(last);
            else if (event.type === 'idle') expect(ended.size).toBe(started.size);
          },
        });
        for (const what of steps) {
          if ('sent' in what) receive(what.sent);
          else if ('waitMs' in what) clock.advance(what.waitMs);
          else if ('ended' in what) end(what.ended);
          else if (what.does === 'setup') receive(READY);
          else if (what.does === 'take') taken = session.takeTurn();
          else {
            session.close();
            closed = true;
          }
        }
        expect(events.filter(({ type }) => type === 'ready').length).toBeLessThanOrEqual(1);
        // A listener's fault, a failed expectation among them, is caught and logged.
        expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
        session.close();
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 1_000, seed: 1 },
  );
});
