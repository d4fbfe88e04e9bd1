// G.711 said slowly: codes found by search among the decision values of its tables, with no arithmetic shared with src/.

export interface Law {
  readonly name: string;
  /** Where each of the 128 steps begins, and after them where the last ends, as 16-bit magnitudes. */
  readonly decisions: readonly number[];
  readonly codeOf: (negative: boolean, step: number) => number;
  /** The 16-bit magnitude that a step is decoded to. */
  readonly valueOf: (step: number) => number;
}

/** Adds `count` values, each `step` after the one before. */
const grow = (values: number[], count: number, step: number): void => {
  for (let i = 0; i < count; i++) values.push(values.at(-1)! + step);
};

/** Table 2a: 0, 1, 3, … 31, 35, … 8,159 in 14-bit units. */
function mulawDecisions(): number[] {
  const values = [0, 1];
  grow(values, 15, 2);
  for (let step = 4; step <= 256; step *= 2) grow(values, 16, step);
  return values.map((value) => value * 4);
}

/** Table 1a: 0, 2, 4, … 64, 68, … 4,096 in 13-bit units. */
function alawDecisions(): number[] {
  const values = [0];
  grow(values, 32, 2);
  for (let step = 4; step <= 128; step *= 2) grow(values, 16, step);
  return values.map((value) => value * 8);
}

const middle = (decisions: readonly number[], step: number): number =>
  (decisions[step]! + decisions[step + 1]!) / 2;

const mulawSteps = mulawDecisions();
const alawSteps = alawDecisions();

export const MULAW: Law = {
  name: 'mulaw',
  decisions: mulawSteps,
  codeOf: (negative, step) => (negative ? 0x7f : 0xff) - step,
  valueOf: (step) => (step === 0 ? 0 : middle(mulawSteps, step)),
};

export const ALAW: Law = {
  name: 'alaw',
  decisions: alawSteps,
  codeOf: (negative, step) => (negative ? step : 0x80 | step) ^ 0x55,
  valueOf: (step) => middle(alawSteps, step),
};

/** The steps that may hold this sample: two where it lies exactly on a decision value, which G.711 leaves open. */
export function allowedCodes({ decisions, codeOf }: Law, sample: number): number[] {
  const magnitude = Math.min(Math.abs(sample), decisions[128]!);
  const steps = [...decisions.keys()].filter(
    (step) => step < 128 && decisions[step]! <= magnitude && magnitude <= decisions[step + 1]!,
  );
  return steps.map((step) => codeOf(sample < 0, step));
}

/** G.191's reference code: on a decision value, positive samples take the outer step and negative ones the inner. */
export function g191Code(law: Law, sample: number): number {
  const allowed = allowedCodes(law, sample);
  return sample < 0 ? allowed[0]! : allowed.at(-1)!;
}

export function decodedValue({ codeOf, valueOf }: Law, code: number): number {
  for (let step = 0; step < 128; step++) {
    if (codeOf(false, step) === code) return valueOf(step);
    if (codeOf(true, step) === code) return -valueOf(step);
  }
  throw new RangeError(`${code} is no code`);
}
