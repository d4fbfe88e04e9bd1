// The contenders: what each says of a scene, and when. Knows no labels.
import { BargeInJudge, type Verdict } from '../../src/audio/barge-in-judge.ts';
import { bytesOfMs, FRAME_MS, PCM16_16K } from '../../src/audio/format.ts';
import { VoiceActivity } from '../../src/audio/voice-activity.ts';
import type { Scene } from './corpus.ts';

export interface Heard {
  /** When it said that the caller speaks. */
  readonly speechAtMs: readonly number[];
  /** When it first thought that the caller might. */
  readonly onsetsAtMs: readonly number[];
  readonly verdicts: readonly Verdict[];
}

export interface Detector {
  readonly name: string;
  hear(scene: Scene): Heard;
}

const FRAME_BYTES = bytesOfMs(PCM16_16K, FRAME_MS);

function eachFrame(
  { caller, sent }: Scene,
  then: (caller: Uint8Array, sent: Uint8Array, atMs: number) => void,
): void {
  for (let at = 0; at + FRAME_BYTES <= caller.length; at += FRAME_BYTES) {
    const end = at + FRAME_BYTES;
    then(caller.subarray(at, end), sent.subarray(at, end), (end / FRAME_BYTES) * FRAME_MS);
  }
}

/** As a call with `turn_taking: local` judges. */
export const judge: Detector = {
  name: 'local',
  hear(scene) {
    const judge = new BargeInJudge();
    const verdicts: Verdict[] = [];
    const onsetsAtMs: number[] = [];
    eachFrame(scene, (caller, sent, atMs) => {
      const before = judge.judging;
      verdicts.push(...judge.push(caller, sent));
      if (judge.judging && !before) onsetsAtMs.push(atMs);
    });
    const speechAtMs = verdicts.filter(({ is }) => is === 'speech').map(({ atMs }) => atMs);
    return { speechAtMs, onsetsAtMs, verdicts };
  },
};

/** Stands for the API's own detector, of which no more is known than that it hears no reference: loudness alone. */
export const energy: Detector = {
  name: 'server',
  hear(scene) {
    const voice = new VoiceActivity({ startMs: 100, endMs: 500 });
    const speechAtMs: number[] = [];
    eachFrame(scene, (caller, _sent, atMs) => {
      if (voice.push(caller).some(({ type }) => type === 'started')) speechAtMs.push(atMs);
    });
    return { speechAtMs, onsetsAtMs: speechAtMs, verdicts: [] };
  },
};
