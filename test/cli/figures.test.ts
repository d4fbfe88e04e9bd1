import { expect, test } from 'vitest';
import { aligned } from '../../src/cli/aligned.ts';
import { figureRows, figuresOf } from '../../src/cli/figures.ts';

test('the figures are those of the ear', () => {
  expect(
    figuresOf([
      { type: 'streamOpened', atMs: 100, streamSid: 'MZ', url: 'ws://x' },
      { type: 'agentStarted', atMs: 400 },
      { type: 'said', atMs: 900, what: 'a', forMs: 200 },
      // Lowered; then cut off.
      { type: 'cleared', atMs: 960, forgottenMs: 300, heardMs: 510, marks: 1 },
      { type: 'cleared', atMs: 1_050, forgottenMs: 300, heardMs: 600, marks: 1 },
      { type: 'saidEnd', atMs: 1_100, what: 'a' },
      { type: 'agentQuiet', atMs: 1_650, endedAtMs: 1_050, spokeMs: 600 },
      { type: 'agentStarted', atMs: 1_900 },
      // Lowered, and on to its end.
      { type: 'said', atMs: 2_000, what: 'a cough', forMs: 200 },
      { type: 'cleared', atMs: 2_060, forgottenMs: 300, heardMs: 760, marks: 1 },
      { type: 'agentQuiet', atMs: 3_600, endedAtMs: 3_000, spokeMs: 1_100 },
    ]),
  ).toEqual({ firstSoundMs: 300, answersMs: [800], cutsMs: [150] });
});

test('figures stand in one column, and say when there are none', () => {
  const figures = { firstSoundMs: 405.4, answersMs: [853, 842], cutsMs: [] };
  expect(aligned(figureRows(figures, { durationMs: 36_300, heardMs: 22_940 }))).toEqual([
    'stream open → first agent sound         405 ms',
    'caller stops → agent starts             853 ms, 842 ms',
    'caller interrupts → agent falls silent  none',
    'call                                    36.3 s; the caller heard the agent for 22.9 s',
  ]);
});
