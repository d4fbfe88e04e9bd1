// The bill of a turn: 25 tokens a second of sound, and everything before it again.
import { expect, test } from 'vitest';
import { Usage } from '../../../src/simulator/model/usage.ts';

test('counts grow with sound and text, and an answer becomes context', () => {
  const usage = new Usage();
  usage.read('four'.repeat(10));
  usage.heard(2_000);
  usage.said(4_000);
  expect(usage.close()).toEqual({
    promptTokenCount: 60,
    responseTokenCount: 100,
    totalTokenCount: 160,
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: 10 },
      { modality: 'AUDIO', tokenCount: 50 },
    ],
    responseTokensDetails: [
      { modality: 'TEXT', tokenCount: 0 },
      { modality: 'AUDIO', tokenCount: 100 },
    ],
  });
  usage.said(1_000);
  expect(usage.close()).toMatchObject({ promptTokenCount: 160, responseTokenCount: 25 });
});

test('a resumed conversation goes on paying for its context', () => {
  const before = new Usage();
  before.heard(1_000);
  expect(new Usage(before.context).close().promptTokenCount).toBe(25);
});
