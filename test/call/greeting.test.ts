import { describe, expect, test } from 'vitest';
import type { FakeLine } from '../doubles/fake-line.ts';
import { callId } from '../../src/base/ids.ts';
import { APOLOGY_MS, COMFORT_BYTE, frame, GREETING_BYTE, id, incoming, isApology, rig } from './rig.ts';
import type { RigOptions } from './rig.ts';

const GREETING_MS = 2_000;
/** The converter's tail, as a frame. */
const TAIL_MS = 20;

type Rig = ReturnType<typeof rig>;

/** A whole first call, in which the model greets in these words; `disturb`: while it does. */
function firstCall(all: Rig, words = 'Hello!', disturb: (all: Rig) => void = () => undefined): void {
  const { line, session } = all.answered();
  session.say(GREETING_MS);
  session.agentSaid(words);
  all.clock.advance(100);
  disturb(all);
  session.idle();
  all.clock.advance(GREETING_MS + 500);
  line.stop();
  all.clock.advance(100);
  all.told.length = 0;
}

const withFile = (options: RigOptions = {}): Rig => rig({ greetingAudioMs: GREETING_MS, ...options });
/** The first call of a rig, or the one after it. */
const open = (all: Rig): FakeLine => {
  const of = all.live.sessions.length === 0 ? id : callId('CA2');
  return all.connect(all.switchboard.answer({ ...incoming, id: of }), undefined, of);
};
const isGreeting = ({ bytes }: { bytes: Uint8Array }): boolean =>
  bytes.every((byte) => byte === GREETING_BYTE);
const agentEntry = (all: Rig) => all.of('transcript').findLast(({ entry }) => entry.who === 'agent')?.entry;

describe('[GR1] the second call to a profile', () => {
  test('hears the greeting in the tick in which the line opens, and the model is told, not asked', () => {
    const all = rig();
    firstCall(all);
    expect(all.live.last.prompts).toHaveLength(1);
    const line = open(all);
    expect(line.played[0]?.atMs).toBe(all.clock.nowMs());
    expect(all.of('greeting-played')).toMatchObject([{ from: 'cache', ms: GREETING_MS + TAIL_MS }]);
    all.clock.advance(1_000);
    all.live.last.ready();
    expect(all.live.last.prompts).toEqual([]);
    expect(all.live.last.informed).toEqual([expect.stringContaining('"Hello!"')]);
    all.clock.advance(20_000);
    expect(line.heardMs).toBe(GREETING_MS + TAIL_MS);
    expect(agentEntry(all)).toMatchObject({ text: 'Hello!', heard: 'Hello!', state: 'done' });
    expect(all.live.last.recalled()).toEqual([{ who: 'agent', text: 'Hello!' }]);
  });

  test('hears the very sound that the first one heard', () => {
    const all = rig();
    const first = all.answered();
    first.session.say(GREETING_MS);
    first.session.agentSaid('Hello!');
    first.session.idle();
    all.clock.advance(GREETING_MS + 500);
    first.line.stop();
    const line = open(all);
    all.clock.advance(GREETING_MS + 500);
    expect(Buffer.from(line.heard).equals(Buffer.from(first.line.heard))).toBe(true);
  });

  test('whose model is there before the line: it plays when the line opens all the same', () => {
    const all = withFile();
    const verb = all.switchboard.answer(incoming);
    all.live.last.ready();
    expect([all.live.last.prompts, all.live.last.informed.length]).toEqual([[], 1]);
    all.clock.advance(3_000);
    const line = all.connect(verb);
    all.clock.advance(GREETING_MS);
    expect(line.heardMs).toBe(GREETING_MS);
  });

  test('goes on as any: the answer follows under a later number', () => {
    const all = withFile();
    const line = open(all);
    all.live.last.ready();
    all.clock.advance(GREETING_MS + 100);
    const turn = all.live.last.say(400);
    all.live.last.agentSaid('Nine to five.');
    all.live.last.idle();
    all.clock.advance(1_000);
    expect(turn).toBe(2);
    expect(line.heardMs).toBe(GREETING_MS + 400 + TAIL_MS);
    expect(line.log).not.toContain('clear');
    expect(agentEntry(all)).toMatchObject({ text: 'Nine to five.', state: 'done' });
  });

  test('[PL6] whose line is lost while it plays hears the rest on the next one, once, without the model', () => {
    const all = withFile();
    const line = open(all);
    all.clock.advance(700);
    line.drop();
    all.clock.advance(300);
    const next = all.connect(all.afterStream());
    all.clock.advance(GREETING_MS);
    expect([line.heardMs, next.heardMs]).toEqual([700, GREETING_MS - 620]);
    expect(all.of('greeting-played')).toHaveLength(1);
    all.live.last.ready();
    expect([all.live.last.prompts, all.live.last.informed.length]).toEqual([[], 1]);
  });

  test('[FA1] whose model fails while it plays hears it out, then the apology', () => {
    const all = withFile();
    const line = open(all);
    all.clock.advance(500);
    all.live.last.fail();
    all.clock.advance(20_000);
    expect(line.heardMs).toBe(GREETING_MS + APOLOGY_MS);
    expect(isApology(line.heard.slice(-8 * APOLOGY_MS))).toBe(true);
    expect(all.ended?.reason).toBe('model-failed');
  });
});

