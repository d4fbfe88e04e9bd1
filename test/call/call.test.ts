import { expect, test } from 'vitest';
import { MULAW_8K, PCM16_16K, bytesOfMs } from '../../src/audio/format.ts';
import { createTranscoder } from '../../src/audio/transcoder.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { frame, hangingCrm, incoming, rig, settled } from './rig.ts';

/** What a session is sent of these frames, converted as one stream. */
const converted = (...frames: Uint8Array[]): Buffer => {
  const up = createTranscoder(MULAW_8K, PCM16_16K);
  return Buffer.concat(frames.map((each) => up.push(each)));
};

test('[OP1] the session opens while the phone rings, with the profile’s words; the greeting waits for the line', () => {
  const { live, switchboard, connect, clock } = rig();
  const verb = switchboard.answer(incoming);
  expect(live.setups[0]).toMatchObject({
    instructions: expect.stringMatching(
      /^You are kind\. The caller is \+15550100123\. It is .*2026/,
    ) as string,
    callerInterrupts: true,
  });
  expect(live.last.prompts, 'not before it is ready').toEqual([]);
  live.last.ready();
  expect(live.last.prompts).toEqual([expect.stringContaining('Hello!')]);
  live.last.say(500);
  live.last.idle();
  clock.advance(3_000);
  const line = connect(verb);
  clock.advance(1_000);
  expect(line.heardMs).toBe(520);
});

test('[OP2] caller sound reaches the session from the first frame on, in order, converted as one stream', () => {
  const { switchboard, live, connect, clock } = rig();
  const verb = switchboard.answer(incoming);
  const line = new FakeLine(clock);
  line.speak(frame(0x10), frame(0x20));
  connect(verb, line);
  line.speak(frame(0x30));
  live.last.ready();
  line.speak(frame(0x40));
  const all = converted(frame(0x10), frame(0x20), frame(0x30), frame(0x40));
  expect(Buffer.concat(live.last.sent)).toEqual(all);
  expect(live.last.sent.map(({ length }) => length)).toEqual([640, 640, 640, 640]);
});

test('[OP3] a line that opens within 30 s is in time; one that does not ends the call, by the carrier’s REST interface', () => {
  const late = rig();
  const verb = late.switchboard.answer(incoming);
  late.clock.advance(29_999);
  late.connect(verb);
  late.clock.advance(60_000);
  expect(late.ended).toBeUndefined();

  const never = rig();
  never.switchboard.answer(incoming);
  never.clock.advance(60_000);
  expect(never.ended).toEqual({ reason: 'line-never-opened', atMs: 30_000 });
  expect(never.hungUp).toEqual([incoming.id]);
  expect(never.live.last.closed).toBe(true);
  expect(never.clock.pending).toBe(0);
});

test('what happens is told with its time since the answer', () => {
  const { clock, switchboard, live, connect, told } = rig();
  clock.advance(1_234);
  const verb = switchboard.answer(incoming);
  clock.advance(100);
  const line = connect(verb);
  clock.advance(100);
  live.last.ready();
  clock.advance(100);
  line.press('5');
  clock.advance(100);
  line.stop();
  expect(told.map(({ type, atMs }) => [type, atMs])).toEqual([
    ['call-started', 0],
    ['line-opened', 100],
    ['session-ready', 200],
    ['digit', 300],
    ['call-ended', 400],
  ]);
  expect(told[0]).toMatchObject({ profile: 'reception', from: incoming.from, to: incoming.to });
  expect(told[2]).toMatchObject({ afterMs: 200 });
  expect(told[3]).toMatchObject({ digit: '5' });
  expect(told[4]).toMatchObject({ reason: 'caller-hung-up', durationMs: 400 });
});

