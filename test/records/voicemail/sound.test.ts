// What is on a recording, read piece by piece: the same sound as in one go, and calls go on meanwhile.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PCM16_16K, type AudioFormat } from '../../../src/audio/format.ts';
import { soundFromWav, writeWav } from '../../../src/audio/wav.ts';
import { hear, MessageSound } from '../../../src/records/voicemail/sound.ts';
import { wavOf } from './rig.ts';

const never = (): AbortSignal => new AbortController().signal;

const tone = (samples: number, every: number): Int16Array =>
  Int16Array.from({ length: samples }, (_, i) => Math.round(8_000 * Math.sin(i / every)));

function readIn(sound: MessageSound, steps: readonly number[]): Buffer {
  const pieces: Uint8Array[] = [];
  for (let n = 0, empty = 0; empty < steps.length; n += 1) {
    const piece = sound.read(steps[n % steps.length]!);
    empty = piece.length === 0 ? empty + 1 : 0;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

test('read in any steps it is what the whole file is', () => {
  const format = fc.record({
    encoding: fc.constantFrom('pcm16', 'mulaw', 'alaw'),
    sampleRateHz: fc.constantFrom(8_000, 16_000, 32_000, 48_000, 44_100),
  }) satisfies fc.Arbitrary<AudioFormat>;
  fc.assert(
    fc.property(
      format,
      fc.nat(30_000),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 }),
      (as, samples, isStereo, steps) => {
        const channels = [tone(samples, 3), ...(isStereo ? [tone(samples, 5)] : [])];
        const wav = writeWav({ format: as, channels });
        const sound = new MessageSound(wav);
        expect(sound.durationMs).toBeCloseTo((samples / as.sampleRateHz) * 1_000, 6);
        expect(readIn(sound, steps).equals(soundFromWav(wav, PCM16_16K))).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('a file whose writer did not know its length, and one with other chunks before the sound', () => {
  const wav = Buffer.from(wavOf(1_500));
  const data = wav.indexOf('data');
  const unknown = Buffer.from(wav);
  unknown.writeUInt32LE(0xffff_ffff, data + 4);
  const list = Buffer.from('LIST\x05\0\0\0INFO!\0', 'latin1');
  const listed = Buffer.concat([wav.subarray(0, data), list, wav.subarray(data)]);
  const whole = Buffer.from(soundFromWav(wav, PCM16_16K));
  for (const file of [unknown, listed])
    expect(readIn(new MessageSound(file), [100]).equals(whole)).toBe(true);
});

test('what is no WAV file, or half of one, is refused in words', () => {
  const wav = wavOf(500);
  for (const file of [Buffer.from('nonsense'), Buffer.alloc(0), wav.subarray(0, 30), wav.subarray(0, 2_000)])
    expect(() => new MessageSound(file)).toThrow(expect.objectContaining({ code: 'WAV_INVALID' }));
});

/** Turns of the event loop that others have while it runs. */
async function turnsDuring<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  let turns = 0;
  const count = (): void => {
    turns += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const result = await work();
  clearImmediate(next);
  return [result, turns];
}

test('a minute in which nobody speaks: others have their turn every two seconds of it', async () => {
  const [heard, turns] = await turnsDuring(() => hear(wavOf(60_000, false), never()));
  expect(heard).toEqual({ durationMs: 60_000, isSilent: true });
  expect(turns).toBeGreaterThanOrEqual(29);
});

test('it listens no longer than to the first word', async () => {
  const wav = wavOf(60_000);
  const [heard, turns] = await turnsDuring(() => hear(wav, never()));
  expect(heard).toEqual({ durationMs: 60_000, isSilent: false });
  expect(turns).toBeLessThan(3);
});

test('a word at the very end counts, a click does not, and nobody listens once nobody waits', async () => {
  const pause = new Int16Array(8 * 30_000);
  const at8 = { encoding: 'mulaw', sampleRateHz: 8_000 } as const;
  const ending = (ms: number): Uint8Array =>
    writeWav({ format: at8, channels: [Int16Array.from([...pause, ...tone(8 * ms, 3)])] });
  expect(await hear(ending(400), never())).toMatchObject({ isSilent: false });
  expect(await hear(ending(40), never())).toMatchObject({ isSilent: true });
  const gone = new AbortController();
  const hearing = hear(ending(40), gone.signal);
  gone.abort(new Error('the server stops'));
  await expect(hearing).rejects.toThrow('the server stops');
});

test('the file itself is not written to', async () => {
  const wav = wavOf(3_000);
  const hash = (): string => createHash('sha256').update(wav).digest('hex');
  const before = hash();
  readIn(new MessageSound(wav), [70]);
  await hear(wav, never());
  expect(hash()).toBe(before);
});