describe('[GR2] which greeting', () => {
  test('the profile’s own file, from the first call on', () => {
    const all = withFile();
    const line = open(all);
    expect(all.of('greeting-played')).toMatchObject([{ from: 'file', ms: GREETING_MS }]);
    expect(isGreeting(line.played[0]!)).toBe(true);
  });

  test('the model’s, asked for, when nothing was kept', () => {
    const all = rig();
    const { line, session } = all.answered();
    expect(session.prompts).toEqual([expect.stringContaining('Hello!')]);
    expect(session.informed).toEqual([]);
    expect(line.played).toEqual([]);
    expect(all.of('greeting-played')).toEqual([]);
  });
});

describe('[GR3] nothing is kept of a greeting', () => {
  test.each<[string, (all: Rig) => void, string?]>([
    ['that was cut', (all) => all.live.last.interrupt()],
    ['that broke off', (all) => all.live.last.lose()],
    [
      'before whose end a tool was called',
      (all) => all.live.last.callTools({ id: 'a', name: 'look_up_contact' }),
    ],
    [
      'before whose end an operator asked for more',
      (all) => all.switchboard.operator(id)?.tell('Offer a discount.', true),
    ],
    ['in other words', () => undefined, 'Hello Ada!'],
    ['longer than 20 s', (all) => all.live.last.say(20_000)],
  ])('%s', (_what, disturb, words) => {
    const all = rig();
    firstCall(all, words, disturb);
    open(all);
    expect(all.of('greeting-played')).toEqual([]);
  });

  test('that is protected, when the model stopped in the middle of it', () => {
    const all = rig({ bargeIn: { greeting_interruptible: false } });
    firstCall(all, 'Hello!', ({ live }) => live.last.interrupt());
    open(all);
    expect(all.of('greeting-played')).toEqual([]);
  });

  test('but a note that wants no answer, and comfort before it, do no harm', () => {
    const all = rig();
    const line = open(all);
    all.clock.advance(5_000);
    all.live.last.ready();
    all.live.last.say(GREETING_MS);
    all.live.last.agentSaid('Hello!');
    all.switchboard.operator(id)?.tell('They are a member.', false);
    all.live.last.idle();
    all.clock.advance(GREETING_MS + 1_000);
    line.stop();
    all.told.length = 0;
    const second = open(all);
    expect(all.of('greeting-played')).toHaveLength(1);
    expect(second.played.every(({ bytes }) => bytes.some((byte) => byte !== COMFORT_BYTE))).toBe(true);
  });
});

