// Self-check: whether the detectors of local turn-taking tell a voice, its echo and noise from one another on this machine. It
// makes the sounds itself, and knows no files and no profiles. It also shows the detectors to the compiler before a caller does.
import { messageOf } from '../base/errors.ts';
import { BargeInJudge, type BargeInKind, type Verdict } from './barge-in-judge.ts';
import { bytesOfMs, FRAME_MS, PCM16_16K } from './format.ts';
import { pcm16Bytes } from './samples.ts';
import { VoiceActivity, type VoiceActivityEvent } from './voice-activity.ts';

export type LocalTurnTaking = { readonly usable: true } | { readonly usable: false; readonly reason: string };

/** One of each for one stream, PCM16 at 16 kHz. */
export interface DetectorMakers {
  readonly judge: () => { push(caller: Uint8Array, sent?: Uint8Array): readonly Verdict[] };
  readonly voice: () => { push(pcm: Uint8Array): readonly VoiceActivityEvent[] };
}

const OURS: DetectorMakers = {
  judge: () => new BargeInJudge(),
  voice: () => new VoiceActivity({ startMs: 100, endMs: 300 }),
};

const RATE_HZ = PCM16_16K.sampleRateHz;
const FRAME_BYTES = bytesOfMs(PCM16_16K, FRAME_MS);
const SCENE_MS = 1_000;
const VOICE = { fromMs: 200, untilMs: 650 };
/** A network's echo has lost 6 dB at the least (ITU-T G.168); most are softer. */
const ECHO = { lateMs: 120, gain: 10 ** (-12 / 20) };
const SYLLABLE_MS = 150;
/** First and second formants in Hz, of men: hot, hit, bought (Peterson and Barney, 1952). */
const VOWELS = [
  [730, 1_090],
  [390, 1_990],
  [570, 840],
] as const;
/** Frames of 20 ms, and vowels that rise and fall softly. */
const TOLERANCE_MS = 60;

/** Takes about 45 ms in a new process, then 10; for the start. `reason` is for people. Never throws. */
export function checkLocalTurnTaking(makers: DetectorMakers = OURS): LocalTurnTaking {
  try {
    const reason = faultOf(makers);
    return reason === undefined ? { usable: true } : { usable: false, reason };
  } catch (thrown) {
    return { usable: false, reason: `a detector failed: ${messageOf(thrown)}` };
  }
}

function faultOf({ judge, voice }: DetectorMakers): string | undefined {
  const spoken = syllables();
  const speech = scene((i) => spoken[i]!);
  const noise = scene(noiseFrom(1));
  const late = (ECHO.lateMs * RATE_HZ) / 1_000;
  const echo = scene((i) => ECHO.gain * (spoken[i - late] ?? 0));

  const tell = (caller: Uint8Array, sent?: Uint8Array): BargeInKind[] => {
    const one = judge();
    return frames(caller.length).flatMap(([from, to]) =>
      one.push(caller.subarray(from, to), sent?.subarray(from, to)).map(({ is }) => is),
    );
  };
  return (
    misheard('a voice', tell(speech), 'speech') ??
    misheard('noise', tell(noise), 'other') ??
    misheard('the echo of our own sound', tell(echo, speech), 'echo') ??
    mistimed(voice(), speech)
  );
}

function misheard(what: string, told: readonly BargeInKind[], as: BargeInKind): string | undefined {
  if (told.includes(as) && (as === 'speech' || !told.includes('speech'))) return undefined;
  return `the barge-in judge takes ${what} for ${told.length === 0 ? 'nothing' : told.join(', then ')}`;
}

function mistimed(voice: ReturnType<DetectorMakers['voice']>, speech: Uint8Array): string | undefined {
  const heard = frames(speech.length).flatMap(([from, to]) => voice.push(speech.subarray(from, to)));
  const [started, ended] = heard;
  const isAbout = (event: VoiceActivityEvent | undefined, type: VoiceActivityEvent['type'], atMs: number) =>
    event?.type === type && Math.abs(event.atMs - atMs) <= TOLERANCE_MS;
  const isRight = isAbout(started, 'started', VOICE.fromMs) && isAbout(ended, 'ended', VOICE.untilMs);
  if (heard.length === 2 && isRight) return undefined;
  const said = heard.map(({ type, atMs }) => `${type} at ${atMs} ms`).join(', ') || 'nothing';
  return `voice activity hears of a voice from ${VOICE.fromMs} to ${VOICE.untilMs} ms: ${said}`;
}

const frames = (bytes: number): [from: number, to: number][] =>
  Array.from({ length: bytes / FRAME_BYTES }, (_, i) => [i * FRAME_BYTES, (i + 1) * FRAME_BYTES]);

/** Full scale at 1. */
const scene = (sampleAt: (i: number) => number): Uint8Array =>
  pcm16Bytes(Int16Array.from({ length: (SCENE_MS * RATE_HZ) / 1_000 }, (_, i) => 32_767 * sampleAt(i)));

/** Vowels one after the other, each with a pitch that falls, as loud as a telephone talker: -20 dB or so. */
function syllables(): Float64Array {
  const samples = new Float64Array((SCENE_MS * RATE_HZ) / 1_000);
  const length = (SYLLABLE_MS * RATE_HZ) / 1_000;
  const from = (VOICE.fromMs * RATE_HZ) / 1_000;
  const until = (VOICE.untilMs * RATE_HZ) / 1_000;
  let phase = 0;
  for (let i = from; i < until; i++) {
    const within = ((i - from) % length) / length;
    const pitchHz = 190 - 70 * within;
    phase += (2 * Math.PI * pitchHz) / RATE_HZ;
    const [first, second] = VOWELS[Math.floor((i - from) / length) % VOWELS.length]!;
    let sum = 0;
    for (let k = 2; k * pitchHz < 3_400; k++)
      sum += (passed(k * pitchHz, first) + passed(k * pitchHz, second)) * Math.sin(k * phase);
    samples[i] = 0.1 * Math.sqrt(Math.sin(Math.PI * within)) * sum;
  }
  return samples;
}

/** How much of a harmonic a formant lets through. */
const passed = (hz: number, formantHz: number): number => 1 / (1 + ((hz - formantHz) / 150) ** 2);

/** A linear congruential generator (Numerical Recipes' constants): the same noise in every run. */
function noiseFrom(seed: number): (i: number) => number {
  let state = seed;
  return (i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const ms = (i * 1_000) / RATE_HZ;
    return ms < VOICE.fromMs || ms >= VOICE.untilMs ? 0 : 0.2 * (state / 2 ** 31 - 1);
  };
}
