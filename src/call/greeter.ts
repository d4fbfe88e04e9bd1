// How a call is greeted: by the model, or by a recording of it, which is then told to the model; and what the model says is
// kept for the next call. Decides nothing.
import { bytesOfMs, type AudioFormat } from '../audio/format.ts';
import type { Clock } from '../base/clock.ts';
import type { TurnId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { LiveSession } from '../live/session.ts';
import { Recording, saysGreeting, type RecordedGreeting } from './greetings.ts';
import type { Media } from './media.ts';
import type { NoticeBody } from './notices.ts';
import type { Playout } from './playout.ts';
import type { Transcript } from './transcript.ts';

/** As long as the file of a greeting may be. */
const GREETING_LASTS_AT_MOST_MS = 20_000;

/** Of the model's voice, where nothing is recorded yet. */
export const recordingFor = (
  recorded: RecordedGreeting | undefined,
  lineFormat: AudioFormat,
): Recording | undefined =>
  recorded ? undefined : new Recording(bytesOfMs(lineFormat, GREETING_LASTS_AT_MOST_MS));

export interface GreeterOptions {
  /** What the model is told to make it speak first. */
  readonly greeting: string;
  /** What the greeting is to be. */
  readonly greetingWords: string;
  /** Played in place of the model's voice, when there is one. */
  readonly recorded: RecordedGreeting | undefined;
  /** Of the model's voice, when nothing is recorded yet. */
  readonly recording: Recording | undefined;
  readonly keepGreeting: (sound: Uint8Array) => void;
  /** What is left with a machine, in our own sound, when there is one. */
  readonly message?: { readonly text: string; readonly sound: Uint8Array } | undefined;
  readonly media: Media;
  readonly playout: Playout;
  readonly transcript: Transcript;
  readonly clock: Clock;
  /** As `clock.nowMs` had it when the call was answered; left out: now. */
  readonly startedMs?: number | undefined;
  readonly log: Log;
  readonly notice: (body: NoticeBody) => void;
}

export class Greeter {
  readonly #options: GreeterOptions;
  readonly #startedMs: number;

  constructor(options: GreeterOptions) {
    this.#options = options;
    this.#startedMs = options.startedMs ?? options.clock.nowMs();
  }

  /** By the model. */
  greet(session: LiveSession): void {
    session.prompt(this.#options.greeting);
  }

  /** With a machine, as this turn. */
  leaveMessage(turn: TurnId): void {
    const { message, transcript, media, clock } = this.#options;
    if (!message) return;
    const atMs = clock.nowMs() - this.#startedMs;
    transcript.turnStarted(turn, atMs);
    transcript.agentSaid(turn, message.text, atMs, 0);
    transcript.turnEnded(turn);
    media.playPrompt(message.sound, turn);
  }

  /** By the recording, as this turn. */
  play(turn: TurnId): void {
    const { recorded, greetingWords, transcript, media, playout, clock, notice } = this.#options;
    if (!recorded) return;
    const atMs = clock.nowMs() - this.#startedMs;
    transcript.turnStarted(turn, atMs);
    transcript.agentSaid(turn, greetingWords, atMs, 0);
    transcript.turnEnded(turn);
    media.playPrompt(recorded.sound, turn);
    notice({ type: 'greeting-played', from: recorded.from, ms: playout.account(turn).acceptedMs });
  }

  /** The model, which has not spoken, is told that the recording was played. */
  tell(session: LiveSession): void {
    session.inform(asGreeted(this.#options.greetingWords));
  }

  /** The caller heard this turn whole, from the model. */
  keep(turn: TurnId): void {
    const { recording, greetingWords, transcript, media, log, keepGreeting } = this.#options;
    media.stopRecording();
    const sound = recording?.finish(turn);
    if (!sound) return;
    const said = transcript.entries.findLast((entry) => entry.who === 'agent' && entry.turn === turn);
    if (said && saysGreeting(said.text, greetingWords)) return keepGreeting(sound);
    log.info(
      { pii: { said: said?.text, wanted: greetingWords } },
      'the greeting is not kept for the next call: the model used other words than the profile',
    );
  }
}

/** True whenever it is read: a model that takes the call over later is told it again. */
const asGreeted = (words: string): string =>
  `When the call was connected, the caller heard you greet them with these words: "${words}" ` +
  'That counts as said. Do not greet them again, and do not answer this note: wait for what they say.';