describe('[GR4] a caller who speaks over it', () => {
  const talkOver = (options: RigOptions, how: (all: Rig) => void): { all: Rig; line: FakeLine } => {
    const all = withFile(options);
    const line = open(all);
    all.live.last.ready();
    all.clock.advance(500);
    how(all);
    return { all, line };
  };

  test.each<[string, (all: Rig) => void]>([
    ['by the model’s word', ({ live }) => live.last.interrupt()],
    ['by their own words', ({ live }) => live.last.callerSaid('Yes, hello')],
    ['by the answer to them', ({ live }) => void live.last.say(100)],
  ])('cuts it: known %s', (_how, how) => {
    const { all, line } = talkOver({}, how);
    expect(line.log).toContain('clear');
    expect(all.of('barge-in')).toMatchObject([{ turn: 1, heardMs: 500 }]);
    expect(all.of('transcript').find(({ entry }) => entry.state === 'cut')?.entry).toMatchObject({
      text: 'Hello!',
      heard: '',
    });
    all.clock.advance(5_000);
    expect(line.log.filter((what) => what === 'clear')).toHaveLength(1);
  });

  test('hears the answer whole', () => {
    const { all, line } = talkOver({}, ({ live }) => void live.last.say(400));
    all.live.last.idle();
    all.clock.advance(2_000);
    expect(line.heardMs).toBe(500 + 400 + TAIL_MS);
  });

  test('is kept from the model while it is protected, and heard then, in order', () => {
    const all = withFile({ bargeIn: { greeting_interruptible: false } });
    const line = open(all);
    line.speak(frame(1));
    const { sent } = all.live.last;
    expect(sent.map((pcm) => pcm.every((byte) => byte === 0))).toEqual([true]);
    all.clock.advance(GREETING_MS);
    expect(sent).toHaveLength(2);
    expect(sent[1]!.some((byte) => byte !== 0)).toBe(true);
    expect(line.heardMs).toBe(GREETING_MS);
  });

  test('waits for what a profile protects', () => {
    const { all, line } = talkOver({ bargeIn: { min_heard_ms: 800 } }, ({ live }) =>
      live.last.callerSaid('Yes'),
    );
    all.clock.advance(299);
    expect(line.log).not.toContain('clear');
    all.clock.advance(1);
    expect(line.log).toContain('clear');
    expect(line.heardMs).toBe(800);
  });

  test('after it was heard cuts nothing', () => {
    const all = withFile();
    const line = open(all);
    all.live.last.ready();
    all.clock.advance(GREETING_MS);
    all.live.last.callerSaid('Hello');
    all.live.last.say(400);
    all.live.last.callerSaid(' again');
    expect(line.log).not.toContain('clear');
  });
});

test('[GR5] no comfort is heard over a greeting, and none within 4 s after it', () => {
  const all = withFile({ greetingAudioMs: 6_000 });
  const line = open(all);
  all.clock.advance(6_000 + 3_999);
  expect(line.played.every(isGreeting)).toBe(true);
  all.clock.advance(1);
  expect(line.played.at(-1)!.bytes.every((byte) => byte === COMFORT_BYTE)).toBe(true);
});

test('[GR4] a profile in which the caller does not interrupt: their words do not cut the recording', () => {
  const all = withFile({ bargeIn: { caller_interrupts: false } });
  const line = open(all);
  all.live.last.ready();
  all.clock.advance(500);
  all.live.last.callerSaid('Yes, hello');
  all.clock.advance(5_000);
  expect(line.log).not.toContain('clear');
  expect(agentEntry(all)).toMatchObject({ heard: 'Hello!', state: 'done' });
});

test('[AW1] a recording that plays while a turn of the model breaks off keeps all its words', () => {
  const all = withFile({ bargeIn: { caller_interrupts: false } });
  open(all);
  const session = all.live.last;
  session.ready();
  all.clock.advance(300);
  session.say(1_000);
  session.agentSaid('We are open from nine in the morning until noon');
  session.lose();
  const [greeting, answer] = session.recalled();
  expect(greeting).toEqual({ who: 'agent', text: 'Hello!' });
  expect(answer?.text).toMatch(/^We are open/);
  expect(answer?.text).not.toContain('noon');
});
