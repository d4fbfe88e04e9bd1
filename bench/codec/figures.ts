// What is measured of a contender's sound: everything through the 16-bit, 20 ms face that a call uses.
import { FRAME_MS } from '../../src/audio/format.ts';
import { RATES, type Contender, type Direction, type Stream } from './contender.ts';
import { amplified, randomNumbers, square, tone, without } from './signals.ts';

const TONE_SECONDS = 1;
/** Left out at the start of every tone, longer than any filter here takes to settle. */
const SETTLE_SECONDS = 0.2;
const VOICE_BAND_HZ = range(300, 3_400, 100);
const FOLDING_HZ = range(4_100, 11_900, 100);

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

/** Pushes a whole sound in pieces as `nextLength` says and joins what comes out. */
export function pushed(stream: Stream, samples: Int16Array, nextLength: () => number): Int16Array {
  const parts: Int16Array[] = [];
  for (let at = 0; at < samples.length;) {
    const end = Math.min(samples.length, at + nextLength());
    parts.push(stream(samples.subarray(at, end)));
    at = end;
  }
  const joined = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function inFrames(contender: Contender, direction: Direction, samples: Int16Array): Int16Array {
  const frame = (RATES[direction].fromHz * FRAME_MS) / 1_000;
  return pushed(contender.open(direction), samples, () => frame);
}

const power = (samples: Int16Array): number =>
  samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;

/** No quieter than 16 bits can say. */
const decibels = (ratio: number): number => 10 * Math.log10(Math.max(ratio, 1e-12));

interface Heard {
  readonly tonePower: number;
  readonly otherPower: number;
  /** Of the tone against the one sent, in radians. */
  readonly phase: number;
}

/** Tones stand at whole multiples of 10 Hz and are judged over whole tenths of seconds, so correlation is exact. */
function hear(contender: Contender, direction: Direction, toneHz: number): Heard {
  const { fromHz, toHz } = RATES[direction];
  const out = inFrames(contender, direction, tone(fromHz, toneHz, TONE_SECONDS));
  const first = SETTLE_SECONDS * toHz;
  const settled = out.subarray(first, first + Math.floor((out.length - first) / (toHz / 10)) * (toHz / 10));
  let sine = 0;
  let cosine = 0;
  for (const [i, sample] of settled.entries()) {
    const angle = (2 * Math.PI * toneHz * (first + i)) / toHz;
    sine += sample * Math.sin(angle);
    cosine += sample * Math.cos(angle);
  }
  const tonePower = (2 * (sine ** 2 + cosine ** 2)) / settled.length ** 2;
  return { tonePower, otherPower: Math.max(0, power(settled) - tonePower), phase: Math.atan2(cosine, sine) };
}

const SENT_POWER = (32_767 * 0.5) ** 2 / 2;

export const worstFoldBackDb = (contender: Contender): number =>
  Math.max(
    ...FOLDING_HZ.map((hz) =>
      decibels(
        power(inFrames(contender, 'down', tone(24_000, hz, TONE_SECONDS)).subarray(1_600)) / SENT_POWER,
      ),
    ),
  );

export function foldedSpeechDb(contender: Contender, speech: Int16Array): number {
  const above = inFrames(contender, 'down', without(speech, 24_000, 4_050));
  return decibels(power(above) / power(inFrames(contender, 'down', speech)));
}

export interface BandFigures {
  readonly rippleDb: number;
  /** The worst of all that is not the tone, over tones of the voice band. */
  readonly unwantedDb: number;
}

export function voiceBand(contender: Contender, direction: Direction): BandFigures {
  const heard = VOICE_BAND_HZ.map((hz) => hear(contender, direction, hz));
  const levels = heard.map(({ tonePower }) => decibels(tonePower));
  return {
    rippleDb: Math.max(...levels) - Math.min(...levels),
    unwantedDb: Math.max(...heard.map(({ tonePower, otherPower }) => decibels(otherPower / tonePower))),
  };
}

export function distortionDb(contender: Contender, direction: Direction): number {
  const { tonePower, otherPower } = hear(contender, direction, 1_000);
  return decibels(otherPower / tonePower);
}

/** Group delay around 1 kHz, and what is missing at the end because it was held back or lost. */
export function delayMs(contender: Contender, direction: Direction): number {
  const [low, high] = [990, 1_000].map((hz) => hear(contender, direction, hz).phase);
  const turn = 2 * Math.PI;
  const behind = (((low! - high!) % turn) + turn) % turn;
  // A delay of nothing measures as a hair less than a full turn.
  const groupMs = (behind > turn - 0.01 ? 0 : behind / turn / 10) * 1_000;
  const { fromHz, toHz } = RATES[direction];
  const missing = toHz - inFrames(contender, direction, new Int16Array(fromHz)).length;
  return groupMs + (missing / toHz) * 1_000;
}

export interface CutFigures {
  /** Pieces of 1 to 1,000 samples against everything at once; Infinity is "the same bits". */
  readonly snrDb: number;
  /** Output samples lost or gained in an hour of such pieces. */
  readonly driftPerHour: number;
}

export function cut(contender: Contender, direction: Direction, samples: Int16Array): CutFigures {
  const { fromHz, toHz } = RATES[direction];
  const random = randomNumbers(3);
  const whole = contender.open(direction)(samples);
  const pieces = pushed(contender.open(direction), samples, () => 1 + Math.floor(random() * 1_000));
  const error = pieces.map((sample, i) => Math.max(-32_768, Math.min(32_767, sample - whole[i]!)));
  const hours = samples.length / fromHz / 3_600;
  return {
    snrDb:
      power(error) === 0 && pieces.length === whole.length ? Infinity : decibels(power(whole) / power(error)),
    driftPerHour: Math.round((pieces.length - Math.floor((samples.length * toHz) / fromHz)) / hours),
  };
}

/**
 * Share of output samples, in percent, more than 20,000 away from where a filter that held at full scale would have put
 * them; that place is told by the same sound an eighth as loud.
 */
export function wrappedPercent(contender: Contender, speech24k: Int16Array, speech8k: Int16Array): number {
  let wrapped = 0;
  let count = 0;
  for (const direction of ['up', 'down'] as const) {
    const { fromHz } = RATES[direction];
    const loudSpeech = amplified(direction === 'up' ? speech8k : speech24k, 4);
    for (const loud of [square(fromHz, 2), loudSpeech]) {
      const out = inFrames(contender, direction, loud);
      const held = inFrames(contender, direction, amplified(loud, 1 / 8)).map((sample) =>
        Math.max(-32_768, Math.min(32_767, sample * 8)),
      );
      for (const [i, sample] of out.entries()) if (Math.abs(sample - held[i]!) > 20_000) wrapped++;
      count += out.length;
    }
  }
  return (wrapped / count) * 100;
}
