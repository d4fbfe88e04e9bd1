// The cast of a call: what of it hangs on the profile that answers, and who does so now. Decides nothing; the caller is handed
// from one to the next as handing-over.ts says.
import type { LiveSession, Said } from '../live/session.ts';
import type { Runner, RunnerOptions } from '../tools/run/runner.ts';
import type { CallRules } from './rules.ts';
import { SessionRelay } from './session-relay.ts';
import type { Entry } from './transcript.ts';

/** What a profile sets of a call. */
export interface Cast {
  readonly session: LiveSession;
  /** In the line's format. */
  readonly apology: Uint8Array;
  /** In the line's format; undefined: silence is all the comfort there is. */
  readonly comfort: Uint8Array | undefined;
  readonly rules: Omit<CallRules, 'fallback'> & { readonly callerInterrupts: boolean };
  readonly fallback: CallRules['fallback'];
  /** Who hears that the caller speaks: the model, or this server. */
  readonly turnTaking: 'server' | 'local';
  /** By how much the agent's voice is lowered while that is unknown, in decibels. */
  readonly lowerVoiceDb: number;
  /** A turn of so many words that only repeats the one before is not played. 0: every turn is. */
  readonly repeatedWords: number;
  /** To whose answers the model says nothing. */
  readonly silentTools: ReadonlySet<string>;
  /** Whose words are told in notices. */
  readonly showsWords: Readonly<Record<Entry['who'], boolean>>;
  readonly openRunner: (hear: RunnerListener) => Runner;
}

export type RunnerListener = Required<Pick<RunnerOptions, 'onDone' | 'onLate' | 'secrets'>>;

/** The agent to whom a caller is handed, who has begun to connect. */
export interface NextCast {
  readonly cast: Cast;
  /** The names of both profiles. */
  readonly from: string;
  readonly to: string;
  readonly model: string;
  /** What the model is told to make it speak first. */
  readonly greeting: string;
}

/**
 * Opens the session of another agent, which the profile of now names so. `said`: in this call, as the caller heard it; `notes`:
 * what is known beside that. Throws ToolRefusal, with words for the model, or anything.
 */
export type OpensNext = (
  name: string,
  reason: string,
  said: readonly Said[],
  notes: readonly string[],
) => NextCast;

export class Casts {
  /** Of whoever it is now. */
  readonly session: SessionRelay;
  #now: Cast;
  #rules: CallRules;
  /** The last is of now. What the others have begun is finished, and told. */
  readonly #runners: Runner[] = [];
  #hear: RunnerListener | undefined;
  #saidFrom: number;

  /** `saidFrom`: of a call that is gone on with, see there. */
  constructor(first: Cast, saidFrom = 0) {
    this.#saidFrom = saidFrom;
    this.#now = first;
    this.#rules = rulesOf(first);
    this.session = new SessionRelay(first.session);
  }

  /** Once, before anything is asked of a tool. */
  listen(hear: RunnerListener): void {
    this.#hear = hear;
    this.#runners.push(this.#now.openRunner(hear));
  }

  get now(): Cast {
    return this.#now;
  }

  get rules(): CallRules {
    return this.#rules;
  }

  /** Undefined before `listen`. */
  get runner(): Runner | undefined {
    return this.#runners.at(-1);
  }

  /** The entry of the transcript with which this agent's part begins: what is before, its model was opened with. */
  get saidFrom(): number {
    return this.#saidFrom;
  }

  /** In the same tick as its session was opened. */
  goOnWith(next: Cast, saidFrom: number): void {
    this.#now = next;
    this.#rules = rulesOf(next);
    this.#saidFrom = saidFrom;
    this.session.goOnWith(next.session);
    if (this.#hear) this.#runners.push(next.openRunner(this.#hear));
  }

  /** Resolves when what tools have begun to do is done. */
  async closeRunners(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.close()));
  }

  /** Another process runs them: nothing is begun here any more. Resolves as `closeRunners`. */
  async dropRunners(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.drop()));
  }
}

const rulesOf = ({ rules, fallback }: Cast): CallRules => ({ ...rules, fallback });
