// A model that owes something and says nothing.
import { describe, expect, test } from 'vitest';
import { REMINDER } from '../../../src/live/gemini/recall.ts';
import type { WatchdogSetup } from '../../../src/live/session.ts';
import {
  calls,
  COMPLETE,
  converse,
  GENERATED,
  handle,
  INTERRUPTED,
  READY,
  sound,
  summary,
  words,
} from './conversation-rig.ts';
import { toolCallId } from '../../../src/base/ids.ts';

const LIMITS: WatchdogSetup = { answerWithinMs: 4_000, wordWithinMs: 5_000, restWithinMs: 3_000 };

/** Greeted, whole, and a handle given. */
function underWay(watchdog: WatchdogSetup = LIMITS) {
  const rig = converse({ wanted: { watchdog } });
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
    expect(did(rig)).toEqual(['answer reminded']);
    expect(asks(rig)).toEqual([`ask ${REMINDER}`]);
    rig.clock.advance(4_250);
    expect(did(rig)).toEqual(['answer reminded', 'answer renewed']);
    expect(rig.dialled).toHaveLength(2);
    rig.receive(READY);
    const heard = /sound ×(\d+)/.exec(summary(rig.sent()).at(-1)!)?.[1];
    expect(Number(heard), 'frames of 20 ms').toBeGreaterThanOrEqual(30);
    expect(asks(rig), 'the sound says it').toEqual([]);
  });

  test('after two renewals nobody is expected to answer, and the call goes on', () => {
    const rig = underWay();
    rig.callerSpeaks(600);
    for (let round = 0; round < 20; round += 1) {
      rig.clock.advance(4_250);
      rig.receive(READY);
    }
    expect(did(rig).filter((line) => line === 'answer renewed')).toHaveLength(2);
    expect(did(rig).at(-1)).toBe('answer gave up');
    expect(rig.events.some(({ type }) => type === 'failed')).toBe(false);
    expect(rig.dialled).toHaveLength(3);
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
    expect(did(rig)).toEqual(['answer reminded']);
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
      ...['word reminded', 'word renewed', 'word reminded', 'word renewed'],
      ...['word reminded', 'word gave up'],
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
    expect(did(rig)).toEqual(['word reminded']);
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
    expect(did(rig)).toEqual(['rest renewed']);
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
