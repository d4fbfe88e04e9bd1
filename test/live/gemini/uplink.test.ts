// The caller's sound on its way to a model that comes and goes: nothing of what was not answered is lost or heard twice.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOfMs, PCM16_16K } from '../../../src/audio/format.ts';
import { Uplink, type Mouth } from '../../../src/live/gemini/uplink.ts';
import type { VoiceActivitySetup } from '../../../src/live/session.ts';
import { recordingLog } from './recording-log.ts';

const bytes = (ms: number): number => bytesOfMs(PCM16_16K, ms);

/** Silence is soft noise and speech a loud tone in it; no stretch of 40 samples is there twice. */
function line() {
  const chunks: Buffer[] = [];
  let seed = 7;
  let at = 0;
  return {
    all: (): Buffer => Buffer.concat(chunks),
    make(ms: number, loud: boolean): Buffer {
      const samples = new Int16Array(bytes(ms) / 2);
      for (const index of samples.keys()) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        samples[index] = ((seed >>> 16) % 40) + (loud ? 10_000 * Math.sin(at * 0.3) : 0);
        at += 1;
      }
      const chunk = Buffer.from(samples.buffer);
      chunks.push(chunk);
      return chunk;
    },
  };
}

interface Activity {
  readonly pcm: Buffer[];
  open: boolean;
}

/** What one connection was given. With the model listening itself, everything is one activity that never ends. */
class Ear implements Mouth {
  readonly activities: Activity[] = [];
  readonly stray: Buffer[] = [];
  readonly faults: string[] = [];
  audio(pcm: Uint8Array): void {
    const current = this.activities.at(-1);
    (current?.open ? current.pcm : this.stray).push(Buffer.from(pcm));
  }
  started(): void {
    if (this.activities.at(-1)?.open) this.faults.push('started twice');
    this.activities.push({ pcm: [], open: true });
  }
  ended(): void {
    const current = this.activities.at(-1);
    if (!current?.open) this.faults.push('ended what was not started');
    else current.open = false;
  }
  get heard(): Buffer {
    return Buffer.concat(this.stray);
  }
}

function uplink(
  detector: 'model' | 'local' = 'model',
  more: Pick<VoiceActivitySetup, 'prefixPaddingMs' | 'silenceMs'> = {},
) {
  const { log, lines } = recordingLog();
  const told: string[] = [];
  const up = new Uplink(log, { detector, ...more }, (is) => told.push(is));
  const caller = line();
  return {
    ...{ up, lines, caller, told },
    /** From when to when of all the sound, in ms. */
    place: (sound: Buffer): number[] => {
      const at = caller.all().indexOf(sound);
      return at < 0 ? [] : [at, at + sound.length].map((byte) => byte / bytes(1));
    },
    /** In pieces of 20 ms. */
    say: (ms: number, loud: boolean): void => {
      const sound = caller.make(ms, loud);
      for (let at = 0; at < sound.length; at += bytes(20)) up.send(sound.subarray(at, at + bytes(20)));
    },
    connect: (): Ear => {
      const ear = new Ear();
      up.open(ear);
      return ear;
    },
  };
}

