import alawmulaw from 'alawmulaw';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MULAW_8K, PCM16_16K, PCM16_24K, type AudioFormat, type Encoding } from '../../src/audio/format.ts';
import { pcm16Samples } from '../../src/audio/samples.ts';
import { readWav, soundFromWav, writeWav } from '../../src/audio/wav.ts';

const ENCODINGS: readonly Encoding[] = ['pcm16', 'mulaw', 'alaw'];
const RATES_HZ = [8_000, 16_000, 24_000, 44_100, 48_000];
const FORMATS = RATES_HZ.flatMap((sampleRateHz) =>
  ENCODINGS.map((encoding) => ({ encoding, sampleRateHz, name: `${encoding} ${sampleRateHz} Hz` })),
);

const ramp = (length: number): Int16Array =>
  Int16Array.from({ length }, (_, i) => ((i * 7_919) % 65_536) - 32_768);

/** What companding leaves of a sample. */
const through = (samples: Int16Array, encoding: Encoding): Int16Array =>
  encoding === 'pcm16' ? samples : alawmulaw[encoding].decode(alawmulaw[encoding].encode(samples));

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    expect(thrown).toMatchObject({ name: 'LivelineError', code: 'WAV_INVALID' });
    return (thrown as Error).message;
  }
  return expect.unreachable('it was taken');
}

describe.each(FORMATS)('$name', ({ encoding, sampleRateHz }) => {
  const format: AudioFormat = { encoding, sampleRateHz };

  test.each([0, 1, 2, 777])('mono of %i samples comes back', (length) => {
    const samples = ramp(length);
    const wav = readWav(writeWav({ format, channels: [samples] }));
    expect(wav).toEqual({ sampleRateHz, encoding, channels: [through(samples, encoding)] });
  });

  test('stereo comes back, left left and right right, the shorter one filled with silence', () => {
    const [left, right] = [ramp(100), ramp(60).map((sample) => ~sample)];
    const { channels } = readWav(writeWav({ format, channels: [left, right] }));
    const filled = new Int16Array(100);
    filled.set(right);
    expect(channels).toEqual([through(left, encoding), through(filled, encoding)]);
  });

  test('a sound of its own format is played as it stands', () => {
    const samples = through(ramp(500), encoding);
    const bytes = soundFromWav(writeWav({ format, channels: [samples] }), format);
    const played = encoding === 'pcm16' ? pcm16Samples(bytes) : alawmulaw[encoding].decode(bytes);
    expect([...played]).toEqual([...samples].map((sample) => sample + 0));
  });
});

test('the header is what players expect', () => {
  const pcm = Buffer.from(writeWav({ format: PCM16_24K, channels: [ramp(3), ramp(3)] }));
  expect(pcm.subarray(0, 44).toString('hex')).toBe(
    '5249464630000000' +
      '57415645666d742010000000' +
      '01000200c05d0000' +
      '0077010004001000' +
      '646174610c000000',
  );
  const mulaw = Buffer.from(writeWav({ format: MULAW_8K, channels: [ramp(3)] }));
  expect(mulaw.subarray(0, 58).toString('hex')).toBe(
    '5249464636000000' +
      '57415645666d742012000000' +
      '07000100401f0000' +
      '401f0000010008000000' +
      '66616374' +
      '0400000003000000' +
      '6461746103000000',
  );
  expect(mulaw).toHaveLength(62);
});

