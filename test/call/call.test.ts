import { expect, test } from 'vitest';
import { MULAW_8K, bytesOfMs } from '../../src/audio/format.ts';
import { silentLog } from '../../src/base/log.ts';
import { callId, turnId } from '../../src/base/ids.ts';
import { LivelineError } from '../../src/base/errors.ts';
import { Notices, type Notice } from '../../src/call/notices.ts';
import { Switchboard } from '../../src/call/switchboard.ts';
import type { CarrierCall, Verb } from '../../src/carrier/webhooks.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import { profileSchema } from '../../src/agents/profile.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { FakeLive } from '../doubles/fake-session.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const id = callId(`CA${'1'.repeat(32)}`);
const incoming: CarrierCall = {
  id,
  from: '+15550100123',
  to: '+15550100100',
  direction: 'inbound',
  status: 'ringing',
};
const APOLOGY_MS = 1_000;

function rig({ bargeIn = {} } = {}) {
  const clock = new ManualClock();
  const live = new FakeLive();
  const notices = new Notices(silentLog);
  const told: Notice[] = [];
  notices.subscribe((notice) => told.push(notice));
  const hungUp: string[] = [];
  const profile = profileSchema().parse({
    name: 'reception',
    numbers: ['+15550100100'],
    instructions: 'You are kind. The caller is {{caller}}.',
    greeting: 'Hello!',
    tools: ['look_up_contact', 'end_call'],
    barge_in: bargeIn,
  });
  const switchboard = new Switchboard({
    profiles: [profile],
    live,
    crm: createMemoryCrm({ contacts: [{ id: 'c1', name: 'Ada Moreno', phone: '+15550100123', facts: {} }] }),
    control: {
      hangUp: (call) => {
        hungUp.push(call);
        return Promise.resolve();
      },
    },
    prompts: { apology: () => new Uint8Array(bytesOfMs(MULAW_8K, APOLOGY_MS)).fill(7) },
    lineFormat: MULAW_8K,
    notices,
    clock,
    log: silentLog,
  });
  const connect = (verb: Verb): FakeLine => {
    const line = new FakeLine(clock);
    if (verb.do !== 'stream') throw new Error(`expected a stream, got ${verb.do}`);
    expect(switchboard.attach({ callId: id, token: verb.token }, line)).toBe(true);
    return line;
  };
  const answered = () => {
    const line = connect(switchboard.answer(incoming));
    live.last.ready();
    return { line, session: live.last };
  };
  const afterStream = (status: CarrierCall['status'] = 'in-progress'): Verb =>
    switchboard.afterStream({ ...incoming, status });
  const of = (type: Notice['type']) => told.filter((notice) => notice.type === type);
  return { clock, live, switchboard, connect, answered, afterStream, told, of, hungUp };
}