describe('a model that listens itself', () => {
  test('hears everything once, what came before it too', () => {
    const { up, say, connect, place } = uplink();
    say(500, false);
    say(500, true);
    const ear = connect();
    say(100, true);
    up.covered();
    say(900, false);
    expect(place(ear.heard)).toEqual([0, 2_000]);
  });

  test('hears again what it did not answer, from half a second before it', () => {
    const { up, say, connect, place } = uplink();
    const first = connect();
    say(2_000, false);
    say(400, true);
    say(700, false);
    expect(place(first.heard)).toEqual([0, 3_100]);
    up.shut();
    say(300, false);
    const second = connect();
    expect(second.heard.length).toBeGreaterThanOrEqual(bytes(600 + 400 + 700 + 300 - 100));
    expect(place(second.heard)[1]).toBe(3_400);
  });

  test('does not hear again what it answered, nor more than 600 ms of a silence that it had heard', () => {
    const { up, say, connect, place } = uplink();
    connect();
    say(1_000, true);
    say(700, false);
    up.covered();
    say(5_000, false);
    up.shut();
    const ear = connect();
    expect(place(ear.heard)).toEqual([6_100, 6_700]);
  });

  test('hears what was said while it was away, silence too: a soft voice may be in it', () => {
    const { up, say, connect, place } = uplink();
    connect();
    say(1_000, false);
    up.shut();
    say(4_000, false);
    expect(place(connect().heard)).toEqual([400, 5_000]);
  });

  test('an answer covers what was said before it, not what is being said', () => {
    const { up, say, connect, place } = uplink();
    connect();
    say(1_000, true);
    say(700, false);
    say(1_000, true);
    up.covered();
    expect(up.isWaitedFor).toBe(true);
    up.shut();
    expect(place(connect().heard)).toEqual([1_100, 2_700]);
  });

  test('30 s are kept while it is away; what of the older it never heard is counted, and told once', () => {
    const { up, say, connect, place, lines } = uplink();
    connect();
    say(1_000, false);
    up.shut();
    say(30_500, false);
    expect(place(connect().heard)).toEqual([1_500, 31_500]);
    expect(lines).toMatchObject([{ level: 'warn', lostMs: 500 }]);
    up.shut();
    say(20, false);
    connect();
    expect(lines).toHaveLength(1);
  });

  test('30 s are kept while it hears a caller who does not stop', () => {
    const { up, say, connect, place, lines } = uplink();
    connect();
    say(40_000, true);
    up.shut();
    const ear = connect();
    expect(place(ear.heard)).toEqual([10_000, 40_000]);
    expect(lines).toEqual([]);
  });

  test('what it has not answered in 15 s of silence it does not mean to answer', () => {
    const { up, say, connect } = uplink();
    connect();
    say(200, true);
    say(15_400, false);
    expect(up.isWaitedFor).toBe(true);
    say(200, false);
    expect(up.isWaitedFor).toBe(false);
    up.shut();
    expect(connect().heard).toHaveLength(bytes(600));
  });

  test('one that is away is given its time: what it was not there for is not forgotten after 15 s', () => {
    const { up, say, connect } = uplink();
    say(200, true);
    say(20_000, false);
    expect(up.isWaitedFor).toBe(true);
    expect(connect().heard).toHaveLength(bytes(20_200));
  });

  test('the bytes that it was given may be used for something else', () => {
    const { up, connect } = uplink();
    const pcm = Uint8Array.of(1, 2, 3, 4);
    up.send(pcm);
    pcm.fill(9);
    expect([...connect().heard]).toEqual([1, 2, 3, 4]);
  });

  test('a click is no speech', () => {
    const { up, say, connect } = uplink();
    connect();
    say(60, true);
    say(100, false);
    expect(up.isWaitedFor).toBe(false);
  });

  test('nothing comes after the end, nor to a mouth that was shut', () => {
    const { up, say, connect } = uplink();
    const ear = connect();
    up.shut();
    say(20, true);
    up.close();
    say(20, true);
    expect([ear.heard.length, connect().heard.length]).toEqual([0, 0]);
  });
});

