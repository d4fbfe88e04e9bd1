// A model that owes something and says nothing.
import { describe, expect, test } from 'vitest';
import { NOISE_REMINDER, REMINDER } from '../../../src/live/gemini/recall.ts';
import type { WatchdogSetup } from '../../../src/live/session.ts';
import {
  calls,
  COMPLETE,
  converse,
  frame,
  GENERATED,
  handle,
  hiss,
  INTERRUPTED,
  READY,
  sound,
  summary,
  voice,
  words,
} from './conversation-rig.ts';
import { toolCallId } from '../../../src/base/ids.ts';

const LIMITS: WatchdogSetup = { answerWithinMs: 4_000, wordWithinMs: 5_000, restWithinMs: 3_000 };

/** Greeted, whole, and a handle given. */
function underWay(watchdog: WatchdogSetup = LIMITS, callerInterrupts = true) {
  const rig = converse({ wanted: { watchdog, callerInterrupts } });
  rig.receive(READY);
  rig.receive(sound(), words('Hello.'), GENERATED, COMPLETE, handle('h-1'));
  rig.said.push({ who: 'agent', text: 'Hello.' });
  return rig;
}
const did = (rig: ReturnType<typeof converse>): string[] =>
  rig.events.flatMap((event) => (event.type === 'watchdog' ? [`${event.saw} ${event.did}`] : []));
const asks = (rig: ReturnType<typeof converse>): string[] =>
  summary(rig.sent()).filter((line) => line.startsWith('ask'));