const frame = new Uint8Array(160).fill(0x10);
/** Tools answer in a later tick of the event loop, as real ones do. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('[OP1] the session opens while the phone rings, with the profile’s words; the greeting waits for the line', () => {
  const { live, switchboard, connect, clock } = rig();
  const verb = switchboard.answer(incoming);
  expect(live.setups[0]).toMatchObject({
    instructions: 'You are kind. The caller is +15550100123.',
    callerInterrupts: true,
  });
  live.last.ready();
  expect(live.last.prompts).toEqual([expect.stringContaining('Hello!')]);
  live.last.say(500);
  live.last.idle();
  const line = connect(verb);
  clock.advance(1_000);
  expect(line.heardMs).toBeGreaterThanOrEqual(500);
});

test('[OP2] caller sound reaches the session from the first frame on, in order, converted once', () => {
  const { switchboard, live, connect } = rig();
  const line = connect(switchboard.answer(incoming));
  line.speak(frame, frame);
  live.last.ready();
  line.speak(frame);
  expect(live.last.sent.map((pcm) => pcm.length)).toEqual([640, 640, 640]);
});

test('[OP3] a call whose line never opens is given up and hung up by the carrier', () => {
  const { switchboard, clock, hungUp, live, of } = rig();
  switchboard.answer(incoming);
  clock.advance(30_000);
  expect(hungUp).toEqual([id]);
  expect(live.last.closed).toBe(true);
  expect(of('call-ended')).toMatchObject([{ reason: 'line-never-opened' }]);
  expect(clock.pending).toBe(0);
});

test('a webhook that comes twice answers with the same call', () => {
  const { switchboard, live } = rig();
  const [first, second] = [switchboard.answer(incoming), switchboard.answer(incoming)];
  expect(live.sessions).toHaveLength(1);
  expect(first).not.toEqual(second);
  expect(switchboard.attach({ callId: id, token: 'guess' }, new FakeLine(new ManualClock()))).toBe(false);
});

test('[BI1][BI2] barge-in: clear on the line, late sound dropped, the next turn heard from its first sample', () => {
  const { answered, clock, of } = rig();
  const { line, session } = answered();
  session.say(3_000);
  session.agentSaid('One two three four five six seven eight nine ten');
  clock.advance(800);
  session.interrupt();
  expect(line.log.slice(-1)).toEqual(['clear']);
  const played = line.played.length;
  session.lateSound(400);
  clock.advance(500);
  expect(line.played.length).toBe(played);
  expect(of('barge-in')).toMatchObject([{ turn: 1, heardMs: 800 }]);
  expect(of('transcript').at(-1)).toMatchObject({ entry: { state: 'cut', heard: 'One two' } });
  session.say(200);
  session.idle();
  clock.advance(400);
  expect(line.heardMs).toBeGreaterThanOrEqual(1_000);
});

test('[BI3] a protected greeting is heard to its end although the model stopped', () => {
  const { answered, clock } = rig({ bargeIn: { greeting_interruptible: false } });
  const { line, session } = answered();
  session.say(600);
  clock.advance(100);
  session.interrupt();
  clock.advance(2_000);
  expect(line.log).not.toContain('clear');
  expect(line.heardMs).toBeGreaterThanOrEqual(600);
});

test('[TO1][TO2] a tool runs beside the conversation and is answered once', async () => {
  const { answered, of } = rig();
  const { line, session } = answered();
  session.callTools({ id: 'a', name: 'look_up_contact' });
  line.speak(frame);
  expect(session.sent).toHaveLength(1);
  await settled();
  expect(session.answers).toMatchObject([{ id: 'a', response: { status: 'ok' } }]);
  expect(of('tool-done')).toHaveLength(1);
});

test('[EN1][EN4][EN6] end_call: the goodbye is heard whole, then the intent is written, then the line closes', async () => {
  const { answered, clock, afterStream, switchboard, of, live } = rig();
  const { line, session } = answered();
  session.callTools({ id: 'a', name: 'end_call' });
  await settled();
  session.say(1_500);
  session.idle();
  clock.advance(1_400);
  expect(line.log).not.toContain('close');
  clock.advance(300 + 500);
  expect(line.heardMs).toBeGreaterThanOrEqual(1_500);
  expect(line.log).toContain('close');
  expect(live.last.closed).toBe(true);
  expect(afterStream()).toEqual({ do: 'hang-up' });
  expect(afterStream('completed')).toEqual({ do: 'hang-up' });
  expect(of('call-ended')).toMatchObject([{ reason: 'agent-hung-up' }]);
  expect(switchboard.callCount).toBe(0);
  expect(clock.pending).toBe(0);
});

test('[EN5] stop, status and after-stream together end the call once', () => {
  const { answered, switchboard, afterStream, of, clock } = rig();
  const { line } = answered();
  line.stop();
  line.drop(1000);
  switchboard.carrierStatus({ ...incoming, status: 'completed' });
  expect(afterStream('completed')).toEqual({ do: 'hang-up' });
  expect(of('call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]);
  clock.advance(0);
  expect(clock.pending).toBe(0);
});

test('[FA1] a model that dies: the caller hears an apology, whole, and is hung up', () => {
  const { answered, clock, afterStream, of } = rig();
  const { line, session } = answered();
  session.say(500);
  clock.advance(100);
  session.fail();
  clock.advance(500 + APOLOGY_MS + 200);
  expect([...line.heard.slice(-bytesOfMs(MULAW_8K, APOLOGY_MS))].every((byte) => byte === 7)).toBe(true);
  expect(line.heardMs).toBeGreaterThanOrEqual(500 + APOLOGY_MS);
  expect(afterStream()).toEqual({ do: 'hang-up' });
  expect(of('call-ended')).toMatchObject([{ reason: 'model-failed' }]);
});

test('[FA1] a model that refuses before the line is open is apologised for on the line', () => {
  const { switchboard, live, connect, clock, of } = rig();
  const verb = switchboard.answer(incoming);
  live.last.fail('LIVE_REFUSED');
  const line = connect(verb);
  clock.advance(APOLOGY_MS + 100);
  expect(line.heardMs).toBe(APOLOGY_MS);
  expect(of('call-ended')).toMatchObject([{ reason: 'model-failed' }]);
});

test('a profile that asks for what the model lacks is answered with words, not silence', () => {
  const { switchboard, live } = rig();
  live.refusal = new LivelineError('LIVE_SETUP_UNSUPPORTED', 'no');
  expect(switchboard.answer(incoming)).toMatchObject({ do: 'say-and-hang-up' });
  expect(switchboard.callCount).toBe(0);
});

test('a number that no profile answers is told so', () => {
  const { switchboard } = rig();
  expect(switchboard.answer({ ...incoming, to: '+15550100199' })).toMatchObject({ do: 'say-and-hang-up' });
});

test('[FA2][PL6] a lost line: the carrier is given another, and the same conversation goes on', () => {
  const { answered, clock, afterStream, connect, live, of } = rig();
  const { line, session } = answered();
  session.say(2_000);
  session.idle();
  clock.advance(700);
  line.drop();
  clock.advance(1_000);
  const next = connect(afterStream());
  clock.advance(2_000);
  expect(live.sessions).toHaveLength(1);
  expect(line.heardMs + next.heardMs).toBeGreaterThanOrEqual(2_000);
  next.speak(frame);
  expect(session.sent).toHaveLength(1);
  expect(of('call-ended')).toEqual([]);
});

test('[FA2] the carrier may ask what is next before we notice that the line is gone', () => {
  const { answered, afterStream, connect, clock } = rig();
  const { line } = answered();
  clock.advance(5_000);
  const verb = afterStream();
  expect(line.log).toContain('close');
  connect(verb);
});

test('[FA2] a line that does not come back ends the call', () => {
  const { answered, clock, of, hungUp } = rig();
  answered().line.drop();
  clock.advance(15_000);
  expect(of('call-ended')).toMatchObject([{ reason: 'line-lost' }]);
  expect(hungUp).toEqual([id]);
});

test('asked about a call nobody knows, it apologises', () => {
  const { afterStream } = rig();
  expect(afterStream()).toMatchObject({ do: 'say-and-hang-up' });
  expect(afterStream('completed')).toEqual({ do: 'hang-up' });
});

test('draining: no new call, the old one goes on; shutting down ends it', async () => {
  const { answered, switchboard, of, afterStream } = rig();
  answered();
  const empty = switchboard.drain();
  expect(switchboard.answer({ ...incoming, id: callId('CA2') })).toMatchObject({ do: 'say-and-hang-up' });
  expect(of('call-ended')).toEqual([]);
  switchboard.shutDown();
  expect(of('call-ended')).toMatchObject([{ reason: 'shut-down' }]);
  let stopped = false;
  void empty.then(() => (stopped = true));
  await settled();
  expect(stopped, 'before the carrier asked').toBe(false);
  expect(afterStream()).toEqual({ do: 'hang-up' });
  await empty;
});

test('a listener that throws harms no call', () => {
  const { clock } = rig();
  const notices = new Notices(silentLog);
  const seen: string[] = [];
  notices.subscribe(() => {
    throw new Error('slow terminal');
  });
  notices.subscribe((notice) => seen.push(notice.type));
  notices.publish({
    type: 'barge-in',
    callId: id,
    atMs: clock.nowMs(),
    turn: turnId(1),
    heardMs: 0,
    sentMs: 0,
  });
  expect(seen).toEqual(['barge-in']);
});