describe('a model that is told when the caller speaks', () => {
  test('hears speech alone, with what came before it, between the two', () => {
    const { say, connect, place } = uplink('local');
    const ear = connect();
    say(2_000, false);
    say(1_000, true);
    say(2_000, false);
    expect(ear.faults).toEqual([]);
    expect(ear.heard).toHaveLength(0);
    expect(ear.activities).toHaveLength(1);
    const [{ pcm, open } = { pcm: [], open: true }] = ear.activities;
    expect(open).toBe(false);
    expect(place(Buffer.concat(pcm))).toEqual([1_400, 3_500]);
  });

  test('hears the beginning also of speech that is noticed late, as the profile wants it', () => {
    const { say, connect, place } = uplink('local', { prefixPaddingMs: 1_000 });
    const ear = connect();
    say(3_000, false);
    say(2_000, true);
    expect(place(Buffer.concat(ear.activities[0]!.pcm))).toEqual([2_400, 5_000]);
  });

  test.each([
    [undefined, 1],
    [1_000, 1],
    [300, 2],
  ])('with a silence of %s ms: a pause of 400 ms is in %i utterance(s)', (silenceMs, utterances) => {
    const { say, connect } = uplink('local', { silenceMs });
    const ear = connect();
    for (const loud of [true, false, true]) say(400, loud);
    expect(ear.activities).toHaveLength(utterances);
  });

  test('a longer silence ends the utterance later, as the profile wants it', () => {
    const { say, connect } = uplink('local', { silenceMs: 1_000 });
    const ear = connect();
    say(400, true);
    say(900, false);
    expect(ear.activities).toMatchObject([{ open: true }]);
    say(200, false);
    expect(ear.activities).toMatchObject([{ open: false }]);
  });

  test('hears an utterance whole that a lost connection cut, and silence not at all', () => {
    const { up, say, connect, place } = uplink('local');
    const first = connect();
    say(1_000, false);
    say(500, true);
    up.shut();
    expect(first.activities).toMatchObject([{ open: true }]);
    say(500, true);
    say(600, false);
    const second = connect();
    expect(second.faults).toEqual([]);
    expect(second.activities).toMatchObject([{ open: false }]);
    expect(place(Buffer.concat(second.activities[0]!.pcm))).toEqual([380, 2_500]);
    up.covered();
    up.shut();
    say(1_000, false);
    expect(connect().activities).toEqual([]);
  });

  test('an activity that is under way when it comes back goes on, and ends once', () => {
    const { say, connect, place } = uplink('local');
    say(500, true);
    const ear = connect();
    say(500, true);
    say(700, false);
    expect(ear.activities).toMatchObject([{ open: false }]);
    expect(place(Buffer.concat(ear.activities[0]!.pcm))).toEqual([0, 1_500]);
  });
});

/** Nothing is held any more, and what lasts on is given. */
function letGo(up: Uplink): void {
  up.letThrough(Infinity);
  up.hold(false);
}

