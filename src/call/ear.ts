// Our own ear, for local turn-taking: what the caller's sound is while the agent is heard. It keeps that sound from the
// model until it is known to be speech. Knows nothing of turns and rules.
import { BargeInJudge, type BargeInKind } from '../audio/barge-in-judge.ts';
import type { AudioFormat } from '../audio/format.ts';
import { createTranscoder, type Transcoder } from '../audio/transcoder.ts';
import type { LiveSession } from '../live/session.ts';
import type { Played } from './played.ts';

/** The model's sound may falter in the middle of a turn. */
const FALTERS_MS = 300;
/** An echo is not over with its last sound: rooms ring. */
const ECHO_RINGS_MS = 200;
/** Words begin softly, before a judge notices. */
const BEFORE_ONSET_MS = 200;

export interface EarOptions {
  readonly lineFormat: AudioFormat;
  readonly session: Pick<LiveSession, 'hears' | 'holdSpeech' | 'letThrough'>;
  /** What the line was given to play. */
  readonly played: Played;
  readonly isAgentHeard: () => boolean;
  /**
   * `unknown`: a sound begins while the agent is heard; what it is always follows. `afterMs`: since it began. Speech is
   * told whenever the agent is heard.
   */
  readonly onSound: (is: BargeInKind | 'unknown', afterMs: number) => void;
}

/** `open`: speech goes to the model. `held`: it is kept back; `quietMs`: since the agent was last heard. */
type Gate = { is: 'open'; agentHeard: boolean } | { is: 'held'; quietMs: number };

export class Ear {
  readonly #options: EarOptions;
  readonly #judge = new BargeInJudge();
  /** Ours goes through the same filters as the caller's, so that both are late alike. */
  readonly #sent: Transcoder;
  #gate: Gate = { is: 'open', agentHeard: false };
  #judging = false;
  /** Told of a sound, and not yet what it is. */
  #owesVerdict = false;
  #nowMs = 0;
  /** Of the last sound that was speech. */
  #onsetMs = 0;

  constructor(options: EarOptions) {
    this.#options = options;
    this.#sent = createTranscoder(options.lineFormat, options.session.hears);
  }

  /** Whether our own sound comes back on this line. */
  get hasEcho(): boolean {
    return this.#judge.echoLagMs !== undefined;
  }

  /** Whether the caller is saying what is known for speech. */
  get hearsSpeech(): boolean {
    return this.#judge.speaking;
  }

  /** What the caller said, as the line gave it and as the model hears it; in step with what the line plays. */
  hear(frame: Uint8Array, pcm: Uint8Array): void {
    const { onSound } = this.#options;
    const { agentHeard, began, verdicts } = this.#listen(frame, pcm);
    if (began && agentHeard) {
      this.#owesVerdict = true;
      onSound('unknown', 0);
    }
    for (const { is, onsetMs, atMs } of verdicts) {
      if (is === 'speech') this.#open(agentHeard, atMs - onsetMs + BEFORE_ONSET_MS);
      if (agentHeard || this.#owesVerdict) onSound(is, atMs - onsetMs);
      this.#owesVerdict = false;
    }
  }

  /** As `hear`, while the model is to hear nothing. How far back what was just heard is known for speech; 0: it is not. */
  overhear(frame: Uint8Array, pcm: Uint8Array): number {
    const { verdicts, ms } = this.#listen(frame, pcm);
    if (!this.hearsSpeech) return 0;
    return verdicts.some(({ is }) => is === 'speech') ? this.#nowMs - this.#onsetMs + BEFORE_ONSET_MS : ms;
  }

  /** Before what was kept is given: nothing of it is held. */
  letGo(): void {
    if (this.#gate.is === 'held') this.#options.session.holdSpeech(false);
  }

  /** The model hears again, from what was overheard on: who is speaking is let through, and interrupts. */
  resume(): void {
    if (!this.hearsSpeech) {
      if (this.#gate.is === 'held') this.#options.session.holdSpeech(true);
      return;
    }
    const agentHeard = this.#options.isAgentHeard();
    const sinceMs = this.#nowMs - this.#onsetMs;
    this.#open(agentHeard, sinceMs + BEFORE_ONSET_MS);
    if (agentHeard) this.#options.onSound('speech', sinceMs);
  }

  #listen(frame: Uint8Array, pcm: Uint8Array) {
    const { played, isAgentHeard, lineFormat } = this.#options;
    const agentHeard = isAgentHeard();
    const ms = (frame.length * 1_000) / lineFormat.sampleRateHz;
    this.#nowMs += ms;
    const verdicts = this.#judge.push(pcm, this.#sent.push(played.take(frame.length)));
    const began = this.#judge.judging && !this.#judging;
    this.#judging = this.#judge.judging;
    for (const { is, onsetMs, atMs } of verdicts)
      if (is === 'speech') this.#onsetMs = this.#nowMs - (atMs - onsetMs);
    this.#watchGate(agentHeard, ms);
    return { agentHeard, began, verdicts, ms };
  }

  #watchGate(agentHeard: boolean, ms: number): void {
    const gate = this.#gate;
    if (gate.is === 'open') {
      // Whoever was let in stays in: it takes another turn of the agent's to close again.
      if (agentHeard && !gate.agentHeard) this.#hold();
      else this.#gate = { is: 'open', agentHeard };
      return;
    }
    const quietMs = agentHeard ? 0 : gate.quietMs + ms;
    const { echoLagMs = 0 } = this.#judge;
    const heldMs = this.hasEcho ? echoLagMs + ECHO_RINGS_MS : FALTERS_MS;
    if (agentHeard || quietMs < heldMs || this.#judging) this.#gate = { is: 'held', quietMs };
    // Without an echo it can only be the caller; with one, what began in it has to be known for speech.
    else this.#open(agentHeard, this.hasEcho ? undefined : Infinity);
  }

  #hold(): void {
    this.#gate = { is: 'held', quietMs: 0 };
    this.#options.session.holdSpeech(true);
  }

  /** `sinceMs`: what is held is let through, from so long ago. */
  #open(agentHeard: boolean, sinceMs: number | undefined): void {
    const { session } = this.#options;
    if (sinceMs !== undefined) session.letThrough(sinceMs);
    if (this.#gate.is === 'held') session.holdSpeech(false);
    this.#gate = { is: 'open', agentHeard };
  }
}
