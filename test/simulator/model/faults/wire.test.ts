// What goes out through the faults of the wire: merged messages say what the single ones said and in that order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, type LiveFact, type ServerMessage } from '../../../../src/live/gemini/messages.ts';
import type { Outgoing } from '../../../../src/simulator/model/faults/echo.ts';
import { merge } from '../../../../src/simulator/model/faults/merge.ts';
import { Wire } from '../../../../src/simulator/model/faults/wire.ts';
import { lineOf } from '../../../../src/simulator/model/line.ts';
import { ManualClock } from '../../../doubles/manual-clock.ts';

const soundOf = (byte: number): Uint8Array => lineOf(new Uint8Array(480).fill(byte)).chunks[0]!.frame;
const words = (text: string): ServerMessage => ({ serverContent: { outputTranscription: { text } } });
const heard = (text: string): ServerMessage => ({ serverContent: { inputTranscription: { text } } });
const call = (id: string): ServerMessage => ({ toolCall: { functionCalls: [{ id, name: 'f', args: {} }] } });
const cancel = (id: string): ServerMessage => ({ toolCallCancellation: { ids: [id] } });
const handle = (newHandle: string): ServerMessage => ({
  sessionResumptionUpdate: { newHandle, resumable: true },
});
const GENERATED: ServerMessage = { serverContent: { generationComplete: true } };
const INTERRUPTED: ServerMessage = { serverContent: { interrupted: true } };
const TURN_COMPLETE: ServerMessage = {
  serverContent: { turnComplete: true },
  usageMetadata: { promptTokenCount: 1, responseTokenCount: 2, totalTokenCount: 3 },
};

const parsed = (message: Outgoing): ServerMessage =>
  message instanceof Uint8Array ? (JSON.parse(Buffer.from(message).toString()) as ServerMessage) : message;

/** The facts of the messages, in order; those that may share a field put together. */
function told(messages: readonly Outgoing[]): unknown[] {
  const facts = messages.map(parsed).flatMap((message): LiveFact[] => [...decode(message)]);
  const joined: unknown[] = [];
  for (const fact of facts) {
    const last = joined.at(-1) as LiveFact | undefined;
    if ((fact.type === 'callerSaid' || fact.type === 'agentSaid') && last?.type === fact.type)
      joined.splice(-1, 1, { ...fact, text: last.text + fact.text });
    else if (fact.type === 'toolCalls' && last?.type === 'toolCalls')
      joined.splice(-1, 1, { ...fact, calls: [...last.calls, ...fact.calls] });
    else if (fact.type === 'toolCallsCancelled' && last?.type === 'toolCallsCancelled')
      joined.splice(-1, 1, { ...fact, ids: [...last.ids, ...fact.ids] });
    else if (fact.type === 'audio') joined.push({ audio: Buffer.from(fact.pcm).toString('hex') });
    else joined.push(fact);
  }
  return joined;
}

function rig() {
  const clock = new ManualClock();
  const out: Outgoing[] = [];
  return { clock, out, wire: new Wire(clock, (message) => out.push(message)) };
}

const text = fc.constantFrom('Good', ' day', '.');
const anyMessage: fc.Arbitrary<Outgoing> = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map(soundOf),
  text.map(words),
  text.map(heard),
  fc.constantFrom('a', 'b').map(call),
  fc.constantFrom('a', 'b').map(cancel),
  fc.constantFrom('h1', 'h2').map(handle),
  fc.constantFrom<ServerMessage>(GENERATED, INTERRUPTED, TURN_COMPLETE, { setupComplete: {} }),
);