describe('speech that is held from the model', () => {
  test('is noticed; when it lasts, it is given from before its beginning once it is let go', () => {
    const { up, say, connect, place, told } = uplink('local');
    const ear = connect();
    say(2_000, false);
    up.hold(true);
    say(300, true);
    expect([up.isSpoken, up.isGiven, ear.activities.length, told]).toEqual([true, false, 0, ['speaking']]);
    letGo(up);
    expect(up.isGiven).toBe(true);
    expect(place(Buffer.concat(ear.activities[0]!.pcm))).toEqual([1_400, 2_300]);
    say(700, true);
    say(1_000, false);
    expect(ear.activities).toMatchObject([{ open: false }]);
    expect(ear.faults).toEqual([]);
    expect(place(Buffer.concat(ear.activities[0]!.pcm))).toEqual([1_400, 3_500]);
    expect(told).toEqual(['speaking', 'waiting']);
  });

  test('is given from so long ago as it is let through, and what came before on no connection', () => {
    const { up, say, connect, place } = uplink('local');
    const ear = connect();
    up.hold(true);
    say(3_000, true);
    up.letThrough(500);
    say(500, true);
    expect(place(Buffer.concat(ear.activities[0]!.pcm))).toEqual([2_500, 3_500]);
    up.shut();
    expect(place(Buffer.concat(connect().activities[0]!.pcm))).toEqual([2_500, 3_500]);
  });

  test('begins anew where it is not held any more, and is not let through', () => {
    const { up, say, connect, place } = uplink('local');
    const ear = connect();
    up.hold(true);
    say(500, true);
    up.hold(false);
    expect([up.isSpoken, ear.activities.length]).toEqual([false, 0]);
    say(500, true);
    expect(place(Buffer.concat(ear.activities[0]!.pcm))).toEqual([500, 1_000]);
    say(1_000, false);
    expect(ear.activities).toMatchObject([{ open: false }]);
  });

  test('is never given when it ended meanwhile, nor is anybody told to wait', () => {
    const { up, say, connect, told } = uplink('local');
    const ear = connect();
    up.hold(true);
    say(1_000, true);
    say(1_000, false);
    expect(up.isWaitedFor).toBe(false);
    letGo(up);
    say(3_000, false);
    up.shut();
    expect([ear.activities, connect().activities, told]).toEqual([[], [], ['speaking', 'silent']]);
  });

  test('is left out of the beginning of what comes next', () => {
    const { up, say, connect, place, caller } = uplink('local');
    const ear = connect();
    up.hold(true);
    say(1_000, true);
    say(540, false);
    letGo(up);
    say(500, true);
    expect(place(Buffer.concat(ear.activities[0]!.pcm))).toEqual([1_000, caller.all().length / bytes(1)]);
  });

  test('goes on being given when it had begun before', () => {
    const { up, say, connect } = uplink('local');
    const ear = connect();
    say(300, true);
    up.hold(true);
    say(300, true);
    expect(ear.activities).toMatchObject([{ open: true }]);
    say(600, false);
    expect(ear.activities).toMatchObject([{ open: false }]);
    letGo(up);
    expect([ear.activities.length, ear.faults]).toEqual([1, []]);
  });

  test('leaves what was said before it as it was: unanswered, waited for, and given again without it', () => {
    const { up, say, connect, place, told, caller } = uplink('local');
    connect();
    say(1_000, false);
    say(500, true);
    say(700, false);
    up.hold(true);
    say(400, true);
    up.shut();
    const second = connect();
    expect(second.activities).toMatchObject([{ open: false }]);
    expect(place(Buffer.concat(second.activities[0]!.pcm))).toEqual([380, 2_000]);
    say(700, false);
    letGo(up);
    expect(told).toEqual(['speaking', 'waiting', 'speaking', 'waiting']);
    say(500, true);
    up.shut();
    const sound = Buffer.concat(connect().activities[0]!.pcm);
    const all = caller.all();
    const without = Buffer.concat([all.subarray(bytes(380), bytes(2_200)), all.subarray(bytes(2_600))]);
    expect(sound.equals(without)).toBe(true);
  });

  test('an answer covers what was said before it, and what is held is given when it lasts', () => {
    const { up, say, connect, place } = uplink('local');
    const ear = connect();
    say(500, true);
    say(1_000, false);
    up.hold(true);
    say(400, true);
    up.covered();
    up.shut();
    const second = connect();
    expect(second.activities).toEqual([]);
    letGo(up);
    expect(place(Buffer.concat(second.activities[0]!.pcm))).toEqual([900, 1_900]);
    expect([...ear.faults, ...second.faults]).toEqual([]);
  });

  test('let go while the model is away, it is given when it is back', () => {
    const { up, say, connect } = uplink('local');
    up.hold(true);
    say(400, true);
    letGo(up);
    letGo(up);
    const ear = connect();
    expect(ear.activities).toMatchObject([{ open: true }]);
    expect(Buffer.concat(ear.activities[0]!.pcm)).toHaveLength(bytes(400));
    up.close();
    up.hold(true);
    letGo(up);
    expect(ear.activities).toHaveLength(1);
  });

  test('is nothing to a model that listens itself', () => {
    const { up, say, connect, told } = uplink();
    const ear = connect();
    up.hold(true);
    say(500, true);
    say(700, false);
    expect([ear.heard.length, told]).toEqual([bytes(1_200), ['speaking', 'waiting']]);
  });
});

test('a cough after a question is no answer to it: the caller still waits', () => {
  const { up, say, connect, told } = uplink();
  connect();
  say(500, true);
  say(600, false);
  say(140, true);
  say(600, false);
  expect(told).toEqual(['speaking', 'waiting', 'speaking', 'waiting']);
  up.covered();
  say(140, true);
  say(600, false);
  expect(told.slice(4)).toEqual(['speaking', 'silent']);
  expect(Buffer.concat([...up.unanswered()]).length).toBeGreaterThan(bytes(140));
});

test('nor is a click, or one more after it, anything to wait for', () => {
  const { say, connect, told } = uplink();
  connect();
  for (const loud of [true, false, true, false]) say(loud ? 140 : 600, loud);
  expect(told).toEqual(['speaking', 'silent', 'speaking', 'silent']);
});

