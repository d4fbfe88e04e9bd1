// Does what tools do in the world once for the same arguments in one call; every repetition gets the first outcome.
// Knows neither time limits nor who is told.
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { CallId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { JsonObject } from '../../live/session.ts';
import { sleep, unlessAborted } from './aborted.ts';
import { failed } from './answer.ts';
import type { Claim, EffectKey, Effects, Settlement } from '../effects/effects.ts';
import { causeOf } from './fault.ts';
import { hadNoEffect } from '../effects/had-no-effect.ts';
import { hashOfArgs, hashOfSubject } from '../effects/normalised.ts';
import type { Outcome } from './outcome.ts';

export interface Deed {
  readonly tool: string;
  /** As `accept` gave them. */
  readonly args: JsonObject;
  readonly reverses: readonly string[];
  /** See Effect; as far as it is known before. */
  readonly about: string | undefined;
  /** After that it is in doubt, unless it was settled. */
  readonly limitMs: number;
  /** Before `act` was called, nothing is done once it has fired; afterwards its firing leaves the deed in doubt. */
  readonly signal: AbortSignal;
  /** Called at most once. `effectKey`: the same until the deed was taken back. */
  readonly act: (effectKey: string) => Promise<Outcome>;
}

export interface OnceOptions {
  readonly callId: CallId;
  readonly effects: Effects;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often another process is asked for that does the same just now. */
const LOOK_AGAIN_AFTER_MS = 250;

interface Acting {
  /** Undefined where nothing was begun: whoever joined it may. */
  readonly outcome: Promise<Outcome | undefined>;
  /** So many wait for it and will be answered with it. */
  joined: number;
}

export class Once {
  readonly #options: OnceOptions;
  /** By tool and arguments. */
  readonly #acting = new Map<string, Acting>();
  readonly #settling = new Set<Promise<void>>();

  constructor(options: OnceOptions) {
    this.#options = options;
  }

  /** Rejects only where nothing was done: with the signal's reason, or with what a claim rejects with. */
  async perform(deed: Deed): Promise<Outcome> {
    const { callId } = this.#options;
    const key: EffectKey = { callId, tool: deed.tool, argsHash: hashOfArgs(deed.args) };
    const name = `${key.tool}/${key.argsHash}`;
    for (let first = this.#acting.get(name); first; first = this.#acting.get(name)) {
      const outcome = await join(first, deed.signal);
      if (outcome) return { ...outcome, repeated: true, isPassedOn: false };
    }
    const performing = this.#claimAndAct(key, deed).finally(() => this.#acting.delete(name));
    const acting: Acting = { outcome: performing.catch(() => undefined), joined: 0 };
    this.#acting.set(name, acting);
    const outcome = await performing;
    return { ...outcome, isPassedOn: acting.joined > 0 };
  }

  /** Resolves when nothing is being done any more and all of it was settled. */
  async idle(): Promise<void> {
    while (this.#acting.size + this.#settling.size > 0)
      await Promise.all([...this.#acting.values().map(({ outcome }) => outcome), ...this.#settling]);
  }

  async #claimAndAct(key: EffectKey, deed: Deed): Promise<Outcome> {
    const claim = await this.#claim(key, deed);
    if (claim.is === 'done') return { ...claim.result, repeated: true };
    if (claim.is === 'in-doubt')
      return failed(
        new LivelineError(
          'TOOL_IN_DOUBT',
          `${key.tool} was begun before with these arguments, and nobody knows whether it was done; it is not begun again`,
        ),
      );
    if (deed.signal.aborted) this.#settle(key, { as: 'undone' });
    deed.signal.throwIfAborted();
    return this.#act(key, deed, claim.round);
  }

  async #claim(key: EffectKey, { limitMs, about, signal }: Deed): Promise<Exclude<Claim, { is: 'running' }>> {
    for (;;) {
      const claim = await this.#options.effects.claim(key, limitMs, subjectOf(about));
      if (claim.is !== 'running') return claim;
      await sleep(this.#options.clock, LOOK_AGAIN_AFTER_MS, signal);
    }
  }

  async #act(key: EffectKey, deed: Deed, round: number): Promise<Outcome> {
    const { tool, reverses, signal, act } = deed;
    try {
      const outcome = await unlessAborted(signal, act(`${key.callId}/${tool}/${key.argsHash}/${round}`));
      const { response, then } = outcome;
      const about = subjectOf(outcome.about ?? deed.about);
      this.#settle(key, { as: 'done', result: { response, ...(then && { then }) }, reverses, about });
      return outcome;
    } catch (thrown) {
      if (hadNoEffect(thrown)) {
        this.#settle(key, { as: 'undone' });
        return failed(thrown);
      }
      this.#settle(key, { as: 'in-doubt', about: subjectOf(deed.about) });
      return failed(thrown, isInDoubt(thrown) ? thrown : inDoubt(tool));
    }
  }

  #settle(key: EffectKey, settlement: Settlement): void {
    const { effects, log } = this.#options;
    const settling = effects
      .settle(key, settlement)
      .catch((thrown: unknown) =>
        log.error(
          { callId: key.callId, tool: key.tool, as: settlement.as, cause: causeOf(thrown) },
          'what a tool has done could not be kept: the same is in doubt if it is asked for again',
        ),
      )
      .finally(() => this.#settling.delete(settling));
    this.#settling.add(settling);
  }
}

async function join(first: Acting, signal: AbortSignal): Promise<Outcome | undefined> {
  first.joined += 1;
  try {
    return await unlessAborted(signal, first.outcome);
  } catch (thrown) {
    first.joined -= 1;
    throw thrown;
  }
}

const subjectOf = (about: string | undefined): string | undefined =>
  about === undefined ? undefined : hashOfSubject(about);

export const inDoubt = (tool: string): LivelineError =>
  new LivelineError('TOOL_IN_DOUBT', `${tool} broke off, and may or may not have been done`);

const isInDoubt = (thrown: unknown): boolean =>
  thrown instanceof LivelineError && (thrown.code === 'TOOL_IN_DOUBT' || thrown.code === 'CRM_IN_DOUBT');
