// `npm run bench -- codec`: our transcoder beside the packages and the shortcut that sample applications take, in one run.
import { parseArgs } from 'node:util';
import { bytesOfMs, FRAME_MS, MULAW_8K } from '../src/audio/format.ts';
import { pcm16Bytes } from '../src/audio/samples.ts';
import type { Contender, Direction } from './codec/contender.ts';
import { contenders } from './codec/contenders.ts';
import { cpuMicros, garbageBytes } from './codec/costs.ts';
import { endure } from './codec/endurance.ts';
import {
  cut,
  delayMs,
  distortionDb,
  foldedSpeechDb,
  inFrames,
  voiceBand,
  worstFoldBackDb,
  wrappedPercent,
} from './codec/figures.ts';
import { mulawFigures } from './codec/mulaw.ts';
import { speech } from './codec/signals.ts';
import { printRows, type Row } from './codec/table.ts';

/** As much speech as is cut to pieces and driven too loud; wave-resampler needs 160 µs for 20 ms of it. */
const EXCERPT_SECONDS = 20;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { minutes: { type: 'string', default: '60' } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) {
    console.error('--minutes: how long a call the same-bits row shall run, e.g. 60');
    process.exitCode = 2;
    return;
  }

  const all = await contenders();
  const voice = speech();
  const excerpt = voice.samples.subarray(0, EXCERPT_SECONDS * 24_000);
  console.log(
    `Speech: ${voice.about}. Everything in 20 ms frames unless a row says otherwise; dB below the sound itself.\n`,
  );

  printRows(
    all.map(({ name }) => name),
    [
      ...soundRows(all, voice.samples),
      ...cutRows(all, excerpt),
      ...costRows(all, excerpt),
      ...longRows(all, minutes),
    ],
  );
  console.log('\nµ-law, every sample and every code against the decision values of G.711:\n');
  const laws = mulawFigures();
  const each = (figure: (law: (typeof laws)[number]) => number): number[] => laws.map(figure);
  printRows(
    laws.map(({ name }) => name),
    [
      {
        figure: 'codes G.711 does not allow',
        target: { atMost: 0 },
        digits: 0,
        values: each((law) => law.disallowed),
      },
      {
        figure: 'codes unlike G.191',
        target: { atMost: 0 },
        digits: 0,
        values: each((law) => law.unlikeG191),
      },
      {
        figure: 'codes decoded right',
        target: { atLeast: 256 },
        digits: 0,
        values: each((law) => law.decodedRight),
      },
    ],
  );
}

const DIRECTIONS: readonly Direction[] = ['up', 'down'];
const NAMED: Readonly<Record<Direction, string>> = { up: '8→16 kHz', down: '24→8 kHz' };

function soundRows(all: readonly Contender[], voice: Int16Array): Row[] {
  const bands = {
    up: all.map((each) => voiceBand(each, 'up')),
    down: all.map((each) => voiceBand(each, 'down')),
  };
  return [
    {
      figure: 'worst fold-back, tones 4.1–11.9 kHz, dB',
      target: { atMost: -80 },
      digits: 1,
      values: all.map(worstFoldBackDb),
    },
    {
      figure: 'folded energy of speech above 4.05 kHz, dB',
      target: { atMost: -68 },
      digits: 1,
      values: all.map((each) => foldedSpeechDb(each, voice)),
    },
    {
      figure: 'worst image of 300–3400 Hz, dB',
      target: { atMost: -85 },
      digits: 1,
      values: bands.up.map(({ unwantedDb }) => unwantedDb),
    },
    ...DIRECTIONS.map((direction) => ({
      figure: `ripple 300–3400 Hz, ${NAMED[direction]}, dB p-p`,
      target: { atMost: 0.05 },
      digits: 3,
      values: bands[direction].map(({ rippleDb }) => rippleDb),
    })),
    ...DIRECTIONS.map((direction) => ({
      figure: `THD+N 1 kHz -6 dBFS, ${NAMED[direction]}, dB`,
      target: { atMost: -90 },
      digits: 1,
      values: all.map((each) => distortionDb(each, direction)),
    })),
    ...DIRECTIONS.map((direction) => ({
      figure: `delay, ${NAMED[direction]}, ms`,
      target: { atMost: 3 },
      digits: 2,
      values: all.map((each) => delayMs(each, direction)),
    })),
  ];
}

function cutRows(all: readonly Contender[], excerpt: Int16Array): Row[] {
  const excerpt8k = inFrames(all[0]!, 'down', excerpt);
  const cuts = {
    up: all.map((each) => cut(each, 'up', excerpt8k)),
    down: all.map((each) => cut(each, 'down', excerpt)),
  };
  return [
    ...DIRECTIONS.map((direction) => ({
      figure: `random pieces against one, ${NAMED[direction]}, dB`,
      target: { atLeast: Infinity },
      digits: 0,
      values: cuts[direction].map(({ snrDb }) => snrDb),
    })),
    {
      figure: 'samples lost in an hour of random pieces',
      target: { atMost: 0 },
      digits: 0,
      values: all.map((_, i) => Math.abs(cuts.up[i]!.driftPerHour) + Math.abs(cuts.down[i]!.driftPerHour)),
    },
    {
      figure: 'wrapped: square, speech +12 dB, % of samples',
      target: { atMost: 0 },
      digits: 2,
      values: all.map((each) => wrappedPercent(each, excerpt, excerpt8k)),
    },
  ];
}

function costRows(all: readonly Contender[], excerpt: Int16Array): Row[] {
  // Buffers, as a socket and a base64 decoder give them.
  const frames = {
    mulaw: Buffer.from(Array.from({ length: bytesOfMs(MULAW_8K, FRAME_MS) }, (_, i) => (i * 37) & 0xff)),
    pcm24k: Buffer.from(pcm16Bytes(excerpt.subarray(24_000, 24_480))),
  };
  const micros = cpuMicros(all, frames);
  const speex = all.findIndex(({ name }) => name === 'speex q5');
  return [
    {
      figure: 'CPU both ways with µ-law, µs per 20 ms, median',
      target: { atMost: 11 },
      digits: 1,
      values: micros.map(({ median }) => median),
    },
    { figure: '    best round', digits: 1, values: micros.map(({ best }) => best) },
    {
      figure: '    times as fast as speex q5',
      target: { atLeast: 3 },
      digits: 2,
      values: micros.map(({ median }) => micros[speex]!.median / median),
    },
    {
      figure: 'garbage, bytes per frame both ways',
      // Two answers of 160 and 640 bytes, and what the engine needs to hold each.
      target: { atMost: 1_100 },
      digits: 0,
      values: all.map((each) => garbageBytes(each, frames)),
    },
  ];
}

/** Ours alone: the others have lost their bits in the first second. */
function longRows(all: readonly Contender[], minutes: number): Row[] {
  const { sameBits, drift } = endure(minutes);
  const alone = (value: number): (number | undefined)[] => all.map((_, i) => (i === 0 ? value : undefined));
  return [
    {
      figure: `${minutes} min: frames and random bytes, same bits`,
      target: { atLeast: 1 },
      digits: 0,
      values: alone(sameBits ? 1 : 0),
    },
    { figure: `${minutes} min: drift, samples`, target: { atMost: 0 }, digits: 0, values: alone(drift) },
  ];
}
