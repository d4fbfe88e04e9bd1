// A voice whose every word can be told by ear: each word of each line is two tones of its own. What a caller heard, and how
// often, is then read from the sound at the telephone, and from nobody's account of it.
import { PCM16_24K } from '../../src/audio/format.ts';
import { writeWav } from '../../src/audio/wav.ts';

export const WORDS_IN_LINE = 5;
export const WORD_MS = 400;
/** Both groups lie in a telephone's band and apart from each other; no tone is a multiple of another group's step. */
const TONES = 20;
const LOW = Array.from({ length: TONES }, (_, at) => 400 + 40 * at);
const HIGH = Array.from({ length: TONES }, (_, at) => 1_460 + 75 * at);
export const MOST_LINES = (TONES * TONES) / WORDS_IN_LINE;

const RATE_HZ = PCM16_24K.sampleRateHz;
/** -20 dBFS each: as loud as a voice. */
const LOUDNESS = 0.1 * Math.SQRT2 * 0x7fff;
const EDGE_MS = 15;

export const textOf = (line: number): string =>
  ['this', 'is', 'the', 'answer', 'number'].map((word) => `${word}${line}`).join(' ');

/** A WAV file of one line. */
export function spoken(line: number): Uint8Array {
  const perWord = (WORD_MS * RATE_HZ) / 1_000;
  const samples = new Int16Array(perWord * WORDS_IN_LINE);
  const edge = (EDGE_MS * RATE_HZ) / 1_000;
  for (let at = 0; at < samples.length; at += 1) {
    const symbol = line * WORDS_IN_LINE + Math.floor(at / perWord);
    const inWord = at % perWord;
    const gain = Math.min(1, inWord / edge, (perWord - inWord) / edge);
    const seconds = at / RATE_HZ;
    const [low, high] = [LOW[Math.floor(symbol / TONES)]!, HIGH[symbol % TONES]!];
    const wave = Math.sin(2 * Math.PI * low * seconds) + Math.sin(2 * Math.PI * high * seconds);
    samples[at] = Math.round((LOUDNESS / 2) * gain * wave);
  }
  return writeWav({ format: PCM16_24K, channels: [samples] });
}

/** One word as it was heard, or a piece of one. */
export interface HeardWord {
  readonly line: number;
  /** From 0. */
  readonly word: number;
  /** In the sound that was listened to. */
  readonly fromMs: number;
  readonly ms: number;
}

const EAR_HZ = 8_000;
/** 50 ms tell tones that are 40 Hz apart. */
const WINDOW = (EAR_HZ * 50) / 1_000;
const STEP = WINDOW / 2;
/** Below this it is silence, of full scale squared. */
const LEAST_POWER = 1e-5;
/** Of all there is, so much has to be in the two tones. */
const LEAST_SHARE = 0.6;
/** A shorter piece is an edge between two words. */
const LEAST_MS = 100;

const ANGLES = [...LOW, ...HIGH].map((hz) => 2 * Math.cos((2 * Math.PI * hz) / EAR_HZ));

/** `pcm`: samples at 8 kHz. */
export function wordsIn(pcm: Int16Array): HeardWord[] {
  const found: { symbol: number; from: number; to: number }[] = [];
  for (let from = 0; from + WINDOW <= pcm.length; from += STEP) {
    const symbol = symbolAt(pcm, from);
    if (symbol === undefined) continue;
    const last = found.at(-1);
    if (last?.symbol === symbol && from - last.to <= STEP) last.to = from + WINDOW;
    else found.push({ symbol, from, to: from + WINDOW });
  }
  const ms = (samples: number): number => (samples * 1_000) / EAR_HZ;
  return found
    .map(({ symbol, from, to }) => ({
      line: Math.floor(symbol / WORDS_IN_LINE),
      word: symbol % WORDS_IN_LINE,
      ...{ fromMs: ms(from), ms: ms(to - from) },
    }))
    .filter((heard) => heard.ms >= LEAST_MS);
}

function symbolAt(pcm: Int16Array, from: number): number | undefined {
  let total = 0;
  for (let at = from; at < from + WINDOW; at += 1) total += (pcm[at]! / 0x8000) ** 2;
  if (total / WINDOW < LEAST_POWER) return undefined;
  const power = (index: number): number => {
    const turn = ANGLES[index]!;
    let [one, two] = [0, 0];
    for (let at = from; at < from + WINDOW; at += 1) [one, two] = [pcm[at]! / 0x8000 + turn * one - two, one];
    // As a share of a pure tone's.
    return (2 * (one * one + two * two - turn * one * two)) / WINDOW;
  };
  const strongest = (start: number): [number, number] => {
    let best: [number, number] = [0, -1];
    for (let index = start; index < start + TONES; index += 1) {
      const share = power(index);
      if (share > best[1]) best = [index - start, share];
    }
    return best;
  };
  const [low, lowPower] = strongest(0);
  const [high, highPower] = strongest(TONES);
  const isTwo = (lowPower + highPower) / total >= LEAST_SHARE && Math.min(lowPower, highPower) / total > 0.15;
  return isTwo ? low * TONES + high : undefined;
}
