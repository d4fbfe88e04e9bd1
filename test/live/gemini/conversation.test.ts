// What a conversation makes of the model's messages, and of what the call asks for, without a socket.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOfMs, PCM16_16K } from '../../../src/audio/format.ts';
import { LivelineError } from '../../../src/base/errors.ts';
import { toolCallId } from '../../../src/base/ids.ts';
import type { ConnectionListener } from '../../../src/live/gemini/connection.ts';
import { Conversation } from '../../../src/live/gemini/conversation.ts';
import type { ClientMessage, ServerMessage } from '../../../src/live/gemini/messages.ts';
import { capabilitiesOf } from '../../../src/live/gemini/models.ts';
import { DEFAULT_MODEL, type SessionEvent, type ToolCall } from '../../../src/live/session.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { fixture } from './fixture.ts';
import { recordingLog } from './recording-log.ts';

const EXTENDED = 'gemini-3.8-live-extended-thinking';

function converse(model = DEFAULT_MODEL) {
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const sent: ClientMessage[] = [];
  const socket: { to?: ConnectionListener; closes: number } = { closes: 0 };
  const session = new Conversation({
    capabilities: capabilitiesOf(model).capabilities,
    clock,
    log,
    dial: (to) => {
      socket.to = to;
      return {
        send: (json) => void sent.push(JSON.parse(json) as ClientMessage),
        close: () => (socket.closes += 1),
      };
    },
  });
  const events: SessionEvent[] = [];
  /** Events and sound in one line each: `sound 1:8` is eight bytes of turn 1. */
  const told: string[] = [];
  const hooks = { onEvent: (_event: SessionEvent): void => undefined };
  session.listen({
    onAudio: (pcm, turn) => void told.push(`sound ${turn}:${pcm.length}`),
    onEvent: (event) => {
      events.push(event);
      told.push(line(event));
      hooks.onEvent(event);
    },
  });
  return {
    ...{ session, clock, sent, told, events, lines, hooks },
    receive: (...messages: ServerMessage[]) => {
      for (const message of messages) socket.to?.onMessage(message);
    },
    end: (code: 'LIVE_CLOSED' | 'LIVE_REFUSED' = 'LIVE_CLOSED') =>
      socket.to?.onEnded(new LivelineError(code, 'over')),
    closes: () => socket.closes,
  };
}

function line(event: SessionEvent): string {
  switch (event.type) {
    case 'interrupted':
      return `interrupted ≤${event.upTo}`;
    case 'turnStarted':
    case 'turnEnded':
      return `${event.type} ${event.turn}`;
    case 'callerSaid':
      return `caller:${event.text}`;
    case 'agentSaid':
      return `agent ${event.turn}:${event.text}`;
    case 'toolsCalled':
      return `called ${event.calls.map(({ id }) => id).join(' ')}`;
    case 'toolsCancelled':
      return `cancelled ${event.ids.join(' ')}`;
    case 'used':
      return `used ${event.usage.totalTokens}`;
    default:
      return event.type;
  }
}

const sound = (data = 'AAABAA=='): ServerMessage => ({
  serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data } }] } },
});
const words = (text: string): ServerMessage => ({ serverContent: { outputTranscription: { text } } });
const INTERRUPTED: ServerMessage = { serverContent: { interrupted: true } };
const GENERATED: ServerMessage = { serverContent: { generationComplete: true } };
const COMPLETE: ServerMessage = { serverContent: { turnComplete: true } };
const READY: ServerMessage = { setupComplete: {} };
const frame = (value: number): Uint8Array => new Uint8Array(bytesOfMs(PCM16_16K, 20)).fill(value);
const soundOf = (message: ClientMessage): number | undefined =>
  'realtimeInput' in message && message.realtimeInput.audio
    ? Buffer.from(message.realtimeInput.audio.data, 'base64')[0]
    : undefined;

describe('the documented situations', () => {
  test.each<[string, string[]]>([
    [
      'normal-turn',
      [
        ...['ready', 'caller: Are you', 'caller: open?', 'turnStarted 1', 'sound 1:8', 'agent 1:Yes, until'],
        ...['sound 1:4', 'agent 1: six.', 'turnEnded 1', 'idle'],
      ],
    ],
    [
      'several-fields',
      [
        ...['ready', 'caller:Hi', 'turnStarted 1', 'sound 1:8', 'agent 1:Hello', 'used 12'],
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
    ['resumption', []],
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
    const { receive, told } = converse();
    receive(...fixture(name));
    expect(told).toEqual(expected);
  });

  test('interrupted-no-turn-complete: the words that interrupt do not end the dead stretch, time does', () => {
    const { receive, told, clock } = converse();
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
    const { receive, told } = converse(EXTENDED);
    receive(...fixture('extended-thinking'));
    expect(told).toEqual([
      ...['turnStarted 1', 'sound 1:8', 'turnEnded 1', 'called fc1'],
      ...['turnStarted 2', 'sound 2:8', 'turnEnded 2', 'idle', 'idle'],
    ]);
  });

  test('extended thinking: IDLE alone ends a turn too', () => {
    const { receive, told } = converse(EXTENDED);
    receive(sound(), { interactionStatus: 'IDLE' });
    expect(told).toEqual(['turnStarted 1', 'sound 1:4', 'turnEnded 1', 'idle']);
  });

  test('a turn that the model broke off is logged with its reason; handles are not written out', () => {
    const { receive, lines } = converse();
    receive(...fixture('text-only-turn'), ...fixture('resumption'), ...fixture('go-away'));
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'warn', reason: 'MALFORMED_FUNCTION_CALL' }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ level: 'debug', timeLeftMs: 9_500 }));
    expect(JSON.stringify(lines)).not.toContain('h-1');
  });
});