describe('an answer to the caller', () => {
  test('late: reminded once; later still: renewed, and the caller is heard again', () => {
    const rig = underWay();
    rig.callerSpeaks(600);
    rig.clock.advance(3_999);
    expect(did(rig)).toEqual([]);
    rig.clock.advance(251);
    expect(did(rig)).toEqual(['no answer reminded']);
    expect(asks(rig)).toEqual([`ask ${REMINDER}`]);
    rig.clock.advance(4_250);
    expect(did(rig)).toEqual(['no answer reminded', 'no answer renewed']);
    expect(rig.dialled).toHaveLength(2);
    rig.receive(READY);
    const heard = /sound ×(\d+)/.exec(summary(rig.sent()).at(-1)!)?.[1];
    expect(Number(heard), 'frames of 20 ms').toBeGreaterThanOrEqual(30);
    expect(asks(rig), 'the sound says it').toEqual([]);
  });

  test.each([
    ['an answer', (rig: ReturnType<typeof converse>) => rig.callerSpeaks(600), ['no answer reminded']],
    ['the rest of a turn', (rig: ReturnType<typeof converse>) => rig.receive(sound()), ['stalled renewed']],
  ])('while this process stands still, %s is not waited for', (_name, owed, then) => {
    const rig = underWay();
    owed(rig);
    rig.clock.advance(1_000);
    rig.clock.standStill(10_000);
    rig.clock.advance(1_500);
    expect(did(rig)).toEqual([]);
    rig.clock.advance(2_000);
    expect(did(rig)).toEqual(then);
  });

  test('to a caller who may not interrupt is owed from when the agent was heard out', () => {
    const rig = underWay(LIMITS, false);
    const eightSeconds = Buffer.alloc(8 * 48_000).toString('base64');
    rig.receive(sound(eightSeconds), GENERATED);
    rig.callerSpeaks(600);
    rig.clock.advance(11_900);
    expect(did(rig)).toEqual([]);
    rig.clock.advance(400);
    expect(did(rig)).toEqual(['no answer reminded']);
  });

  test('after two renewals nobody is expected to answer, and the call goes on', () => {
    const rig = underWay();
    rig.callerSpeaks(600);
    for (let round = 0; round < 20; round += 1) {
      rig.clock.advance(4_250);
      rig.receive(READY);
    }
    expect(did(rig).filter((line) => line === 'no answer renewed')).toHaveLength(2);
    expect(did(rig).at(-1)).toBe('no answer gave up');
    expect(rig.events.some(({ type }) => type === 'failed')).toBe(false);
    expect(rig.dialled).toHaveLength(3);
  });

  test('it is owed for as long, although the caller’s line goes on with its silence', () => {
    const rig = underWay();
    rig.callerSpeaks(600);
    for (let atMs = 0; atMs < 40_000; atMs += 20) {
      rig.session.send(frame(0));
      rig.clock.advance(20);
      if (did(rig).length % 2 === 0) rig.receive(READY);
    }
    const round = ['no answer reminded', 'no answer renewed'];
    expect(did(rig)).toEqual([...round, ...round, 'no answer reminded', 'no answer gave up']);
  });

  test.each<[string, (rig: ReturnType<typeof converse>) => void]>([
    ['a turn', (rig) => rig.receive(sound(), GENERATED)],
    ['a call', (rig) => rig.receive(calls('a'))],
    ['more from the caller', (rig) => rig.callerSpeaks(300)],
  ])('%s in time is no silence', (_what, comes) => {
    const rig = underWay();
    rig.callerSpeaks(600);
    rig.clock.advance(3_900);
    comes(rig);
    rig.clock.advance(500);
    expect(did(rig)).toEqual([]);
  });

  test('a caller who asks again every three seconds is helped as soon as one who waits', () => {
    const rig = underWay();
    for (let round = 0; round < 4; round += 1) {
      rig.callerSpeaks(600);
      rig.clock.advance(3_000);
    }
    expect(did(rig)).toEqual(['no answer reminded', 'no answer renewed']);
    rig.receive(READY);
    rig.receive(sound(), words('Here I am.'), GENERATED, COMPLETE);
    rig.callerSpeaks(600);
    rig.clock.advance(3_900);
    expect(did(rig), 'what was answered counts no more').toHaveLength(2);
  });

  test('owed together with a word, and both late: one new connection does for both', () => {
    const rig = underWay({ answerWithinMs: 4_000, wordWithinMs: 4_000 });
    rig.session.prompt('Tell them the time.');
    rig.callerSpeaks(600);
    rig.clock.advance(8_500);
    expect(did(rig).filter((line) => line.endsWith('renewed'))).toHaveLength(1);
    expect(rig.dialled).toHaveLength(2);
  });

  test('no sooner than a model takes to think, however long the caller has waited by then', () => {
    const rig = underWay();
    for (let round = 0; round < 3; round += 1) {
      rig.callerSpeaks(600);
      rig.clock.advance(3_500);
      rig.callerSpeaks(600);
      rig.clock.advance(1_900);
      expect(did(rig)).toEqual([]);
      rig.receive(sound(), GENERATED, COMPLETE);
    }
  });

  test('pauses in which no model could have answered are no waiting', () => {
    const rig = underWay();
    for (let round = 0; round < 10; round += 1) {
      rig.callerSpeaks(600);
      rig.clock.advance(1_900);
    }
    expect(did(rig)).toEqual([]);
  });

  test('our own sound that comes back while the caller waits, or a cough of theirs, changes nothing', () => {
    const rig = underWay();
    rig.callerSpeaks(600);
    rig.clock.advance(2_500);
    rig.callerCoughs(200);
    rig.clock.advance(2_250);
    expect(did(rig)).toEqual(['no answer reminded']);
    rig.callerCoughs(400);
    rig.clock.advance(4_250);
    expect(did(rig)).toEqual(['no answer reminded', 'no answer renewed']);
  });

  test('none is owed for a cough, nor for silence', () => {
    const rig = underWay();
    rig.callerSpeaks(120);
    rig.clock.advance(60_000);
    expect(did(rig)).toEqual([]);
  });

  test('an empty turn is not waited for', () => {
    const rig = underWay();
    rig.callerSpeaks(600);
    rig.clock.advance(500);
    rig.receive(COMPLETE);
    rig.clock.advance(250);
    expect(did(rig)).toEqual(['empty turn reminded']);
  });

  test('the end of a turn that was interrupted is no empty turn', () => {
    const rig = underWay();
    rig.receive(sound());
    rig.receive(INTERRUPTED);
    rig.callerSpeaks(600);
    rig.receive(COMPLETE);
    rig.clock.advance(1_000);
    expect(did(rig)).toEqual([]);
  });
});

describe('a first word', () => {
  test('of the greeting: asked again, then on a new connection, and then the model is given up', () => {
    const rig = converse({ wanted: { watchdog: LIMITS } });
    rig.session.prompt('Greet.');
    rig.receive(READY);
    rig.clock.advance(5_250);
    expect(asks(rig)).toEqual(['ask Greet.', 'ask Greet.']);
    rig.clock.advance(5_250);
    rig.receive(READY);
    expect(asks(rig)).toEqual(['ask Greet.']);
    for (let round = 0; round < 10; round += 1) {
      rig.clock.advance(5_250);
      if (rig.dialled.length === 3) rig.receive(READY);
    }
    expect(did(rig)).toEqual([
      ...[
        'late greeting reminded',
        'late greeting renewed',
        'late greeting reminded',
        'late greeting renewed',
      ],
      ...['late greeting reminded', 'late greeting gave up'],
    ]);
    expect(rig.events.at(-1)).toMatchObject({ type: 'failed', error: { code: 'LIVE_CLOSED' } });
    expect(rig.dialled).toHaveLength(3);
    expect(rig.clock.pending).toBe(0);
  });

  test('about what a function has answered', () => {
    const rig = underWay();
    rig.receive(calls('a'));
    rig.clock.advance(60_000);
    expect(did(rig), 'while the tool runs it is ours to speak').toEqual([]);
    rig.session.answerTool({ id: toolCallId('a'), name: 'look_up', response: { found: 'Ada' } });
    rig.clock.advance(5_250);
    expect(did(rig)).toEqual(['no first word reminded']);
    expect(asks(rig).at(-1)).toContain('The result of look_up');
  });
});

