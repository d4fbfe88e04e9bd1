// A whole town to call: who has which number is drawn by weights, and is the same again for the same seed. Pure.
import { chance } from './chance.ts';
import type { JudgedAs } from './detection.ts';
import { spokenWav } from './greeting.ts';
import type { Person, Population } from './people.ts';
import type { CallerStep } from './script.ts';

export type Kind =
  'human' | 'machine' | 'machine-without-beep' | 'fax' | 'busy' | 'no-answer' | 'failed' | 'blocked';

/** At least the first, below the second. */
export type Span = readonly [number, number];

export interface PopulationOptions {
  readonly seed: number | string;
  /** In any unit; a kind left out does not occur. Without any, everybody is a human. */
  readonly weights: Readonly<Partial<Record<Kind, number>>>;
  /** They make no sound, and no media stream is opened: see `Person.silent`. */
  readonly silent?: boolean;
  /** Of a hundred people and machines so many hundredths are taken for something else by detection. Default 0. */
  readonly misjudged?: number;
  /** Default 1 to 8 s. */
  readonly ringsMs?: Span;
  /** From the answer until they hang up. Default 5 to 30 s; machines 40 to 60 s. */
  readonly talksMs?: Span;
  /** On top of what these are by themselves. */
  readonly as?: Readonly<Partial<Record<Kind, Partial<Omit<Person, 'number'>>>>>;
}

const USUAL = { ringsMs: [1_000, 8_000], talksMs: [5_000, 30_000], recordsMs: [40_000, 60_000] } as const;
const GREETING =
  'Hello, you have reached my voicemail. I cannot take your call right now, please leave a message after the tone.';

/** Whom a number belongs to. */
export function kindOf({ seed, weights }: PopulationOptions, number: string): Kind {
  const drawn = (Object.entries(weights) as [Kind, number][]).filter(([, weight]) => weight > 0);
  const total = drawn.reduce((sum, [, weight]) => sum + weight, 0);
  let left = chance(seed, number, 'kind') * total;
  for (const [kind, weight] of drawn) {
    left -= weight;
    if (left < 0) return kind;
  }
  return drawn.at(-1)?.[0] ?? 'human';
}

export function populationOf(options: PopulationOptions): Population {
  const { seed, silent = false, misjudged = 0, as = {} } = options;
  const { ringsMs = USUAL.ringsMs, talksMs } = options;
  return (number) => {
    const kind = kindOf(options, number);
    const between = (what: string, [from, to]: Span): number =>
      Math.round(from + chance(seed, number, what) * (to - from));
    const { picksUp, does } = NATURE[kind];
    const usualMs = kind.startsWith('machine') ? USUAL.recordsMs : USUAL.talksMs;
    const isMisjudged = picksUp !== undefined && chance(seed, number, 'misjudged') < misjudged;
    return {
      does,
      ...(does === 'no-answer' ? {} : { ringsMs: between('rings', ringsMs) }),
      ...(picksUp ? { picksUp, hangsUpAfterMs: between('talks', talksMs ?? usualMs) } : {}),
      ...(isMisjudged ? { judgedAs: TAKEN_FOR[picksUp.is] } : {}),
      ...(silent ? { silent } : kind === 'human' ? { script: smallTalk() } : {}),
      ...as[kind],
    };
  };
}

let talk: readonly CallerStep[] | undefined;

/** A word whenever the agent falls quiet, for the first times that it does. */
const smallTalk = (): readonly CallerStep[] =>
  (talk ??= ['Yes, this is me.', 'That is fine.', 'No, thank you. Goodbye.'].map((words) => ({
    say: spokenWav(words),
  })));

const NATURE: Readonly<Record<Kind, Pick<Person, 'does' | 'picksUp'>>> = {
  human: { does: 'answers', picksUp: { is: 'human', says: 'Hello?' } },
  machine: { does: 'answers', picksUp: { is: 'machine', greeting: GREETING, beeps: true } },
  'machine-without-beep': {
    does: 'answers',
    picksUp: { is: 'machine', greeting: GREETING, beeps: false },
  },
  fax: { does: 'answers', picksUp: { is: 'fax' } },
  busy: { does: 'busy' },
  'no-answer': { does: 'no-answer' },
  failed: { does: 'fails' },
  blocked: { does: 'blocked' },
};

const TAKEN_FOR: Readonly<Record<'human' | 'machine' | 'fax', JudgedAs>> = {
  human: 'machine',
  machine: 'human',
  fax: 'unknown',
};