describe('after an interruption', () => {
  test('late sound is the dead turn’s for 499 ms when turnComplete does not come', () => {
    const { receive, told, clock } = converse();
    receive(sound(), INTERRUPTED);
    clock.advance(499);
    receive(sound(), words('late'));
    clock.advance(1);
    receive(sound());
    expect(told.slice(4)).toEqual(['sound 1:4', 'agent 1:late', 'turnStarted 2', 'sound 2:4']);
  });

  test('late sound does not lengthen the dead stretch; a second interruption does', () => {
    const { receive, told, clock } = converse();
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
    const { receive, told } = converse();
    receive(sound(), INTERRUPTED, { toolCall: { functionCalls: [{ id: 'a', name: 'b' }] } }, sound());
    expect(told.slice(4)).toEqual(['called a', 'turnStarted 2', 'sound 2:4']);
  });

  test('words of an answer that never sounded belong to no turn', () => {
    const { receive, told } = converse();
    receive(sound(), COMPLETE, words('never '), INTERRUPTED, words('heard'), COMPLETE, sound());
    expect(told.slice(4)).toEqual(['interrupted ≤1', 'idle', 'turnStarted 2', 'sound 2:4']);
  });

  test('a second interruption does not change whose the late words are', () => {
    const { receive, told } = converse();
    receive(INTERRUPTED, INTERRUPTED, words('never heard'), COMPLETE);
    receive(sound(), INTERRUPTED, INTERRUPTED, words('late'));
    expect(told.slice(3)).toEqual([
      ...['turnStarted 1', 'sound 1:4', 'interrupted ≤1', 'turnEnded 1', 'interrupted ≤1', 'agent 1:late'],
    ]);
  });

  test('a turn whose sound was all sent is not ended twice', () => {
    const { receive, told } = converse();
    receive(sound(), GENERATED, INTERRUPTED, words(' tail'), COMPLETE, COMPLETE);
    expect(told).toEqual([
      ...['turnStarted 1', 'sound 1:4', 'turnEnded 1', 'interrupted ≤1', 'agent 1: tail', 'idle', 'idle'],
    ]);
  });

  test('sound after generationComplete is a turn of its own', () => {
    const { receive, told } = converse();
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
    expect(sent).toEqual([]);
    receive(READY);
    session.send(frame(4));
    const prompt = (text: string): ClientMessage => ({
      clientContent: { turns: [{ parts: [{ text }], role: 'user' }], turnComplete: true },
    });
    expect(sent.slice(0, 2)).toEqual([prompt('early'), prompt('connected')]);
    expect(sent.slice(2).map(soundOf)).toEqual([1, 2, 3, 4]);
  });

  test('30 s are kept; what is older is dropped, counted and logged once', () => {
    const { session, receive, sent, lines } = converse();
    for (let count = 0; count < 1_510; count += 1) session.send(frame(count % 250));
    receive(READY);
    expect(sent).toHaveLength(1_500);
    expect(soundOf(sent[0]!)).toBe(10);
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([{ lostMs: 200, keptMs: 30_000 }]);
  });

  test('a single piece longer than 30 s keeps its end', () => {
    const { session, receive, sent } = converse();
    const long = new Uint8Array(bytesOfMs(PCM16_16K, 31_000)).fill(1);
    long.fill(2, bytesOfMs(PCM16_16K, 1_000));
    session.send(long);
    receive(READY);
    expect(sent.map(soundOf)).toEqual([2]);
  });

  test('closed inside `ready`, what was kept is not sent', () => {
    const { session, receive, sent, hooks } = converse();
    hooks.onEvent = () => session.close();
    session.send(frame(1));
    receive(READY);
    session.send(frame(2));
    expect(sent).toEqual([]);
  });

  test('ready comes once', () => {
    const { receive, told } = converse();
    receive(READY, READY);
    expect(told).toEqual(['ready']);
  });
});

test('3.1 is nudged after every prompt', () => {
  const { session, receive, sent } = converse('gemini-3.1-flash-live-preview');
  receive(READY);
  session.prompt('connected');
  expect(sent).toHaveLength(2);
  expect(sent[1]).toEqual({ realtimeInput: { text: ' ' } });
});