test('an answer in the middle of a cough answers the question before it', () => {
  const { up, say, connect, told } = uplink();
  connect();
  say(500, true);
  say(600, false);
  say(120, true);
  up.covered();
  say(80, true);
  say(600, false);
  expect(told).toEqual(['speaking', 'waiting', 'speaking', 'silent']);
});

test('a question that was answered while the caller coughed awaits nothing', () => {
  const { up, say, connect, told } = uplink();
  connect();
  say(500, true);
  say(600, false);
  say(140, true);
  up.covered();
  say(600, false);
  expect(told).toEqual(['speaking', 'waiting', 'speaking', 'silent']);
});

test('what is judged: all that awaits an answer, 5 s of it at most, and nothing once it is dismissed', () => {
  const { up, say, connect, place } = uplink();
  const judged = (): number[] => place(Buffer.concat([...up.unanswered()]));
  connect();
  expect([...up.unanswered()]).toEqual([]);
  say(2_000, false);
  say(12_000, true);
  expect([...up.unanswered()]).toEqual([]);
  expect(place(Buffer.concat([...up.newest(5_000)]))).toEqual([9_000, 14_000]);
  say(3_000, false);
  expect(judged()).toEqual([9_500, 14_500]);
  expect(up.caller).toBe('waiting');
  up.dismiss();
  expect([[...up.unanswered()], up.caller, up.isWaitedFor]).toEqual([[], 'silent', false]);
});

/** Speech [from, to) in ms, with how it is cut, and what happens between the pieces. */
const scene = fc.record({
  parts: fc.array(
    fc.record({ loud: fc.boolean(), ms: fc.integer({ min: 12, max: 70 }).map((frames) => frames * 20) }),
    { minLength: 1, maxLength: 10 },
  ),
  cuts: fc.array(
    fc.integer({ min: 1, max: 60 }).map((tens) => tens * 10),
    { minLength: 1, maxLength: 20 },
  ),
  acts: fc.array(fc.constantFrom('none', 'none', 'none', 'open', 'shut', 'covered'), {
    minLength: 1,
    maxLength: 40,
  }),
});

/** Plays the scene; what the last connection was given, and what it must have been given at least. */
function play(
  detector: 'model' | 'local',
  { parts, cuts, acts }: typeof scene extends fc.Arbitrary<infer S> ? S : never,
) {
  const { up, caller, connect } = uplink(detector);
  const speech: { from: number; to: number }[] = [];
  let atMs = 0;
  for (const { loud, ms } of parts) {
    caller.make(ms, loud);
    const last = speech.at(-1);
    if (loud && last?.to === atMs) last.to += ms;
    else if (loud) speech.push({ from: atMs, to: atMs + ms });
    atMs += ms;
  }
  const all = caller.all();
  const covers: number[] = [];
  const ears: Ear[] = [];
  let isOpen = false;
  let sent = 0;
  for (let step = 0; sent < all.length; step += 1) {
    const act = acts[step % acts.length];
    if (act === 'open' && !isOpen) ears.push(connect());
    if (act === 'shut') up.shut();
    // A model that is away answers nothing.
    if (act === 'covered' && isOpen) {
      up.covered();
      covers.push(sent / bytes(1));
    }
    isOpen = act === 'open' ? true : act === 'shut' ? false : isOpen;
    const piece = all.subarray(sent, sent + bytes(cuts[step % cuts.length]!));
    up.send(Uint8Array.from(piece));
    sent += piece.length;
  }
  if (!isOpen) ears.push(connect());
  // The end of an utterance is noticed 500 ms after it, at a frame's end; an answer before that does not cover it.
  const wanted = speech.filter(({ to }) => !covers.some((coverMs) => coverMs >= to + 480));
  return { all, ears, wanted };
}

