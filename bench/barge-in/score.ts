// What a detector's answers are worth, given the labels.
import { FRAME_MS } from '../../src/audio/format.ts';
import { KINDS, SCENE_MS, SPEAKS, type Kind, type Scene } from './corpus.ts';
import type { Detector, Heard } from './detectors.ts';

/** After this, the caller has noticed that nobody listens. */
export const IN_TIME_MS = 500;

export interface KindScore {
  /** Percent of the scenes in which speech was told: of somebody who speaks in time, of anything else at all. */
  readonly told: number;
  /** Percent in which it was told before the labelled sound began: the agent was cut off by its own echo. */
  readonly early: number;
  /** Percent that got such a verdict while the labelled sound went on. */
  verdict(is: string): number;
}

export interface Score {
  readonly kinds: ReadonlyMap<Kind, KindScore>;
  readonly precision: number;
  readonly recall: number;
  readonly verdictsMs: readonly number[];
  readonly onsetsMs: readonly number[];
  readonly microsPerFrame: number;
}

const percent = <T>(all: readonly T[], is: (each: T) => boolean): number =>
  (100 * all.filter(is).length) / all.length;

interface Judged extends Heard {
  readonly scene: Scene;
}

const untilMs = ({ kind, fromMs }: Scene): number => (SPEAKS.has(kind) ? fromMs + IN_TIME_MS : SCENE_MS);
const firstWithin = (times: readonly number[], scene: Scene): number | undefined =>
  times.find((atMs) => atMs >= scene.fromMs && atMs <= untilMs(scene));
const told = ({ speechAtMs, scene }: Judged): boolean => firstWithin(speechAtMs, scene) !== undefined;
const early = ({ speechAtMs, scene }: Judged): boolean => speechAtMs.some((atMs) => atMs < scene.fromMs);
const speaks = ({ scene }: Judged): boolean => SPEAKS.has(scene.kind);
const after = ({ scene }: Judged, times: readonly number[]): number[] => {
  const atMs = firstWithin(times, scene);
  return atMs === undefined ? [] : [atMs - scene.fromMs];
};

export function score(detector: Detector, scenes: readonly Scene[]): Score {
  // The compiler is warm before anything is timed.
  for (const scene of scenes.slice(0, 20)) detector.hear(scene);
  const start = process.hrtime.bigint();
  const all = scenes.map((scene): Judged => ({ scene, ...detector.hear(scene) }));
  const micros = Number(process.hrtime.bigint() - start) / 1_000;
  const right = all.filter((each) => speaks(each) && told(each));
  const wrong = all.filter((each) => early(each) || (!speaks(each) && told(each)));
  return {
    kinds: new Map(
      KINDS.map((kind) => {
        const these = all.filter(({ scene }) => scene.kind === kind);
        return [
          kind,
          {
            told: percent(these, told),
            early: percent(these, early),
            verdict: (is) =>
              percent(these, ({ verdicts, scene }) =>
                verdicts.some((verdict) => verdict.is === is && verdict.atMs >= scene.fromMs),
              ),
          },
        ];
      }),
    ),
    precision: (100 * right.length) / (right.length + wrong.length),
    recall: percent(all.filter(speaks), told),
    verdictsMs: right.flatMap((each) => after(each, each.speechAtMs)).sort((a, b) => a - b),
    onsetsMs: right.flatMap((each) => after(each, each.onsetsAtMs)).sort((a, b) => a - b),
    microsPerFrame: (micros * FRAME_MS) / (scenes.length * SCENE_MS),
  };
}
