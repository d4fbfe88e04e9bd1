// Sounds at 8 kHz that a telephone line may carry beside a talker: coughs, hums, hold music, noise. Seeded; the same in every run.
// Knows nothing of scenes or of who judges them. Samples are numbers with full scale at 1.
import { randomNumbers } from '../codec/signals.ts';

export type Sound = Float64Array;
export type Random = () => number;

export const RATE_HZ = 8_000;
export const samplesOfMs = (ms: number): number => Math.round((ms * RATE_HZ) / 1_000);

/** The generator's first numbers follow the seed closely, so they are thrown away. */
export function seeded(seed: number): Random {
  const random = randomNumbers(Math.imul(seed + 1, 2_654_435_761) >>> 0);
  for (let i = 0; i < 8; i++) random();
  return random;
}
export const between = (random: Random, least: number, most: number): number =>
  least + (most - least) * random();
export const oneOf = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)]!;

export const gainOfDb = (db: number): number => 10 ** (db / 20);

/** Brought to a mean power of `db` of full scale; pauses count for nothing, so it is the level of the sound while it sounds. */
export function atLevel(sound: Sound, db: number): Sound {
  const loudest = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  const heard = sound.filter((sample) => Math.abs(sample) > loudest / 50);
  const rms = Math.sqrt(heard.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, heard.length));
  return sound.map((sample) => (sample * gainOfDb(db)) / Math.max(rms, 1e-9));
}

export function mix(into: Sound, sound: Sound, atSample: number): void {
  for (let i = 0; i < sound.length && atSample + i < into.length; i++) into[atSample + i]! += sound[i]!;
}

