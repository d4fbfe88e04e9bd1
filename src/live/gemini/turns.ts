// The agent's turns: which number sound and words belong to. Knows nothing of wires; it says what happened as events.
import type { Clock } from '../../base/clock.ts';
import { turnId, type TurnId } from '../../base/ids.ts';
import type { SessionEvent } from '../session.ts';

/**
 * How long after `interrupted` sound still counts as the dead turn's, should `turnComplete` not come (bolna-ai/bolna).
 * What is late was already on its way, so it comes within a round trip; an honest answer cannot come sooner than the
 * silence that ends the caller's words (500 ms and more on a phone) and the ≈ 1 s that the model then takes.
 */
const LATE_SOUND_MS = 500;

type Speech =
  | { is: 'quiet' }
  | { is: 'speaking' }
  /** All sound came; the words of it may still follow, until `turnComplete`. */
  | { is: 'generated' }
  /** `sounded`: the last turn is the one that was cut, so late words are its own. */
  | { is: 'cut'; sounded: boolean; untilMs: number };

export class Turns {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #say: (event: SessionEvent) => void;
  #speech: Speech = { is: 'quiet' };
  /** The model's last turn, and the last number given to any sound. */
  #own = turnId(0);
  #last = turnId(0);
  /** Words that came before their sound, as Google Cloud sends them; never said when no sound follows. */
  #early: string[] = [];

  constructor(clock: Pick<Clock, 'nowMs'>, say: (event: SessionEvent) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** The model's last turn; 0 before any. */
  get latest(): TurnId {
    return this.#own;
  }

  /** More sound of a turn is to come. */
  get isSpeaking(): boolean {
    return this.#speech.is === 'speaking';
  }

  /** From the first sound of a turn until the model says that the turn is complete: it may believe that it is still heard. */
  get isInTurn(): boolean {
    return this.#speech.is === 'speaking' || this.#speech.is === 'generated';
  }

  /** Nothing of a turn has come, nor was one cut, since the last was complete. */
  get isQuiet(): boolean {
    return this.#speech.is === 'quiet';
  }

  /** A number for sound that is not the model's. */
  take(): TurnId {
    return (this.#last = turnId(this.#last + 1));
  }

  /** The number for sound that arrives now. Undefined for late sound of what was cut before it had a number. */
  sound(): TurnId | undefined {
    if (this.#speech.is === 'speaking') return this.#own;
    if (this.#isCut()) return this.#own > 0 ? this.#own : undefined;
    this.#own = this.take();
    this.#speech = { is: 'speaking' };
    this.#say({ type: 'turnStarted', turn: this.#own });
    for (const text of this.#early.splice(0)) this.#say({ type: 'agentSaid', turn: this.#own, text });
    return this.#own;
  }

  words(text: string): void {
    const cut = this.#isCut();
    if (this.#speech.is === 'quiet') this.#early.push(text);
    else if (!cut || (this.#speech.is === 'cut' && this.#speech.sounded))
      this.#say({ type: 'agentSaid', turn: this.#own, text });
  }

  generated(): void {
    if (this.#speech.is === 'speaking') this.#end({ is: 'generated' });
  }

  complete(): void {
    this.#end({ is: 'quiet' });
  }

  /** The connection is gone, and with it what the model was saying. Whether it was in the middle of a turn. */
  broken(): boolean {
    const inTurn = this.isSpeaking;
    this.#end({ is: 'quiet' });
    return inTurn;
  }

  /** Said whatever is going on: the model may think that its last turn is still being played. */
  interrupted(): void {
    const was = this.#speech;
    const sounded = was.is === 'cut' ? was.sounded : was.is !== 'quiet';
    // The cut is told first: it must not wait for what is done at the end of a turn.
    this.#say({ type: 'interrupted', upTo: this.#last });
    this.#end({ is: 'cut', sounded, untilMs: this.#clock.nowMs() + LATE_SOUND_MS });
  }

  /** What only comes once the model has turned to something new: the dead stretch is over. */
  movedOn(): void {
    if (this.#speech.is === 'cut') this.#speech = { is: 'quiet' };
  }

  #end(next: Speech): void {
    const ended = this.#speech.is === 'speaking';
    this.#speech = next;
    this.#early = [];
    if (ended) this.#say({ type: 'turnEnded', turn: this.#own });
  }

  #isCut(): boolean {
    if (this.#speech.is === 'cut' && this.#clock.nowMs() >= this.#speech.untilMs)
      this.#speech = { is: 'quiet' };
    return this.#speech.is === 'cut';
  }
}