describe('files of other hands', () => {
  const good = Buffer.from(writeWav({ format: PCM16_16K, channels: [ramp(50)] }));
  const chunk = (id: string, body: Uint8Array): Buffer => {
    const head = Buffer.alloc(8);
    head.write(id, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const edited = (edit: (file: Buffer) => void): Buffer => {
    const file = Buffer.from(good);
    edit(file);
    return file;
  };

  test('unknown chunks are passed over, of odd length too, and so is what follows the sound', () => {
    const file = Buffer.concat([
      good.subarray(0, 12),
      chunk('LIST', Buffer.from('INFOodd')),
      good.subarray(12),
      Buffer.from('id3 cut off'),
    ]);
    expect(readWav(file).channels).toEqual([ramp(50)]);
  });

  test('a file in the middle of another buffer, at an odd address, is read where it lies', () => {
    const file = Buffer.concat([Buffer.alloc(3), good]).subarray(3);
    expect(readWav(file).channels).toEqual([ramp(50)]);
  });

  test('the extensible header names its kind in its extension', () => {
    const layout = Buffer.alloc(40);
    good.copy(layout, 0, 20, 36);
    layout.writeUInt16LE(0xfffe, 0);
    layout.writeUInt16LE(22, 16);
    layout.writeUInt16LE(16, 18);
    layout.writeUInt16LE(1, 24);
    const file = Buffer.concat([good.subarray(0, 12), chunk('fmt ', layout), good.subarray(36)]);
    expect(readWav(file).channels).toEqual([ramp(50)]);
    layout.writeUInt16LE(3, 24);
    const float = Buffer.concat([good.subarray(0, 12), chunk('fmt ', layout), good.subarray(36)]);
    expect(refusal(() => readWav(float))).toContain('kind 3');
  });

  test.each([0xffff_ffff, 0x7fff_f000])(
    'a length of %i, from a writer that could not seek, is "to the end"',
    (length) => {
      expect(readWav(edited((file) => file.writeUInt32LE(length, 40))).channels).toEqual([ramp(50)]);
    },
  );

  test('half a sample at the end of the sound is left out', () => {
    expect(readWav(edited((file) => file.writeUInt32LE(99, 40))).channels).toEqual([ramp(49)]);
  });

  test.each([
    ['nothing at all', Buffer.alloc(0), 'does not start'],
    ['an MP3', Buffer.from('ID3\u0003 and so on, for some time'), 'does not start'],
    ['a big-endian RIFX', edited((file) => file.write('RIFX')), 'does not start'],
    ['a head alone', good.subarray(0, 12), 'no sound'],
    ['a cut layout', good.subarray(0, 30), 'cut off: its "fmt " chunk says 16 bytes and 10 follow'],
    ['no sound', good.subarray(0, 36), 'no sound'],
    ['cut sound', good.subarray(0, 100), 'cut off: its "data" chunk says 100 bytes and 56 follow'],
    [
      'sound before its layout',
      Buffer.concat([good.subarray(0, 12), good.subarray(36)]),
      'before its "fmt "',
    ],
    ['a short layout', edited((file) => file.writeUInt32LE(14, 16)), '14 bytes instead of 16'],
    ['24 bits', edited((file) => file.writeUInt16LE(24, 34)), 'kind 1 with 24 bits'],
    ['8 bits', edited((file) => file.writeUInt16LE(8, 34)), 'kind 1 with 8 bits'],
    ['floats', edited((file) => file.writeUInt16LE(3, 20)), 'kind 3 with 16 bits'],
    ['no channel', edited((file) => file.writeUInt16LE(0, 22)), '0 channels'],
    ['six channels', edited((file) => file.writeUInt16LE(6, 22)), '6 channels'],
    ['no rate', edited((file) => file.writeUInt32LE(0, 24)), '0 Hz'],
    ['a rate beyond reason', edited((file) => file.writeUInt32LE(4_000_000, 24)), '4000000 Hz'],
  ])('%s is refused, and the refusal says why', (_, file, why) => {
    expect(refusal(() => readWav(file))).toContain(why);
    expect(refusal(() => soundFromWav(file, MULAW_8K))).toContain(why);
  });

  test('garbage is refused, whatever it is, and never anything else than refused', () => {
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const file = edited((copy) => {
          if (at < copy.length) copy[at] = byte;
        }).subarray(0, length);
        try {
          readWav(file);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'WAV_INVALID' });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('more channels than two are not written', () => {
    expect(refusal(() => writeWav({ format: MULAW_8K, channels: [] }))).toContain('0 channels');
    const three = [ramp(1), ramp(1), ramp(1)];
    expect(refusal(() => writeWav({ format: MULAW_8K, channels: three }))).toContain('3 channels');
  });
});
