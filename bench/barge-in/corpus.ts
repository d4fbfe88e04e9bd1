// The barge-in corpus: labelled scenes of a caller's line while the agent speaks, made from the voices of fixtures/audio and
// synthesised sounds. Both sides pass through µ-law and our own transcoder, as on a call. Knows no detector.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MULAW_8K, PCM16_16K } from '../../src/audio/format.ts';
import { MULAW_ENCODE } from '../../src/audio/g711.ts';
import { createTranscoder } from '../../src/audio/transcoder.ts';
import { readWav } from '../../src/audio/wav.ts';
import { resampleWhole } from '../../src/audio/whole-sound.ts';
import {
  atLevel,
  between,
  cough,
  enveloped,
  filtered,
  gainOfDb,
  hum,
  mix,
  music,
  oneOf,
  pink,
  RATE_HZ,
  samplesOfMs,
  seeded,
  throughTelephone,
  white,
  type Random,
  type Sound,
} from './sounds.ts';

export const KINDS = [
  'echo -20 dB',
  'echo -12 dB',
  'echo -6 dB',
  'cough',
  'mm-hm',
  'hold music',
  'line noise',
  'pink noise',
  'babble',
  'TV -25 dB',
  'word',
  'interruption',
  'interruption, -6 dB echo',
] as const;
export type Kind = (typeof KINDS)[number];
export const SPEAKS: ReadonlySet<Kind> = new Set(['word', 'interruption', 'interruption, -6 dB echo']);

/** Both sounds are PCM16 at 16 kHz and equally long. */
export interface Scene {
  readonly kind: Kind;
  readonly caller: Uint8Array;
  /** What the line played at the same time. */
  readonly sent: Uint8Array;
  /** Where the labelled sound begins and ends: its first and last loud 10 ms, not the start of its file. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export const SCENE_MS = 3_600;
const AGENT_FROM_MS = 400;
/** The level to which scripts/make-voices.sh brings every voice. */
const VOICE_DB = -20;

const AUDIO = join(import.meta.dirname, '../../fixtures/audio');
const recordings = new Map<string, Int16Array>();
function recording(file: string): Int16Array {
  let samples = recordings.get(file);
  if (samples === undefined) {
    const { sampleRateHz, channels } = readWav(readFileSync(join(AUDIO, file)));
    samples = resampleWhole(channels[0]!, sampleRateHz, 16_000);
    recordings.set(file, samples);
  }
  return samples;
}

/** Read at `speed`, which makes another talker of it: pitch and formants move together, as between children and men. */
function voice(file: string, speed = 1): Sound {
  const samples = recording(file);
  const moved = Int16Array.from({ length: Math.floor((samples.length - 1) / speed) }, (_, i) => {
    const at = Math.floor(i * speed);
    const part = i * speed - at;
    return samples[at]! * (1 - part) + samples[at + 1]! * part;
  });
  return Float64Array.from(resampleWhole(moved, 16_000, RATE_HZ), (sample) => sample / 32_768);
}

const AGENT = ['appointment', 'greeting', 'message-taken', 'not-understood', 'opening-hours'].map(
  (name) => `agent/${name}.wav`,
);
const CALLER = ['hello-opening-hours', 'interrupt', 'leave-a-message', 'look-me-up', 'thanks-goodbye'].map(
  (name) => `caller/${name}.wav`,
);
const STRANGERS = ['de', 'en', 'es', 'fr', 'it', 'nl', 'pt'].map((name) => `prompts/apology-${name}.wav`);
const WORDS = ['caller/yes.wav', 'caller/no.wav'];

const excerpt = (sound: Sound, random: Random, ms: number): Sound => {
  const from = Math.floor(random() * Math.max(1, sound.length - samplesOfMs(ms)));
  return sound.slice(from, from + samplesOfMs(ms));
};

/** The sound without the silence before it, and, if asked, only up to its first pause of 60 ms. */
function trimmed(sound: Sound, untilPause = false): Sound {
  const block = samplesOfMs(20);
  const loud = Array.from({ length: Math.floor(sound.length / block) }, (_, i) =>
    sound.slice(i * block, (i + 1) * block).some((sample) => Math.abs(sample) > 0.01),
  );
  const first = Math.max(0, loud.indexOf(true));
  const pause = loud.findIndex((is, i) => i > first && !is && !loud[i + 1] && !loud[i + 2]);
  return sound.slice(first * block, untilPause && pause > 0 ? pause * block : undefined);
}

/** A hybrid's or a handset's path: late, coloured, a few reflections, and so loud that it falls `db` below what was played. */
function echoOf(sent: Sound, random: Random, db: number): Sound {
  const delay = between(random, 40, 400);
  const coloured = filtered(
    filtered(sent, 'high', between(random, 200, 700), 0.7),
    'low',
    between(random, 1_800, 3_300),
    0.7,
  );
  const out = new Float64Array(sent.length);
  mix(out, coloured, samplesOfMs(delay));
  for (let i = 0; i < 4; i++) {
    const gain = between(random, -0.35, 0.35);
    mix(
      out,
      coloured.map((sample) => sample * gain),
      samplesOfMs(delay + between(random, 1, 30)),
    );
  }
  const power = (sound: Sound): number => sound.reduce((sum, sample) => sum + sample * sample, 0);
  const gain = gainOfDb(db) * Math.sqrt(power(sent) / Math.max(power(out), 1e-9));
  return out.map((sample) => sample * gain);
}

function overTheWire(sound: Sound): Uint8Array {
  const codes = Uint8Array.from(
    sound,
    (sample) => MULAW_ENCODE[Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))) & 0xffff]!,
  );
  return createTranscoder(MULAW_8K, PCM16_16K).push(codes);
}

