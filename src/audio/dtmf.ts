// The tones of telephone keys: how they sound, and whether a stretch of sound holds one. Knows no telephone line.

/** ITU-T Q.23: a key is a tone of its row and one of its column. */
const ROWS_HZ = [697, 770, 852, 941] as const;
const COLUMNS_HZ = [1_209, 1_336, 1_477, 1_633] as const;
const KEYS = ['123A', '456B', '789C', '*0#D'] as const;

/** Of full scale at 16 bits: -13 dBm0 each, -10 dBm0 together; a sine at full scale is 3.17 dBm0 (G.711). */
const AMPLITUDE = 5_090;
/** Of each tone: about -40 dBm0, well below what Q.24 has receivers take for a key (-25 to -30 dBm). */
const LEAST_AMPLITUDE = 230;
/** Of all that is heard the two tones are at least so much: speech has more beside them. */
const LEAST_SHARE = 0.6;
/** One tone against the other, as amplitudes: Q.24 has receivers bear 10 dB; a sound that begins within the stretch more. */
const MOST_TWIST = 5;

const LEVEL = 32_768;

/** PCM of a key, rounded; empty for what is no key. */
export function toneOf(key: string, ms: number, sampleRateHz: number): Int16Array {
  const row = KEYS.findIndex((keys) => keys.includes(key));
  const [low, high] = [ROWS_HZ[row], COLUMNS_HZ[KEYS[row]?.indexOf(key) ?? -1]];
  if (low === undefined || high === undefined || key.length !== 1) return new Int16Array();
  const at = (hz: number, n: number): number => Math.sin((2 * Math.PI * hz * n) / sampleRateHz);
  return Int16Array.from({ length: Math.round((ms * sampleRateHz) / 1_000) }, (_, n) =>
    Math.round(AMPLITUDE * (at(low, n) + at(high, n))),
  );
}

/** The key whose tones these samples hold; some 20 ms are enough, and more than 50 blur. */
export function keyIn(samples: ArrayLike<number>, sampleRateHz: number): string | undefined {
  const { length } = samples;
  if (length === 0) return undefined;
  let energy = 0;
  for (let n = 0; n < length; n++) energy += samples[n]! ** 2;
  if (energy / length < LEAST_AMPLITUDE ** 2) return undefined;
  const [row, low] = loudest(samples, sampleRateHz, ROWS_HZ);
  const [column, high] = loudest(samples, sampleRateHz, COLUMNS_HZ);
  const [soft, loud] = low < high ? [low, high] : [high, low];
  if (soft < LEAST_AMPLITUDE || loud > soft * MOST_TWIST) return undefined;
  const share = (low ** 2 + high ** 2) / 2 / (energy / length);
  return share < LEAST_SHARE ? undefined : KEYS[row]?.[column];
}

function loudest(
  samples: ArrayLike<number>,
  sampleRateHz: number,
  tonesHz: readonly number[],
): readonly [index: number, amplitude: number] {
  const amplitudes = tonesHz.map((hz) => amplitudeOf(samples, hz / sampleRateHz));
  const most = Math.max(...amplitudes);
  return [amplitudes.indexOf(most), most];
}

/** Goertzel's algorithm: one bin of a Fourier transform. `turns`: of the tone in one sample. */
function amplitudeOf(samples: ArrayLike<number>, turns: number): number {
  const { length } = samples;
  const factor = 2 * Math.cos(2 * Math.PI * turns);
  let [before, last] = [0, 0];
  for (let n = 0; n < length; n++) {
    const next = samples[n]! / LEVEL + factor * last - before;
    before = last;
    last = next;
  }
  const power = last ** 2 + before ** 2 - factor * last * before;
  return (2 * LEVEL * Math.sqrt(Math.max(0, power))) / length;
}