describe('tool calls', () => {
  const calls = (...ids: (string | undefined)[]): ServerMessage => ({
    toolCall: {
      functionCalls: ids.map((id) => ({ name: 'look_up', args: {}, ...(id !== undefined && { id }) })),
    },
  });
  const answers = (sent: readonly ClientMessage[]): unknown[] =>
    sent.flatMap((message) => ('toolResponse' in message ? message.toolResponse.functionResponses : []));

  test('a call without an id gets one of ours, and its answer goes without', () => {
    const { session, receive, sent, events } = converse();
    receive(READY, calls('unnamed-2', undefined), calls(undefined));
    const called = events.flatMap((event): readonly ToolCall[] =>
      event.type === 'toolsCalled' ? event.calls : [],
    );
    expect(new Set(called.map(({ id }) => id)).size).toBe(3);
    for (const { id } of called) session.answerTool({ id, name: 'misnamed', response: { ok: true } });
    expect(answers(sent)).toEqual([
      { id: 'unnamed-2', name: 'look_up', response: { ok: true } },
      { name: 'look_up', response: { ok: true } },
      { name: 'look_up', response: { ok: true } },
    ]);
  });

  test('a call that comes again, also after its answer, is not told again', () => {
    const { session, receive, told, sent } = converse();
    receive(READY, calls('a', 'a'));
    session.answerTool({ id: toolCallId('a'), name: 'look_up', response: {} });
    receive(calls('a'), { toolCallCancellation: { ids: ['a'] } });
    expect(told).toEqual(['ready', 'called a']);
    expect(answers(sent)).toHaveLength(1);
  });

  test('a result that is no JSON still answers the call', () => {
    const { session, receive, sent, lines } = converse();
    receive(READY, calls('a'));
    session.answerTool({ id: toolCallId('a'), name: 'look_up', response: { count: 1n } });
    expect(answers(sent)).toEqual([
      { id: 'a', name: 'look_up', response: { error: expect.any(String) as string } },
    ]);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', tool: 'look_up' }));
  });
});

describe('the end', () => {
  test('failed once and last; nothing is sent or told after it', () => {
    const { session, receive, end, told, sent, closes } = converse();
    receive(READY, sound());
    end();
    end();
    receive(sound(), COMPLETE, INTERRUPTED);
    session.send(frame(1));
    session.prompt('x');
    session.close();
    expect(told).toEqual(['ready', 'turnStarted 1', 'sound 1:4', 'failed']);
    expect(sent).toEqual([]);
    expect(closes()).toBe(0);
  });

  test('never after close, which closes the socket once', () => {
    const { session, receive, end, told, closes } = converse();
    session.close();
    session.close();
    receive(READY, sound());
    end();
    expect(told).toEqual([]);
    expect(closes()).toBe(1);
  });

  test('closed between two facts of one message, the later ones are not told', () => {
    const { session, receive, told, hooks } = converse();
    hooks.onEvent = ({ type }) => {
      if (type === 'turnStarted') session.close();
    };
    receive({ serverContent: { ...sound().serverContent, turnComplete: true } });
    expect(told).toEqual(['turnStarted 1']);
  });
});

test('whatever the model sends, turns are numbered upwards and end at most once', () => {
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
      goAway: fc.record({ timeLeft: fc.string() }),
      usageMetadata: fc.record({ totalTokenCount: fc.nat() }),
    },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    { weight: 20, arbitrary: message.map((sent) => ({ sent })) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 700 }).map((waitMs) => ({ waitMs })) },
    { weight: 1, arbitrary: fc.constantFrom({ does: 'end' as const }, { does: 'close' as const }) },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(DEFAULT_MODEL, EXTENDED),
      fc.array(step, { maxLength: 40 }),
      (model, steps) => {
        const { session, clock, events, receive, end } = converse(model);
        const started = new Set<number>();
        const ended = new Set<number>();
        let closed = false;
        session.listen({
          onAudio: (pcm, turn) => {
            expect(closed).toBe(false);
            expect(pcm.length).toBeGreaterThan(0);
            expect(started).toContain(turn);
            expect(Math.max(...started)).toBe(turn);
          },
          onEvent: (event) => {
            expect(closed).toBe(false);
            expect(events.at(-1)?.type).not.toBe('failed');
            events.push(event);
            if (event.type === 'turnStarted') {
              expect(event.turn).toBe(started.size + 1);
              expect(ended.size).toBe(started.size);
              started.add(event.turn);
            } else if (event.type === 'turnEnded') {
              expect(started).toContain(event.turn);
              expect(ended).not.toContain(event.turn);
              ended.add(event.turn);
            } else if (event.type === 'interrupted') expect(event.upTo).toBe(started.size);
            else if (event.type === 'agentSaid') expect(event.turn).toBe(started.size);
            else if (event.type === 'idle') expect(ended.size).toBe(started.size);
          },
        });
        for (const what of steps) {
          if ('sent' in what) receive(what.sent);
          else if ('waitMs' in what) clock.advance(what.waitMs);
          else if (what.does === 'end') end();
          else {
            session.close();
            closed = true;
          }
        }
        expect(events.filter(({ type }) => type === 'ready').length).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 1_000, seed: 1 },
  );
});
