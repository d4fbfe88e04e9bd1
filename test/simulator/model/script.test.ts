// Scripts: what they may say, and how their faults are told.
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { babble } from '../../../src/simulator/model/babble.ts';
import { fragmentsOf, lineOf } from '../../../src/simulator/model/line.ts';
import { readScript, scriptOf } from '../../../src/simulator/model/script.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';

const FIXTURES = resolve(import.meta.dirname, '../../../fixtures');

function faultOf(yaml: string): string {
  const folder = freshFolder({ onTestFinished });
  const file = join(folder, 'broken.yaml');
  writeFileSync(file, yaml);
  try {
    readScript(file, join(FIXTURES, 'audio'));
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LivelineError);
    expect((thrown as LivelineError).code).toBe('SCRIPT_INVALID');
    return (thrown as LivelineError).message.replaceAll(`${folder}/`, '');
  }
  return 'no fault';
}

test('every script in fixtures is good', () => {
  const files = readdirSync(join(FIXTURES, 'scripts'));
  expect(files).toContain('receptionist.yaml');
  for (const file of files) {
    const script = readScript(join(FIXTURES, 'scripts', file));
    expect(script.name).toBe(file.replace('.yaml', ''));
  }
});

test('the receptionist greets, is long enough to be interrupted, looks up, and hangs up', () => {
  const script = readScript(join(FIXTURES, 'scripts/receptionist.yaml'));
  const answer = script.turns[0]?.steps[0];
  expect(answer?.do === 'say' && answer.line.totalMs).toBeGreaterThan(6_000);
  const calls = script.turns.flatMap(({ steps }) => steps).filter((step) => step.do === 'call');
  expect(calls.flatMap((step) => step.calls.map(({ name }) => name))).toEqual([
    'look_up_contact',
    'end_call',
  ]);
});

test.each([
  [
    'name: x\nturns:\n  - hears: a\n    steps:\n      - pause: soon',
    'broken.yaml:5: turns.0.steps.0.pause: expected a duration',
  ],
  [
    'name: x\nturns:\n  - steps:\n      - sya: hello',
    'broken.yaml:4: turns.0.steps.0: expected a step: say, call or pause',
  ],
  [
    'name: x\nturns:\n  - steps:\n      - say: hello\n        adio: x',
    'broken.yaml:4: turns.0.steps.0: Unrecognized key: "adio"',
  ],
  ['name: x\nturns:\n  - steps:\n      - call: { args: {} }', 'broken.yaml:4: turns.0.steps.0.call'],
  ['name: x\nturns:\n  - steps: [hello]', 'broken.yaml:3: turns.0.steps.0: expected a step'],
  ['name: x\ngreeting:\n  say: hi\n  audio: agent/nowhere.wav', 'broken.yaml:4: greeting.audio: ENOENT'],
  ['name: x\ngreting: {}', 'broken.yaml:1: Unrecognized key: "greting"'],
  [
    'name: x\nfaults:\n  - drop\n  - fault: close\n    code: 1006',
    'broken.yaml:5: faults.1.code: expected a code',
  ],
  ['name: x\nfaults:\n  - dorp', 'broken.yaml:3: faults.0: there is no fault "dorp"; there are go-away, '],
  ['turns: []', 'broken.yaml:1: name: '],
  ['', 'broken.yaml'],
  ['- a\n- b', 'broken.yaml:1: '],
  ['name: [', 'broken.yaml: '],
  ['name: *x', 'broken.yaml: '],
])('%j is told with file, line and field', (yaml, start) => {
  const fault = faultOf(yaml);
  expect(fault.slice(0, start.length)).toBe(start);
});

test('several faults come together', () => {
  expect(faultOf('name: x\nturns:\n  - steps:\n      - pause: a\n      - pause: b').split('\n')).toHaveLength(
    2,
  );
});

test('a missing file is SCRIPT_INVALID and named', () => {
  expect(() => readScript('/nonexistent/nowhere.yaml')).toThrow(/nowhere\.yaml: ENOENT/);
});

test('durations, lists of calls and wait', () => {
  const { turns } = scriptOf(
    {
      name: 'x',
      turns: [
        {
          steps: [
            { pause: '1.5s' },
            { pause: '250ms' },
            { call: { name: 'a' } },
            { call: [{ name: 'a', args: { x: 1 } }, { name: 'b' }], wait: false },
          ],
        },
      ],
    },
    FIXTURES,
  );
  expect(turns[0]?.steps).toEqual([
    { do: 'pause', ms: 1_500 },
    { do: 'pause', ms: 250 },
    { do: 'call', calls: [{ name: 'a', args: {} }], wait: true },
    {
      do: 'call',
      calls: [
        { name: 'a', args: { x: 1 } },
        { name: 'b', args: {} },
      ],
      wait: false,
    },
  ]);
});

test('a line is cut into chunks of 40 to 100 ms that hold exactly its sound', () => {
  const pcm = babble('A few words to be cut into pieces, and then some more.');
  const { chunks, totalMs } = lineOf(pcm);
  const sounds = chunks.map(({ frame }) => {
    const { serverContent } = JSON.parse(frame.toString()) as {
      serverContent: { modelTurn: { parts: [{ inlineData: { data: string; mimeType: string } }] } };
    };
    expect(serverContent.modelTurn.parts[0].inlineData.mimeType).toBe('audio/pcm;rate=24000');
    return Buffer.from(serverContent.modelTurn.parts[0].inlineData.data, 'base64');
  });
  expect(Buffer.concat(sounds).equals(pcm)).toBe(true);
  expect(chunks.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(totalMs);
  for (const { ms } of chunks.slice(0, -1)) expect(ms).toBeGreaterThanOrEqual(40);
  for (const { ms } of chunks) expect(ms).toBeLessThanOrEqual(100);
});

test('fragments put together are the text', () => {
  const text = 'On Saturdays we are open from nine until one.';
  expect(fragmentsOf(text, true).join('')).toBe(text);
  expect(fragmentsOf('  ', false)).toEqual([]);
});

test('babble lasts as long as speech would, is as loud as the recordings, and is the same every time', () => {
  const text = 'Thank you, I have found you. Your next appointment is on Tuesday at half past ten.';
  const pcm = babble(text);
  expect(Buffer.from(pcm).equals(babble(text))).toBe(true);
  const seconds = pcm.length / 48_000;
  expect(seconds).toBeGreaterThan(3);
  expect(seconds).toBeLessThan(8);
  const samples = new Int16Array(pcm.buffer);
  const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length) / 32_768;
  expect(20 * Math.log10(rms)).toBeCloseTo(-20, 0);
  expect(Math.max(...samples.map(Math.abs))).toBeLessThan(32_767);
});

test.each(['…', '12', 'ß', '?'])('babble of %j is sound all the same', (text) =>
  expect(babble(text).length).toBeGreaterThan(1_000),
);