interface Plan {
  /** How much softer the echo beneath is than the agent. */
  readonly echoDb?: number;
  readonly noiseDb: number;
  /** Undefined: the echo itself is the event. */
  readonly event?: Sound;
}

function planOf(kind: Kind, random: Random): Plan {
  const noiseDb = between(random, -68, -48);
  const over = { noiseDb, ...(random() < 0.7 && { echoDb: between(random, -30, -14) }) };
  const loud = between(random, -30, -14);
  const speed = between(random, 0.85, 1.25);
  const throughout = SCENE_MS;
  switch (kind) {
    case 'echo -20 dB':
      return { noiseDb, echoDb: -20 };
    case 'echo -12 dB':
      return { noiseDb, echoDb: -12 };
    case 'echo -6 dB':
      return { noiseDb, echoDb: -6 };
    case 'cough':
      return { ...over, event: atLevel(cough(random), loud) };
    case 'mm-hm':
      return { ...over, event: atLevel(hum(random), between(random, -32, -18)) };
    case 'hold music':
      return { ...over, event: atLevel(music(random, throughout), between(random, -32, -16)) };
    case 'line noise':
      return { ...over, event: atLevel(white(random, throughout), between(random, -48, -30)) };
    case 'pink noise':
      return { ...over, event: atLevel(pink(random, throughout), between(random, -48, -26)) };
    case 'babble': {
      const crowd = new Float64Array(samplesOfMs(throughout));
      for (let i = 0; i < 7; i++)
        mix(
          crowd,
          excerpt(voice(oneOf(random, STRANGERS), between(random, 0.8, 1.3)), random, throughout),
          0,
        );
      return { ...over, event: atLevel(crowd, between(random, -48, -34)) };
    }
    case 'TV -25 dB': {
      const set = excerpt(voice(oneOf(random, STRANGERS), speed), random, throughout);
      return { ...over, event: atLevel(set, VOICE_DB - 25) };
    }
    case 'word':
      return { ...over, event: atLevel(trimmed(voice(oneOf(random, WORDS), speed), true), loud) };
    case 'interruption':
    case 'interruption, -6 dB echo': {
      const said = trimmed(voice(oneOf(random, random() < 0.6 ? CALLER : STRANGERS), speed));
      const event = atLevel(
        said.slice(0, samplesOfMs(2_000)),
        kind === 'interruption' ? loud : between(random, -24, -14),
      );
      return kind === 'interruption' ? { ...over, event } : { noiseDb, echoDb: -6, event };
    }
  }
}

/** The `n`th scene of a kind. The same numbers give the same bytes. */
export function sceneOf(kind: Kind, seed: number, n: number): Scene {
  const random = seeded(seed * 1_000_003 + KINDS.indexOf(kind) * 1_009 + n);
  const sent = new Float64Array(samplesOfMs(SCENE_MS));
  const agent = enveloped(excerpt(voice(oneOf(random, AGENT)), random, SCENE_MS - AGENT_FROM_MS), 5, 5);
  mix(sent, throughTelephone(agent), samplesOfMs(AGENT_FROM_MS));
  const { echoDb, noiseDb, event } = planOf(kind, random);
  const caller = atLevel(white(random, SCENE_MS), noiseDb);
  if (echoDb !== undefined) mix(caller, echoOf(sent, random, echoDb), 0);
  let span = { fromMs: AGENT_FROM_MS, untilMs: SCENE_MS };
  if (event !== undefined) {
    const heard = throughTelephone(event);
    const atMs = Math.round(between(random, 600, 1_500));
    mix(caller, heard, samplesOfMs(atMs));
    span = loudPart(heard, atMs);
  }
  return { kind, caller: overTheWire(throughTelephone(caller)), sent: overTheWire(sent), ...span };
}

function loudPart(sound: Sound, atMs: number): { fromMs: number; untilMs: number } {
  const block = samplesOfMs(10);
  const powers = Array.from({ length: Math.floor(sound.length / block) }, (_, i) =>
    sound.slice(i * block, (i + 1) * block).reduce((sum, sample) => sum + sample * sample, 0),
  );
  const least = Math.max(...powers) / 100;
  return {
    fromMs: atMs + 10 * powers.findIndex((power) => power > least),
    untilMs: Math.min(SCENE_MS, atMs + 10 * (powers.findLastIndex((power) => power > least) + 1)),
  };
}

/** `each` scenes of every kind. */
export const corpus = (seed: number, each: number): Scene[] =>
  KINDS.flatMap((kind) => Array.from({ length: each }, (_, n) => sceneOf(kind, seed, n)));