test('however it is cut, opened, shut and answered: what was not answered is heard whole, in order, to the end', () => {
  fc.assert(
    fc.property(scene, (played) => {
      const { all, ears, wanted } = play('model', played);
      const { heard } = ears.at(-1)!;
      expect(heard.equals(all.subarray(all.length - heard.length))).toBe(true);
      const [first] = wanted;
      if (first) expect(heard.length).toBeGreaterThanOrEqual(all.length - bytes(first.from));
      for (const ear of ears) expect(all.indexOf(ear.heard)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 250, seed: 1 },
  );
});

test('and where this server tells who speaks: between started and ended, once on each connection', () => {
  fc.assert(
    fc.property(scene, (played) => {
      const { all, ears, wanted } = play('local', played);
      for (const ear of ears) {
        expect(ear.faults).toEqual([]);
        expect(ear.heard).toHaveLength(0);
        let end = 0;
        for (const { pcm } of ear.activities) {
          const sound = Buffer.concat(pcm);
          const from = sound.length === 0 ? end : all.indexOf(sound);
          expect(from).toBeGreaterThanOrEqual(end);
          end = from + sound.length;
        }
        for (const { open } of ear.activities.slice(0, -1)) expect(open).toBe(false);
      }
      // The end of an activity may hold the first few samples of the next: where a piece is cut is not where speech is.
      const given = new Uint8Array(all.length);
      for (const { pcm } of ears.at(-1)!.activities) {
        const sound = Buffer.concat(pcm);
        const from = all.indexOf(sound);
        given.fill(1, from, from + sound.length);
      }
      for (const { from, to } of wanted) expect(given.subarray(bytes(from), bytes(to)).indexOf(0)).toBe(-1);
    }),
    { numRuns: 250, seed: 1 },
  );
});

test('held and let go, opened, shut and answered: each connection is told start, sound, end, and nothing twice', () => {
  const acts = fc.array(
    fc.constantFrom('none', 'none', 'open', 'shut', 'covered', 'hold', 'hold', 'let go', 'let go'),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(scene, acts, ({ parts, cuts }, acts) => {
      const { up, caller, connect } = uplink('local');
      for (const { loud, ms } of parts) caller.make(ms, loud);
      const all = caller.all();
      const ears: Ear[] = [];
      let isOpen = false;
      for (let step = 0, sent = 0; sent < all.length; step += 1) {
        const act = acts[step % acts.length];
        if (act === 'open' && !isOpen) ears.push(connect());
        if (act === 'shut') up.shut();
        if (act === 'covered' && isOpen) up.covered();
        if (act === 'hold') up.hold(true);
        if (act === 'let go') letGo(up);
        isOpen = act === 'open' || (act !== 'shut' && isOpen);
        const isOn = isOpen ? (ears.at(-1)?.activities.at(-1)?.open ?? false) : false;
        if (isOpen) expect(isOn).toBe(up.isGiven);
        const piece = all.subarray(sent, sent + bytes(cuts[step % cuts.length]!));
        up.send(Uint8Array.from(piece));
        sent += piece.length;
      }
      for (const ear of ears) {
        expect(ear.faults).toEqual([]);
        expect(ear.heard).toHaveLength(0);
        // In order, and no sample twice: every piece is found behind the one before it.
        let end = 0;
        for (const pcm of ear.activities.flatMap((activity) => activity.pcm)) {
          const from = all.indexOf(pcm, end);
          expect(from).toBeGreaterThanOrEqual(end);
          end = from + pcm.length;
        }
      }
    }),
    { numRuns: 250, seed: 1 },
  );
});

test('what was said while nothing was held reaches the last connection whole, whatever is held around it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ held: fc.boolean(), frames: fc.integer({ min: 15, max: 60 }) }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.boolean(),
      (utterances, isOpenMeanwhile) => {
        const { up, say, caller, connect } = uplink('local');
        if (isOpenMeanwhile) connect();
        const spans = utterances.map(({ held, frames }) => {
          up.hold(held);
          const from = caller.all().length;
          say(frames * 20, true);
          const to = caller.all().length;
          say(1_000, false);
          return { held, from, to };
        });
        letGo(up);
        up.shut();
        const sound = Buffer.concat(connect().activities.flatMap(({ pcm }) => pcm));
        const all = caller.all();
        for (const { held, from, to } of spans) expect(sound.includes(all.subarray(from, to))).toBe(!held);
      },
    ),
    { numRuns: 100, seed: 1 },
  );
});