test('merged, any messages at any times say the same in the same order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyMessage, fc.constantFrom(0, 0, 20, 150))), (sent) => {
      const { clock, out, wire } = rig();
      wire.merge();
      for (const [message, thenMs] of sent) {
        wire.send(message);
        clock.advance(thenMs);
      }
      // The end of what is generated waits for what follows it.
      wire.send(handle('last'));
      clock.advance(100);
      const all = [...sent.map(([message]) => message), handle('last')];
      expect(told(out)).toEqual(told(all));
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('a turn is told in a few messages of many fields and parts', () => {
  const { clock, out, wire } = rig();
  wire.merge();
  for (const message of [{ setupComplete: {} }, handle('h1')]) wire.send(message);
  clock.advance(100);
  for (const message of [heard('Hi'), soundOf(1), soundOf(2), words('Good'), words(' day'), soundOf(3)])
    wire.send(message);
  clock.advance(100);
  wire.send(GENERATED);
  clock.advance(5_000);
  wire.send(TURN_COMPLETE);
  wire.send(handle('h2'));
  clock.advance(100);
  expect(out.map((message) => [...decode(parsed(message))].map(({ type }) => type))).toEqual([
    ['ready', 'resumption'],
    ['callerSaid', 'audio', 'audio', 'agentSaid'],
    ['audio'],
    ['generationComplete', 'turnComplete', 'usage', 'resumption'],
  ]);
});

test('messages that would be read in another order stay two, and so do goAway and anything unknown', () => {
  expect(merge(words('a'), parsed(soundOf(1)))).toBeUndefined();
  expect(merge(TURN_COMPLETE, TURN_COMPLETE)).toBeUndefined();
  expect(merge(TURN_COMPLETE, GENERATED)).toBeUndefined();
  expect(merge(handle('a'), handle('b'))).toBeUndefined();
  expect(merge(words('a'), { goAway: { timeLeft: '1s' } })).toBeUndefined();
  expect(merge({}, words('a'))).toBeUndefined();
  expect(merge(INTERRUPTED, TURN_COMPLETE)).toEqual({
    serverContent: { interrupted: true, turnComplete: true },
    usageMetadata: TURN_COMPLETE.usageMetadata,
  });
});

test('stalls hold everything back until the last of them is over', () => {
  const { out, wire } = rig();
  wire.stall();
  wire.send(words('a'));
  wire.stall();
  wire.unstall();
  wire.send(words('b'));
  expect(out).toEqual([]);
  wire.unstall();
  expect(out).toEqual([words('a'), words('b')]);
  wire.unstall();
  wire.send(words('c'));
  expect(out).toHaveLength(3);
});

test('what is sent into a mute is lost, until the last of them is over', () => {
  const { out, wire } = rig();
  wire.mute();
  wire.mute();
  wire.send(words('a'));
  wire.unmute();
  wire.send(words('b'));
  wire.unmute();
  wire.send(words('c'));
  expect(out).toEqual([words('c')]);
});

test('after the end nothing goes out, whatever waited', () => {
  const { clock, out, wire } = rig();
  wire.merge();
  wire.send(words('a'));
  wire.stop();
  clock.advance(1_000);
  wire.send(words('b'));
  expect(out).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('a line said twice is whole before it comes again, in front of what follows it', () => {
  const { out, wire } = rig();
  wire.lineBegins(true);
  const line = [soundOf(1), words('Good'), soundOf(2), words(' day.')];
  for (const message of [...line, GENERATED, soundOf(3)]) wire.send(message);
  expect(told(out)).toEqual(
    told([...line, ...[soundOf(1), words(' Good'), soundOf(2), words(' day.')], GENERATED, soundOf(3)]),
  );
});

test('a line is said again when the next begins, and not when it was interrupted', () => {
  const { out, wire } = rig();
  wire.lineBegins(true);
  wire.send(soundOf(1));
  wire.lineBegins(false);
  wire.send(soundOf(2));
  expect(told(out)).toEqual(told([soundOf(1), soundOf(1), soundOf(2)]));
  wire.lineBegins(true);
  wire.send(soundOf(3));
  wire.send(INTERRUPTED);
  wire.send(soundOf(4));
  expect(told(out).slice(3)).toEqual(told([soundOf(3), INTERRUPTED, soundOf(4)]));
});
