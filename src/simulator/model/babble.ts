// A voice without words: as long as the text would take to say, in syllables that follow its vowels and pauses.
// For script lines that have no recording. Same text, same sound; knows nothing of scripts or chunks.
import { PCM16_24K } from '../../audio/format.ts';

const RATE_HZ = PCM16_24K.sampleRateHz;
/** Conversational English is 4-5 syllables a second. */
const SYLLABLE_MS = 175;
const WORD_GAP_MS = 35;
const PAUSE_MS: Readonly<Record<string, number>> = {
  ',': 150,
  ';': 200,
  ':': 200,
  '.': 300,
  '?': 300,
  '!': 300,
};
const ATTACK_MS = 18;
const RELEASE_MS = 45;
const PITCH_HZ = 165;
/** The same loudness as the recordings: -20 dBFS. */
const LOUDNESS = 0.1;

/** First three formants of the cardinal vowels, in Hz (textbook averages for an adult voice). */
const FORMANTS_HZ: Readonly<Record<string, readonly [number, number, number]>> = {
  a: [750, 1250, 2550],
  e: [480, 1900, 2600],
  i: [320, 2200, 2950],
  o: [480, 950, 2500],
  u: [350, 850, 2400],
};
const BANDWIDTHS_HZ = [90, 110, 160];
const FORMANT_GAINS = [1, 0.7, 0.4];

interface Syllable {
  readonly atMs: number;
  readonly ms: number;
  readonly vowel: string;
}

function syllablesOf(text: string): { syllables: Syllable[]; totalMs: number } {
  const syllables: Syllable[] = [];
  let atMs = 60;
  for (const word of text.normalize('NFD').toLowerCase().split(/\s+/).filter(Boolean)) {
    const vowels = word.match(/[aeiouy]+/g) ?? ['e'];
    for (const group of vowels) {
      const ms = SYLLABLE_MS + (group.length - 1) * 20;
      syllables.push({ atMs, ms, vowel: group.startsWith('y') ? 'i' : group[0]! });
      atMs += ms;
    }
    atMs += PAUSE_MS[word.at(-1)!] ?? WORD_GAP_MS;
  }
  return { syllables, totalMs: atMs + 60 };
}

/** A two-pole resonance, run over the source and added to the sum. */
function resonate(
  source: Float64Array,
  sum: Float64Array,
  hz: number,
  bandwidthHz: number,
  gain: number,
): void {
  const radius = Math.exp((-Math.PI * bandwidthHz) / RATE_HZ);
  const angle = (2 * Math.PI * hz) / RATE_HZ;
  const a1 = 2 * radius * Math.cos(angle);
  const a2 = -radius * radius;
  // Unity at the peak, so that `gain` alone says how loud a formant is.
  const b0 = gain * (1 - radius) * Math.sqrt(1 - 2 * radius * Math.cos(2 * angle) + radius * radius);
  let y1 = 0;
  let y2 = 0;
  for (let at = 0; at < source.length; at++) {
    const y = b0 * source[at]! + a1 * y1 + a2 * y2;
    y2 = y1;
    y1 = y;
    sum[at]! += y;
  }
}

/** The slope of the glottal flow: it opens slowly, closes fast and rests; pitch falls from `fromHz` to `toHz`. */
function glottis(samples: number, fromHz: number, toHz: number): Float64Array {
  const wave = new Float64Array(samples);
  let phase = 0;
  let before = 0;
  for (let at = 0; at < samples; at++) {
    phase = (phase + (fromHz + ((toHz - fromHz) * at) / samples) / RATE_HZ) % 1;
    const flow =
      phase < 0.45
        ? Math.sin((Math.PI * phase) / 0.9) ** 2
        : phase < 0.65
          ? Math.cos((Math.PI * (phase - 0.45)) / 0.4)
          : 0;
    wave[at] = flow - before;
    before = flow;
  }
  return wave;
}

function speak(into: Float64Array, { atMs, ms, vowel }: Syllable, progress: number, at: number): void {
  const samples = Math.round((ms * RATE_HZ) / 1_000);
  const pitchHz = PITCH_HZ * (1.14 - 0.28 * progress) * (1 + 0.05 * Math.sin(at * 2.4));
  const source = glottis(samples, pitchHz * 1.04, pitchHz * 0.95);
  const sum = new Float64Array(samples);
  for (const [formant, hz] of (FORMANTS_HZ[vowel] ?? FORMANTS_HZ['e']!).entries())
    resonate(source, sum, hz, BANDWIDTHS_HZ[formant]!, FORMANT_GAINS[formant]!);
  const start = Math.round((atMs * RATE_HZ) / 1_000);
  const attack = (ATTACK_MS * RATE_HZ) / 1_000;
  const release = (RELEASE_MS * RATE_HZ) / 1_000;
  for (let sample = 0; sample < samples; sample++) {
    const edge = Math.min(1, sample / attack, (samples - sample) / release);
    into[start + sample]! += sum[sample]! * Math.sin((Math.PI / 2) * edge) ** 2;
  }
}

/** PCM16, 24 kHz. */
export function babble(text: string): Uint8Array {
  const { syllables, totalMs } = syllablesOf(text);
  const wave = new Float64Array(Math.round((totalMs * RATE_HZ) / 1_000) + 1);
  for (const [at, syllable] of syllables.entries()) speak(wave, syllable, syllable.atMs / totalMs, at);
  const rms = Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length);
  const gain = rms === 0 ? 0 : (LOUDNESS / rms) * 0x7fff;
  const pcm = new Int16Array(wave.length);
  for (const [at, x] of wave.entries()) pcm[at] = Math.max(-0x7fff, Math.min(0x7fff, Math.round(x * gain)));
  return new Uint8Array(pcm.buffer);
}