test('more of the turn in which a function was called is the word about its result', () => {
  const rig = underWay();
  rig.receive(sound(), calls('a'));
  rig.session.answerTool({ id: toolCallId('a'), name: 'look_up', response: { found: 'Ada' } });
  rig.receive(sound(), GENERATED, COMPLETE);
  rig.clock.advance(60_000);
  expect(did(rig)).toEqual([]);
});

test('nothing is owed to an answer after which the model may be silent', () => {
  const rig = underWay();
  rig.receive(sound(), calls('a'));
  rig.session.answerTool({ id: toolCallId('a'), name: 'look_up', response: {}, maybeSilent: true });
  rig.receive(GENERATED, COMPLETE);
  rig.clock.advance(60_000);
  expect(did(rig)).toEqual([]);
});

describe('the rest of a turn', () => {
  test('is owed from when all sound so far must have been heard; then the connection is renewed', () => {
    const rig = underWay();
    const twoSeconds = Buffer.alloc(96_000).toString('base64');
    rig.receive(sound(twoSeconds), words('On Saturdays'));
    rig.said.push({ who: 'agent', text: 'On Saturdays' });
    rig.clock.advance(4_900);
    expect(did(rig)).toEqual([]);
    rig.clock.advance(350);
    expect(did(rig)).toEqual(['stalled renewed']);
    rig.receive(READY);
    expect(asks(rig)[0]).toContain('Say the rest of your last sentence');
  });

  test('not after generationComplete, however late the end of the turn', () => {
    const rig = underWay();
    rig.receive(sound(), GENERATED);
    rig.clock.advance(60_000);
    expect(did(rig)).toEqual([]);
  });
});

test('0 is for ever', () => {
  const rig = underWay({ answerWithinMs: 0, wordWithinMs: 0, restWithinMs: 0 });
  rig.callerSpeaks(600);
  rig.session.prompt('Say something.');
  rig.clock.advance(60_000);
  rig.receive(sound());
  rig.clock.advance(60_000);
  expect(did(rig)).toEqual([]);
});

test('nothing is watched, and no timer left, once the session is closed', () => {
  const rig = underWay();
  rig.session.prompt('Say something.');
  rig.callerSpeaks(600);
  rig.session.close();
  expect(rig.clock.pending).toBe(0);
});

