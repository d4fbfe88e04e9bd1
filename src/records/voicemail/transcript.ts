// A message in words: a model listens to it as to a caller, and what it takes to have been said is written down. Knows
// nothing of who left it, or of what becomes of it.
import { PCM16_16K, silence } from '../../audio/format.ts';
import type { Clock, StopTimer } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { DEFAULT_MODEL, type Live, type SessionEvent, type SessionSetup } from '../../live/session.ts';
import { MessageSound } from './sound.ts';

export interface Transcribing {
  readonly live: Live;
  readonly wav: Uint8Array;
  /** BCP 47. */
  readonly language: string;
  readonly model: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** As often as a telephone's frames would be too much for a machine that has calls. */
const EVERY_MS = 100;
/** Of silence after the message: a model waits for it before it takes a turn to be over. */
const SILENCE_AFTER_MS = 15_000;
/** After it has said that it waits for the caller: its transcript may come behind its answer. */
const LAST_WORDS_MS = 1_000;
/** For the model's setup, a connection that is renewed, and the silence afterwards. */
const BEYOND_ITS_LENGTH_MS = 45_000;

const INSTRUCTIONS =
  'You take down a message on an answering machine. Listen to the end and write down what is said. Do not talk to the caller: when they have finished, answer only "Thank you."';

const setupOf = ({ model, language }: Transcribing): SessionSetup => ({
  model: model ?? DEFAULT_MODEL,
  instructions: INSTRUCTIONS,
  tools: [],
  // A pause for thought is not the end of a message.
  voiceActivity: { silenceMs: 2_000 },
  callerInterrupts: true,
  callerTranscription: { languages: [language] },
  // Nobody is there who would have to be entertained.
  watchdog: { noiseAfterMs: 0, answerWithinMs: 0, wordWithinMs: 0, restWithinMs: 0 },
});

/**
 * Takes as long as the message lasts, and some seconds. '' when no word was heard. Throws WAV_INVALID, what the session
 * throws or fails with, LIVE_CONNECT_TIMEOUT when it takes too long, and the signal's reason.
 */
export function transcribe(options: Transcribing): Promise<string> {
  const { live, wav, clock, log, signal } = options;
  const done = Promise.withResolvers<string>();
  const stops: StopTimer[] = [];
  try {
    signal.throwIfAborted();
    const message = new MessageSound(wav);
    const session = live.open(setupOf(options), log);
    stops.push(() => session.close());
    const heard: string[] = [];
    const finish = (): void => done.resolve(heard.join('').replaceAll(/\s+/g, ' ').trim());

    const play = playTo((sound) => session.send(sound), message, clock);
    let stopLast: StopTimer | undefined;
    const finishSoon = (): void => {
      stopLast?.();
      stopLast = clock.after(LAST_WORDS_MS, finish);
    };
    stops.push(() => stopLast?.());
    const tick = (): void => {
      try {
        if (play.next() > SILENCE_AFTER_MS) finish();
      } catch (thrown) {
        done.reject(thrown);
      }
    };
    const onEvent = (event: SessionEvent): void => {
      switch (event.type) {
        case 'ready':
          stops.push(clock.every(EVERY_MS, tick));
          return;
        case 'callerSaid':
          heard.push(event.text);
          if (stopLast) finishSoon();
          return;
        case 'idle':
          if (play.beyondMs() > 0) finishSoon();
          return;
        case 'failed':
          done.reject(event.error);
          return;
        default:
          return;
      }
    };
    session.listen({
      onAudio: () => undefined,
      onEvent,
      recall: () => [{ who: 'caller', text: heard.join('') }],
    });
    const tooLong = new LivelineError(
      'LIVE_CONNECT_TIMEOUT',
      'the model did not listen to the message in time',
    );
    stops.push(clock.after(message.durationMs + BEYOND_ITS_LENGTH_MS, () => done.reject(tooLong)));
    const leave = (): void => done.reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    stops.push(() => signal.removeEventListener('abort', leave));
  } catch (thrown) {
    done.reject(thrown);
  }
  return done.promise.finally(() => {
    for (const stop of stops) stop();
  });
}

/** The message and then silence, as fast as the clock goes. Both answer how far beyond the end of the message that is. */
function playTo(send: (sound: Uint8Array) => void, message: MessageSound, clock: Clock) {
  const { durationMs } = message;
  let startedMs: number | undefined;
  let sentMs = 0;
  return {
    beyondMs: () => sentMs - durationMs,
    next(): number {
      startedMs ??= clock.nowMs() - EVERY_MS;
      const elapsedMs = clock.nowMs() - startedMs;
      for (; sentMs + EVERY_MS <= elapsedMs; sentMs += EVERY_MS) {
        const sound = message.read(EVERY_MS);
        if (sound.length > 0) send(sound);
        if (sentMs >= durationMs) send(silence(PCM16_16K, EVERY_MS));
      }
      return sentMs - durationMs;
    },
  };
}
