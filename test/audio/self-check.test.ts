import { expect, test } from 'vitest';
import { BargeInJudge, type BargeInKind, type Verdict } from '../../src/audio/barge-in-judge.ts';
import { checkLocalTurnTaking, type DetectorMakers } from '../../src/audio/self-check.ts';
import { VoiceActivity, type VoiceActivityEvent } from '../../src/audio/voice-activity.ts';

const OURS: DetectorMakers = {
  judge: () => new BargeInJudge(),
  voice: () => new VoiceActivity({ startMs: 100, endMs: 300 }),
};

/** A judge that says this of its first frame, and nothing of the others. */
const saying =
  (...kinds: BargeInKind[]): DetectorMakers['judge'] =>
  () => {
    const verdicts = kinds.map((is): Verdict => ({ is, onsetMs: 0, atMs: 20 }));
    return { push: () => verdicts.splice(0) };
  };

const hearing =
  (...events: VoiceActivityEvent[]): DetectorMakers['voice'] =>
  () => {
    const left = [...events];
    return { push: () => left.splice(0) };
  };

const fails = (): never => {
  throw new Error('no such instruction');
};

test('our own detectors pass, every time', () => {
  expect(checkLocalTurnTaking()).toEqual({ usable: true });
  expect(checkLocalTurnTaking(OURS)).toEqual({ usable: true });
});

test.each<[string, Partial<DetectorMakers>, string]>([
  ['a judge that cannot be made', { judge: fails }, 'a detector failed: no such instruction'],
  ['a judge that fails', { judge: () => ({ push: fails }) }, 'a detector failed: no such instruction'],
  ['a voice activity that cannot be made', { voice: fails }, 'a detector failed: no such instruction'],
  [
    'a voice activity that fails',
    { voice: () => ({ push: fails }) },
    'a detector failed: no such instruction',
  ],
  ['a deaf judge', { judge: saying() }, 'the barge-in judge takes a voice for nothing'],
  [
    'a judge that hears speech in all',
    { judge: saying('speech') },
    'the barge-in judge takes noise for speech',
  ],
  [
    'a judge that changes its mind',
    { judge: saying('other', 'speech') },
    'the barge-in judge takes noise for other, then speech',
  ],
  [
    'a judge that hears noise in all',
    { judge: saying('other') },
    'the barge-in judge takes a voice for other',
  ],
  [
    'a judge that does not know what we sent',
    {
      judge: () => {
        const judge = new BargeInJudge();
        return { push: (caller) => judge.push(caller) };
      },
    },
    'the barge-in judge takes the echo of our own sound for speech',
  ],
  [
    'a deaf voice activity',
    { voice: hearing() },
    'voice activity hears of a voice from 200 to 650 ms: nothing',
  ],
  [
    'a voice activity that never hears an end',
    { voice: hearing({ type: 'started', atMs: 200 }) },
    'voice activity hears of a voice from 200 to 650 ms: started at 200 ms',
  ],
  [
    'a voice activity that is late',
    { voice: hearing({ type: 'started', atMs: 280 }, { type: 'ended', atMs: 650 }) },
    'voice activity hears of a voice from 200 to 650 ms: started at 280 ms, ended at 650 ms',
  ],
  [
    'a voice activity that hears two voices',
    {
      voice: hearing(
        { type: 'started', atMs: 200 },
        { type: 'ended', atMs: 650 },
        { type: 'started', atMs: 900 },
      ),
    },
    'voice activity hears of a voice from 200 to 650 ms: started at 200 ms, ended at 650 ms, started at 900 ms',
  ],
  [
    'a voice activity that counts wrong',
    { voice: hearing({ type: 'started', atMs: NaN }, { type: 'ended', atMs: NaN }) },
    'voice activity hears of a voice from 200 to 650 ms: started at NaN ms, ended at NaN ms',
  ],
])('%s is not usable, with the reason', (_, broken, reason) => {
  expect(checkLocalTurnTaking({ ...OURS, ...broken })).toEqual({ usable: false, reason });
});