describe('sound without words', () => {
  test('a cough that is not answered is let be: nobody is reminded, nothing renewed, and nothing waited for', () => {
    const rig = underWay();
    rig.callerCoughs(400);
    rig.clock.advance(3_999);
    expect(did(rig)).toEqual([]);
    rig.clock.advance(60_000);
    expect([did(rig), asks(rig), rig.dialled.length]).toEqual([['noise let be'], [], 1]);
    rig.session.inform('A colleague is free.');
    expect(summary(rig.sent()).at(-1), 'the model may be told things').toBe('note A colleague is free.');
    expect(rig.clock.pending).toBe(1);
  });

  test('a cough behind a question is not let be', () => {
    const rig = underWay();
    rig.callerSpeaks(600);
    rig.callerCoughs(400);
    rig.clock.advance(4_250);
    expect(did(rig)).toEqual(['no answer reminded']);
  });

  test('nor is one that began with a cough', () => {
    const rig = underWay();
    rig.callerCoughs(400);
    rig.callerSpeaks(300);
    rig.clock.advance(4_250);
    expect(did(rig)).toEqual(['no answer reminded']);
  });

  test('what is not kept any more cannot be judged: the model is reminded', () => {
    const rig = underWay({ ...LIMITS, answerWithinMs: 20_000 });
    rig.callerSpeaks(600);
    lasts(
      rig,
      Array.from({ length: 1_020 }, () => frame(0)),
    );
    expect(did(rig)).toEqual(['no answer reminded']);
  });

  test('a cough that the model cared to answer is answered', () => {
    const rig = underWay();
    rig.callerCoughs(400);
    rig.receive(sound(), GENERATED, COMPLETE);
    rig.clock.advance(60_000);
    expect(did(rig)).toEqual([]);
  });

  /** In real time: the caller makes this sound, frame by frame. */
  const lasts = (rig: ReturnType<typeof converse>, sounds: readonly Uint8Array[]): void => {
    for (const piece of sounds) {
      rig.session.send(piece);
      rig.clock.advance(20);
    }
  };

  test('a noise that goes on: the model is to say so, once', () => {
    const rig = underWay();
    lasts(rig, hiss(14_900));
    expect(did(rig)).toEqual([]);
    lasts(rig, hiss(40_000));
    expect([did(rig), asks(rig)]).toEqual([['noise reminded'], [`ask ${NOISE_REMINDER}`]]);
  });

  test('and once more for another noise, but not for the same on another connection', () => {
    const rig = underWay();
    lasts(rig, hiss(16_000));
    rig.switchOver();
    lasts(rig, hiss(16_000));
    expect(did(rig)).toEqual(['noise reminded']);
    lasts(rig, [...Array.from({ length: 40 }, () => frame(0)), ...hiss(16_000)]);
    expect(did(rig)).toEqual(['noise reminded', 'noise reminded']);
  });

  test.each<[string, (rig: ReturnType<typeof converse>) => void]>([
    [
      'words of the caller',
      (rig) => rig.receive({ serverContent: { inputTranscription: { text: 'Hello' } } }),
    ],
    ['a turn', (rig) => rig.receive(sound(), GENERATED, COMPLETE)],
    ['a call', (rig) => rig.receive(calls('a'))],
    [
      'a pause',
      (rig) =>
        lasts(
          rig,
          Array.from({ length: 40 }, () => frame(0)),
        ),
    ],
  ])('%s in between: the time begins anew', (_what, comes) => {
    const rig = underWay();
    lasts(rig, hiss(10_000));
    comes(rig);
    lasts(rig, hiss(14_500));
    expect(did(rig)).toEqual([]);
    lasts(rig, hiss(1_000));
    expect(did(rig)).toEqual(['noise reminded']);
  });

  test('while the agent is heard nobody needs words: the time begins when it has been', () => {
    const rig = underWay();
    rig.receive(sound(Buffer.alloc(48 * 8_000).toString('base64')), GENERATED, COMPLETE);
    lasts(rig, hiss(22_500));
    expect(did(rig)).toEqual([]);
    lasts(rig, hiss(1_000));
    expect(did(rig)).toEqual(['noise reminded']);
  });

  test('nor when it begins to speak in the middle of the noise', () => {
    const rig = underWay();
    lasts(rig, hiss(5_000));
    rig.receive(sound(Buffer.alloc(48 * 8_000).toString('base64')), GENERATED, COMPLETE);
    lasts(rig, hiss(22_500));
    expect(did(rig)).toEqual([]);
    lasts(rig, hiss(1_000));
    expect(did(rig)).toEqual(['noise reminded']);
  });

  test('somebody who talks and talks makes no noise', () => {
    const rig = underWay();
    lasts(rig, voice(50_000));
    expect(did(rig)).toEqual([]);
    lasts(rig, hiss(31_000));
    expect(did(rig), 'however often that was found before').toEqual(['noise reminded']);
  });

  test('words in time, and noise after them: reminded when the noise has lasted', () => {
    const rig = underWay();
    lasts(rig, voice(14_000));
    lasts(rig, hiss(15_000));
    expect(did(rig)).toEqual([]);
    lasts(rig, hiss(1_500));
    expect(did(rig)).toEqual(['noise reminded']);
  });

  test('0 is never; else as long as the profile says', () => {
    const never = underWay({ ...LIMITS, noiseAfterMs: 0 });
    lasts(never, hiss(60_000));
    const soon = underWay({ ...LIMITS, noiseAfterMs: 2_000 });
    lasts(soon, hiss(2_500));
    expect([did(never), did(soon)]).toEqual([[], ['noise reminded']]);
  });

  test('while the model is away nobody is reminded, and the time begins when it is back', () => {
    const rig = underWay();
    rig.end();
    lasts(rig, hiss(4_000));
    rig.receive(READY);
    expect(did(rig)).toEqual([]);
    lasts(rig, hiss(14_500));
    expect(did(rig)).toEqual([]);
    lasts(rig, hiss(1_000));
    expect(did(rig)).toEqual(['noise reminded']);
  });
});

test('what was said while the model is away is owed once it is back, and no sooner', () => {
  const rig = underWay();
  rig.end();
  rig.callerSpeaks(600);
  rig.clock.advance(4_900);
  expect(did(rig)).toEqual([]);
  rig.receive(READY);
  rig.clock.advance(3_999);
  expect(did(rig)).toEqual([]);
  rig.clock.advance(251);
  expect(did(rig)).toEqual(['no answer reminded']);
});

test('all that was asked is asked again in one turn', () => {
  const rig = underWay();
  rig.session.prompt('The caller pressed 1.');
  rig.session.prompt('The caller pressed 2.');
  rig.clock.advance(5_250);
  expect(asks(rig).slice(2)).toEqual(['ask The caller pressed 1.\nThe caller pressed 2.']);
});
