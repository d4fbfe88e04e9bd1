// Our own ear, for local turn-taking: what the caller's sound is while the agent is heard. It keeps that sound from the
// model until it is known to be speech. Knows nothing of turns and rules.
import { BargeInJudge, type BargeInKind } from '../audio/barge-in-judge.ts';
import type { AudioFormat } from '../audio/format.ts';
import { createTranscoder, type Transcoder } from '../audio/transcoder.ts';
import type { LiveSession } from '../live/session.ts';
import type { Played } from './played.ts';

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
  /** `unknown`: a sound begins. `afterMs`: since it did. Only while the agent is heard. */
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

  constructor(options: EarOptions) {
    this.#options = options;
    this.#sent = createTranscoder(options.lineFormat, options.session.hears);
  }

  /** What the caller said, as the line gave it and as the model hears it; in step with what the line plays. */
  hear(frame: Uint8Array, pcm: Uint8Array): void {
    const { played, onSound, isAgentHeard, lineFormat } = this.#options;
    const agentHeard = isAgentHeard();
    this.#watchGate(agentHeard, (frame.length * 1_000) / lineFormat.sampleRateHz);
    const verdicts = this.#judge.push(pcm, this.#sent.push(played.take(frame.length)));
    const { judging } = this.#judge;
    if (judging && !this.#judging && agentHeard) onSound('unknown', 0);
    this.#judging = judging;
    for (const { is, onsetMs, atMs } of verdicts) {
      if (is === 'speech') this.#open(agentHeard, atMs - onsetMs + BEFORE_ONSET_MS);
      if (agentHeard) onSound(is, atMs - onsetMs);
    }
  }

  #watchGate(agentHeard: boolean, ms: number): void {
    const gate = this.#gate;
    if (gate.is === 'open') {
      // Whoever was let in stays in: it takes another turn of the agent's to close again.
      if (agentHeard && !gate.agentHeard) this.#hold();
      else this.#gate = { is: 'open', agentHeard };
      return;
    }
    const { echoLagMs } = this.#judge;
    const quietMs = agentHeard ? 0 : gate.quietMs + ms;
    if (agentHeard || (echoLagMs !== undefined && quietMs < echoLagMs + ECHO_RINGS_MS))
      this.#gate = { is: 'held', quietMs };
    // Without an echo it can only be the caller; with one, what began in it has to be known for speech.
    else this.#open(agentHeard, echoLagMs === undefined ? Infinity : undefined);
  }

  #hold(): void {
    this.#gate = { is: 'held', quietMs: 0 };
    this.#options.session.holdSpeech(true);
  }

  /** `sinceMs`: what is held is let through, from so long ago. */
  #open(agentHeard: boolean, sinceMs: number | undefined): void {
    const { session } = this.#options;
    if (this.#gate.is === 'held') session.holdSpeech(false);
    this.#gate = { is: 'open', agentHeard };
    if (sinceMs !== undefined) session.letThrough(sinceMs);
  }
}
