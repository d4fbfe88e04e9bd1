// How the network carries out one TwiML verb. Knows what verbs mean; the call, which is the stage, knows how.
import { MULAW_8K, FRAME_MS } from '../../audio/format.ts';
import { MULAW_ENCODE } from '../../audio/g711.ts';
import { unreachable } from '../../base/errors.ts';
import { SAMPLES_PER_MS } from './track.ts';
import type { TwilioError } from './twilio-error.ts';
import type { Method, StreamNoun, Verb } from './twiml.ts';

/** What a verb needs of the call. Promises resolve early when the call ends. */
export interface Stage {
  wait(ms: number): Promise<void>;
  /** Plays into the caller's ear, to the end. */
  play(sound: Uint8Array): Promise<void>;
  /** µ-law sound of a WAV on the web, or why not. */
  fetchSound(url: string): Promise<Uint8Array | TwilioError>;
  stream(noun: StreamNoun): Promise<void>;
  hangUp(why: string): void;
  reject(reason: 'rejected' | 'busy'): void;
  warn(error: TwilioError): void;
  fail(error: TwilioError): void;
  isOver(): boolean;
}

export interface Target {
  readonly url: string;
  readonly method: Method;
}

/** Slow reading aloud is about 15 characters a second. */
const SAY_MS_PER_CHARACTER = 65;
/** Twilio plays a digit in about this time; `w` waits half a second (twilio.com/docs/voice/twiml/play). */
const DIGIT_MS = 200;
const DIGIT_WAIT_MS = 500;
/** A low hum, clearly no speech, 22 dB below full scale. */
const HUM_HZ = 150;
const HUM_AMPLITUDE = 2_600;

/** Stands for the carrier's own voice in `<Say>`: as long as the words, which are in the timeline. */
function hum(text: string): Uint8Array {
  const step = (2 * Math.PI * HUM_HZ) / MULAW_8K.sampleRateHz;
  const length = Math.round(text.length * SAY_MS_PER_CHARACTER) * SAMPLES_PER_MS;
  return Uint8Array.from(
    { length },
    (_, index) => MULAW_ENCODE[Math.round(Math.sin(index * step) * HUM_AMPLITUDE) & 0xffff]!,
  );
}

/** `loop` 0 means until the call ends. */
async function playLoop(stage: Stage, sound: Uint8Array, loop: number): Promise<void> {
  for (let count = 0; !stage.isOver() && (loop === 0 || count < loop); count++) {
    if (sound.length === 0) return stage.wait(FRAME_MS);
    await stage.play(sound);
  }
}

const digitsMs = (digits: string): number =>
  Array.from(digits).reduce((ms, digit) => ms + (/w/i.test(digit) ? DIGIT_WAIT_MS : DIGIT_MS), 0);

/** Returns where the next TwiML comes from; undefined: go on with the next verb. */
export async function perform(verb: Verb, documentUrl: string, stage: Stage): Promise<Target | undefined> {
  const target = (url: string, method: Method): Target | undefined => {
    if (URL.canParse(url, documentUrl)) return { url: new URL(url, documentUrl).href, method };
    stage.fail({ code: 11100, message: `<${verb.verb}> names no URL: '${url}'` });
    return undefined;
  };
  switch (verb.verb) {
    case 'Connect':
      await stage.stream(verb.stream);
      return verb.action === undefined ? undefined : target(verb.action, verb.method);
    case 'Redirect':
      return target(verb.url === '' ? documentUrl : verb.url, verb.method);
    case 'Hangup':
      stage.hangUp('<Hangup>');
      return undefined;
    case 'Reject':
      stage.reject(verb.reason);
      return undefined;
    case 'Pause':
      await stage.wait(verb.lengthS * 1_000);
      return undefined;
    case 'PlayDigits':
      await stage.wait(digitsMs(verb.digits));
      return undefined;
    case 'Say':
      await playLoop(stage, hum(verb.text), verb.loop);
      return undefined;
    case 'Play': {
      const found = target(verb.url, 'GET');
      const sound = found && (await stage.fetchSound(found.url));
      if (sound instanceof Uint8Array) await playLoop(stage, sound, verb.loop);
      else if (sound) stage.warn(sound);
      return undefined;
    }
    case 'Unsupported':
      stage.fail({ code: 0, message: `this simulated network does not do <${verb.name}>; Twilio would` });
      return undefined;
    default:
      return unreachable(verb);
  }
}