test('[TU1][TU3] two turns follow each other without a gap, and each is done when the caller heard its last', () => {
  const { answered, clock, of } = rig();
  const { line, session } = answered();
  session.say(500);
  session.agentSaid('First.');
  session.endTurn();
  session.say(500);
  session.agentSaid('Second.');
  session.idle();
  clock.advance(3_000);
  expect(line.log).not.toContain('clear');
  const done = of('transcript').filter(({ entry }) => entry.who === 'agent' && entry.state === 'done');
  // Each is padded to a whole frame with what the converter held.
  expect(done.map(({ atMs, entry }) => [atMs, entry.text])).toEqual([
    [520, 'First.'],
    [1_040, 'Second.'],
  ]);
});

test('a turn is in the transcript from its first sound, whenever its words come, and ends what the caller said', () => {
  const { answered, clock, of } = rig();
  const { session } = answered();
  session.callerSaid('Hello?');
  clock.advance(100);
  session.say(1_000);
  clock.advance(300);
  session.agentSaid('Good day.');
  expect(of('transcript').map(({ entry }) => entry)).toMatchObject([
    { who: 'caller', state: 'open' },
    { who: 'caller', state: 'done' },
    { who: 'agent', atMs: 100, text: '' },
    { who: 'agent', atMs: 100, text: 'Good day.' },
  ]);
});

test('[PL1][PL3] whole frames of 20 ms, at most 400 ms ahead and never far less, and a mark every 200 ms', () => {
  const { answered, clock } = rig();
  const { line, session } = answered();
  session.say(4_900);
  session.endTurn();
  const leads = [line.queuedMs];
  while (line.heardMs < 4_500) {
    clock.advance(1);
    leads.push(line.queuedMs);
  }
  clock.advance(1_000);
  expect(Math.max(...leads)).toBe(400);
  expect(Math.min(...leads)).toBeGreaterThanOrEqual(280);
  for (const { bytes } of line.played) {
    expect(bytes.length % bytesOfMs(MULAW_8K, 20)).toBe(0);
    expect(bytes.length).toBeGreaterThan(0);
  }

  let sentMs = 0;
  let played = 0;
  const marks: number[] = [];
  for (const what of line.log) {
    if (what === 'play') sentMs += line.played[played++]!.bytes.length / 8;
    if (what === 'mark') marks.push(sentMs);
  }
  const every200 = Array.from({ length: 25 }, (_, n) => 20 + n * 200);
  expect(marks).toEqual([...every200, 4_920]);
});

test('a model that is far ahead is sent to the carrier in a few messages a second, not frame by frame', () => {
  const { answered, clock } = rig();
  const { line, session } = answered();
  session.say(20_000);
  clock.advance(10_000);
  expect(line.played.length).toBeLessThanOrEqual(120);
});

test('[TO1][TO2] a tool runs beside the conversation and is answered once', async () => {
  const { answered, of, clock } = rig();
  const { line, session } = answered();
  session.say(1_000);
  session.callTools({ id: 'a', name: 'look_up_contact' });
  line.speak(frame());
  clock.advance(500);
  expect(session.sent).toHaveLength(1);
  expect(line.heardMs).toBe(500);
  await settled();
  expect(session.answers).toMatchObject([{ id: 'a', response: { status: 'ok', name: 'Ada Moreno' } }]);
  expect(of('tool-called')).toMatchObject([{ id: 'a', tool: 'look_up_contact', args: {} }]);
  expect(of('tool-done')).toMatchObject([{ id: 'a', tool: 'look_up_contact', response: { status: 'ok' } }]);
});

test('[TO1] a tool that the model cancelled is stopped and never answered', async () => {
  const signals: AbortSignal[] = [];
  const { answered, of } = rig({ crm: hangingCrm(signals) });
  const { session } = answered();
  session.callTools({ id: 'a', name: 'look_up_contact' });
  await settled();
  session.cancelTools('a');
  await settled();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(session.answers).toEqual([]);
  expect(of('tool-cancelled')).toMatchObject([{ id: 'a' }]);
  expect(of('tool-done')).toEqual([]);
});