/** A second-order section; coefficients as in the Audio EQ Cookbook (W3C note, Robert Bristow-Johnson). */
function section(sound: Sound, b: readonly number[], a: readonly number[]): Sound {
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return sound.map((x) => {
    const y = (b[0]! * x + b[1]! * x1 + b[2]! * x2 - a[1]! * y1 - a[2]! * y2) / a[0]!;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}

type Shape = 'low' | 'high' | 'band';

export function filtered(sound: Sound, shape: Shape, hz: number, q: number): Sound {
  const w = (2 * Math.PI * hz) / RATE_HZ;
  const alpha = Math.sin(w) / (2 * q);
  const cos = Math.cos(w);
  const b = {
    low: [(1 - cos) / 2, 1 - cos, (1 - cos) / 2],
    high: [(1 + cos) / 2, -1 - cos, (1 + cos) / 2],
    band: [alpha, 0, -alpha],
  }[shape];
  return section(sound, b, [1 + alpha, -2 * cos, 1 - alpha]);
}

/** What a telephone network lets through: 300 to 3400 Hz, fourth order at both edges (Butterworth's two values of Q). */
export function throughTelephone(sound: Sound): Sound {
  let out = sound;
  for (const q of [0.541, 1.307]) out = filtered(filtered(out, 'high', 300, q), 'low', 3_400, q);
  return out;
}

export const white = (random: Random, ms: number): Sound =>
  Float64Array.from({ length: samplesOfMs(ms) }, () => random() + random() + random() - 1.5);

/** -3 dB an octave, from three leaky sums of white noise. */
export function pink(random: Random, ms: number): Sound {
  const sums = [0, 0, 0];
  const parts = [
    [0.9976, 0.099],
    [0.963, 0.2965],
    [0.57, 1.0526],
  ] as const;
  return white(random, ms).map((sample) => {
    parts.forEach(([keep, add], i) => (sums[i] = keep * sums[i]! + add * sample));
    return sums[0]! + sums[1]! + sums[2]! + 0.1848 * sample;
  });
}

/** Rises in `attackMs`, then stays and falls over the last `releaseMs`. */
export function enveloped(sound: Sound, attackMs: number, releaseMs: number): Sound {
  const attack = samplesOfMs(attackMs);
  const release = samplesOfMs(releaseMs);
  return sound.map(
    (sample, i) =>
      sample * Math.min(1, (i + 1) / Math.max(1, attack), (sound.length - i) / Math.max(1, release)),
  );
}

/** A glottis: harmonics of a pitch that glides and shakes a little, -12 dB an octave as voices fall off. */
export function buzz(random: Random, ms: number, fromHz: number, toHz: number): Sound {
  let phase = 0;
  let shake = 0;
  const length = samplesOfMs(ms);
  return Float64Array.from({ length }, (_, i) => {
    shake = 0.995 * shake + 0.0004 * (random() - 0.5);
    phase += ((fromHz + ((toHz - fromHz) * i) / length) * (1 + shake)) / RATE_HZ;
    let sum = 0;
    for (let k = 1; k * fromHz < 3_400; k++) sum += Math.sin(2 * Math.PI * k * phase) / k ** 1.2;
    return sum;
  });
}

function coloured(
  sound: Sound,
  resonances: readonly (readonly [hz: number, q: number, gain: number])[],
): Sound {
  const out = new Float64Array(sound.length);
  for (const [hz, q, gain] of resonances)
    mix(
      out,
      filtered(sound, 'band', hz, q).map((sample) => sample * gain),
      0,
    );
  return out;
}

/** 150 to 400 ms: one or two explosions of breath, coloured by a throat; every third ends in a short voiced groan. */
export function cough(random: Random): Sound {
  const ms = between(random, 150, 400);
  const throat = [
    [between(random, 500, 900), 2, 1],
    [between(random, 1_200, 1_900), 3, 0.8],
    [between(random, 2_300, 3_000), 3, 0.5],
  ] as const;
  const bursts = ms > 280 && random() < 0.5 ? 2 : 1;
  const out = new Float64Array(samplesOfMs(ms));
  for (let burst = 0; burst < bursts; burst++) {
    const length = ms / bursts;
    const breath = coloured(white(random, length), throat);
    const fallMs = between(random, 50, 120);
    const decayed = breath.map((sample, i) => sample * Math.exp(-i / samplesOfMs(fallMs)));
    mix(out, enveloped(decayed, 4, 15), samplesOfMs(burst * length));
  }
  if (random() < 1 / 3) {
    const groanMs = Math.min(ms * 0.4, 120);
    const groan = coloured(
      buzz(random, groanMs, between(random, 100, 220), between(random, 90, 160)),
      throat,
    );
    mix(
      out,
      enveloped(groan, 20, 40).map((sample) => sample * 0.1),
      samplesOfMs(ms - groanMs),
    );
  }
  return out;
}

/** "mm-hm", 250 to 450 ms: two nasal syllables, the second higher, with breath between; a murmur has little above 500 Hz. */
export function hum(random: Random): Sound {
  const ms = between(random, 250, 450);
  const pitchHz = between(random, 95, 240);
  const nose = [
    [between(random, 250, 330), 3, 1],
    [between(random, 950, 1_200), 5, 0.06],
    [between(random, 2_100, 2_500), 5, 0.03],
  ] as const;
  const out = new Float64Array(samplesOfMs(ms));
  const gapMs = between(random, 25, 60);
  const each = (ms - gapMs) / 2;
  const first = coloured(buzz(random, each, pitchHz, pitchHz * 0.93), nose);
  const second = coloured(buzz(random, each, pitchHz * 1.08, pitchHz * between(random, 1.1, 1.35)), nose);
  mix(out, enveloped(first, 20, 25), 0);
  mix(out, enveloped(second, 20, 50), samplesOfMs(each + gapMs));
  mix(
    out,
    enveloped(white(random, gapMs), 8, 8).map((sample) => sample * 0.004),
    samplesOfMs(each),
  );
  return out;
}

/** Chords of three tones with overtones, a bass, and a beat, as one hears while on hold. */
export function music(random: Random, ms: number): Sound {
  const rootHz = between(random, 220, 400);
  const beatMs = between(random, 260, 520);
  const out = new Float64Array(samplesOfMs(ms));
  for (let atMs = 0; atMs < ms; atMs += beatMs) {
    const step = oneOf(random, [0, 5, 7, -3]);
    for (const semitones of [0, oneOf(random, [3, 4]), 7, oneOf(random, [12, 16, 19])]) {
      const hz = rootHz * 2 ** ((step + semitones) / 12);
      const note = Float64Array.from({ length: samplesOfMs(beatMs * 1.4) }, (_, i) => {
        let sum = 0;
        for (let k = 1; k <= 4; k++) sum += Math.sin((2 * Math.PI * k * hz * i) / RATE_HZ) / k ** 1.5;
        return sum * Math.exp(-i / samplesOfMs(350));
      });
      mix(out, enveloped(note, 8, 40), samplesOfMs(atMs));
    }
    if (random() < 0.7) {
      const drum = white(random, 40).map((sample, i) => sample * Math.exp(-i / samplesOfMs(12)));
      mix(out, drum, samplesOfMs(atMs));
    }
  }
  return out;
}
