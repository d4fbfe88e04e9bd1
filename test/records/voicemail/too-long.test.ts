// A message that is not taken from the carrier, because it is too long: told at once, and never for want of a larger number.
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { MAX_BYTES } from '../../../src/carrier/twilio/recordings.ts';
import { LivelineError } from '../../../src/base/errors.ts';
import { officeSettings } from '../../../src/agents/office-settings.ts';
import type { VoicemailDisk } from '../../../src/records/voicemail/disk.ts';
import type { Job } from '../../../src/records/voicemail/queue.ts';
import { createSteps } from '../../../src/records/voicemail/steps.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { job } from './rig.ts';

const unused = (): never => {
  throw new Error('it was not to be asked');
};
const disk: VoicemailDisk = new Proxy({} as VoicemailDisk, { get: () => unused });

const due: Job = {
  ...{ message: job(), claim: 1, stage: 'sound', tries: 1, sound: 'due', words: 'due' },
  ...{ transcript: undefined, keeps: true, deliveries: [] },
};

async function fetchingThat(thrown: Error) {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => lines.push(JSON.parse(line) as never) });
  const step = createSteps({
    queue: { begin: unused },
    recordings: { fetch: () => Promise.reject(thrown), remove: unused },
    ...{ disk, deliver: unused, transcribe: unused, soundUrl: unused, installation: 'here' },
    ...{ clock: new ManualClock(), log },
  });
  return { stepped: await step(due, new AbortController().signal), lines };
}

test('what we do not take is not to be had tomorrow either: people are told now', async () => {
  const tooLong = new LivelineError('CARRIER_REFUSED', 'a recording is longer than 30000000 bytes');
  const { stepped, lines } = await fetchingThat(tooLong);
  expect(stepped).toEqual({ then: { change: { stage: 'delivery', sound: 'lost', words: 'failed' } } });
  expect(lines).toMatchObject([
    { level: 50, recordingId: 'RE1', reason: expect.stringContaining('30000000') as unknown },
  ]);
});

test.for([
  ['credentials that are not taken', 'CARRIER_REFUSED', new Error('HTTP 401')],
  ['a carrier that is away', 'CARRIER_UNREACHABLE', undefined],
] as const)('%s: tried again', async ([, code, cause]) => {
  const { stepped } = await fetchingThat(new LivelineError(code, 'no', { cause }));
  expect(stepped).toMatchObject({ then: { change: {}, waitMs: 30_000 } });
});

test('the longest message that a profile may ask for is fetched, with a minute to spare', () => {
  const { voicemail } = officeSettings(undefined);
  const isTaken = (max_seconds: number): boolean => voicemail.safeParse({ max_seconds }).success;
  let longestS = 5;
  while (isTaken(longestS + 1)) longestS += 1;
  // 16-bit samples at 8 kHz, mono (Twilio docs, Recordings resource: WAV), behind a head.
  expect((longestS + 60) * 16_000 + 1_000).toBeLessThanOrEqual(MAX_BYTES);
});
