import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costByPart, costMicroUsd } from '../../src/records/cost.ts';
import type { Usage } from '../../src/records/record.ts';
import { NO_USAGE, usageSum } from '../../src/records/usage.ts';

const MODEL = 'gemini-3.8-live';
const NOW = Date.UTC(2026, 10, 1);
const NEXT_YEAR = Date.UTC(2027, 0, 1);
const usage = (some: Partial<Usage>): Usage => ({ ...NO_USAGE, ...some });
const cost = (some: Partial<Usage>, atMs = NOW): number | null => costMicroUsd(MODEL, usage(some), atMs);

test.each<[string, Partial<Usage>, number]>([
  ['audio heard', { promptTokens: 1_000_000, prompt: { audio: 1_000_000 } }, 3_000_000],
  ['audio spoken', { responseTokens: 1_000_000, response: { audio: 1_000_000 } }, 12_000_000],
  ['text read', { promptTokens: 1_000_000, prompt: { text: 1_000_000 } }, 750_000],
  ['text written', { responseTokens: 1_000_000, response: { text: 1_000_000 } }, 4_500_000],
  ['video, as no price is dearer', { promptTokens: 100, prompt: { video: 100 } }, 300],
  ['a prompt that is not broken down, as audio', { promptTokens: 100 }, 300],
  ['a response that is not broken down, as audio', { responseTokens: 100 }, 1_200],
  // 332 × 0.75 + 165 × 3 + 25 × 3 + 42 × 12 + 136 × 4.5
  [
    'a turn with a rest that is not broken down, and thoughts',
    {
      ...{ promptTokens: 522, prompt: { text: 332, audio: 165 } },
      ...{ responseTokens: 42, response: { audio: 42 }, thoughtTokens: 136 },
    },
    1_935,
  ],
  ['what tools put into the prompt', { toolUseTokens: 400 }, 300],
  ['cached tokens in full', { promptTokens: 100, cachedTokens: 100, prompt: { audio: 100 } }, 300],
  ['more kinds than the total', { promptTokens: 1, prompt: { audio: 100 } }, 300],
  ['nothing', {}, 0],
])('%s', (_what, used, microUsd) => {
  expect(cost(used)).toBe(microUsd);
});

test('text doubles with the year 2027, sound does not', () => {
  const used = { promptTokens: 200, prompt: { text: 100, audio: 100 }, thoughtTokens: 100 };
  expect(cost(used, NEXT_YEAR - 1)).toBe(75 + 300 + 450);
  expect(cost(used, NEXT_YEAR)).toBe(150 + 300 + 900);
});

test('a model whose prices are not known costs no guess', () => {
  expect(costMicroUsd('gemini-3.1-flash-live-preview', NO_USAGE, NOW)).toBeNull();
  expect(costMicroUsd('constructor', NO_USAGE, NOW)).toBeNull();
  expect(costMicroUsd(`models/${MODEL}`, usage({ promptTokens: 1 }), NOW)).toBe(3);
});

const tokens = fc.nat({ max: 131_072 });
/** As the API tells it: what it breaks down is part of the total. */
const told = fc
  .record({ text: tokens, audio: tokens, rest: tokens, answer: tokens, thoughts: tokens, tools: tokens })
  .map(({ text, audio, rest, answer, thoughts, tools }) =>
    usage({
      promptTokens: text + audio + rest,
      prompt: { text, audio },
      responseTokens: answer,
      response: { audio: answer },
      thoughtTokens: thoughts,
      toolUseTokens: tools,
    }),
  );

test('a cost is whole and not negative; of two turns together it is the sum of both, but for the rounding', () => {
  fc.assert(
    fc.property(told, told, fc.constantFrom(NOW, NEXT_YEAR), (a, b, atMs) => {
      const [ofA, ofB, ofBoth] = [a, b, usageSum(a, b)].map((used) => costMicroUsd(MODEL, used, atMs)!);
      for (const microUsd of [ofA!, ofB!]) expect(Number.isInteger(microUsd) && microUsd >= 0).toBe(true);
      expect(Math.abs(ofBoth! - ofA! - ofB!)).toBeLessThanOrEqual(1.5);
      expect(ofBoth!).toBeGreaterThanOrEqual(Math.max(ofA!, ofB!));
    }),
  );
});

test('sums of usage are new objects, and count kinds that only one side has', () => {
  const a = usage({ promptTokens: 5, cachedTokens: 1, totalTokens: 6, prompt: { text: 5 } });
  const b = usage({
    promptTokens: 7,
    cachedTokens: 2,
    totalTokens: 9,
    prompt: { audio: 7 },
    response: { text: 1 },
  });
  expect(usageSum(a, b)).toEqual(
    usage({
      ...{ promptTokens: 12, cachedTokens: 3, totalTokens: 15 },
      ...{ prompt: { text: 5, audio: 7 }, response: { text: 1 } },
    }),
  );
  expect(a.prompt).toEqual({ text: 5 });
  expect(usageSum(NO_USAGE, NO_USAGE).prompt).not.toBe(NO_USAGE.prompt);
});

test('what is for what adds up to the whole, and without prices only tokens are told', () => {
  const told = usage({
    ...{ promptTokens: 100, responseTokens: 50, thoughtTokens: 7, prompt: { text: 60 } },
    response: { audio: 50 },
  });
  const parts = costByPart('gemini-3.8-live', told, Date.UTC(2026, 8, 1));
  expect(parts).toEqual([
    { part: 'heard', tokens: 40, usd: 0.000_12 },
    { part: 'read', tokens: 60, usd: 0.000_045 },
    { part: 'spoken', tokens: 50, usd: 0.000_6 },
    { part: 'thoughts', tokens: 7, usd: 0.000_031_5 },
  ]);
  expect(parts.reduce((sum, { usd }) => sum + usd!, 0) * 1e6).toBeCloseTo(796.5);
  expect(costMicroUsd('gemini-3.8-live', told, Date.UTC(2026, 8, 1))).toBe(797);
  expect(costByPart('another', told, 0).map(({ tokens, usd }) => [tokens, usd])).toEqual([
    ...[40, 60, 50, 7].map((tokens) => [tokens, null]),
  ]);
});
