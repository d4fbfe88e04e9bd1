// What a route has decided, carried out over the carrier's REST interface. Tried again while it is not reached; decides
// nothing, and never throws.
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { Errand } from '../carrier/webhooks.ts';
import { ours, theirs, type RouteEffect } from './answer.ts';
import type { Destination } from './plan.ts';
import type { Route } from './route.ts';
import type { PopScreen } from './screen-pop.ts';

export interface RouteEffectsOptions {
  readonly control: CallControl;
  readonly popScreen: PopScreen;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is told of what was done. */
export interface Done {
  placed(id: CallId, attempt: number, person: CallId): void;
  notPlaced(id: CallId, attempt: number): void;
  /** The caller's call is over. */
  over(id: CallId): void;
  wake(id: CallId): void;
  /** Whether the verb of this step is still the last that the caller was given. */
  isStillAt(id: CallId, step: number): Promise<boolean>;
}

type Own = Exclude<RouteEffect, { do: 'handOver' | 'returnToAgent' | 'notice' }>;

/** The carrier asks at once what is next; by then it has given up (Twilio docs, Webhooks: 15 s for an answer). */
const ASKED_WITHIN_MS = 15_000;

/** A person who is alone on the line, or a caller with music, is not left so for one failed request. */
const TRIES_AFTER_MS = [500, 2_000, 5_000, 15_000] as const;

const NOT_TAKEN_BACK = 'the caller could not be taken back from where they wait';

export class RouteEffects {
  readonly #options: RouteEffectsOptions;
  readonly #done: Done;
  /** Callers who are being taken back: by a second request they would be taken out of where they are by then. */
  readonly #takingBack = new Set<string>();

  constructor(options: RouteEffectsOptions, done: Done) {
    this.#options = options;
    this.#done = done;
  }

  carryOut(effect: Own, route: Route): void {
    const { clock } = this.#options;
    const { callId } = route;
    switch (effect.do) {
      case 'callPerson':
        return void this.#callPerson(route, effect.destination, effect.errand);
      case 'hangUpPerson':
        return this.hangUp(effect.id, callId);
      case 'takeBack':
        return this.#takeBack(callId, route.step);
      case 'popScreen':
        return this.pop(route, effect.destination);
      case 'wake':
        clock.after(effect.inMs, () => this.#done.wake(callId));
        return undefined;
    }
  }

  /** Of a caller who waits after the verb of this step, and of whom nobody knows why: once. They ask for music again. */
  fetch(callId: CallId, step: number): void {
    const { control, log } = this.#options;
    log.error({ callId, step }, 'a caller waits for nobody whom this server knows; they get what is left');
    control
      .takeBack(callId, step)
      .catch((thrown: unknown) => log.error({ callId, reason: messageOf(thrown) }, NOT_TAKEN_BACK));
  }

  #takeBack(callId: CallId, step: number): void {
    const { clock, control } = this.#options;
    const which = `${callId} ${step}`;
    if (this.#takingBack.has(which)) return;
    this.#takingBack.add(which);
    const isDone = (): void => void this.#takingBack.delete(which);
    const takeBack = async (): Promise<void> => {
      if (!(await this.#done.isStillAt(callId, step))) {
        isDone();
        return;
      }
      if ((await control.takeBack(callId, step)) === 'over') this.#done.over(callId);
      clock.after(ASKED_WITHIN_MS, isDone);
    };
    this.#persist(callId, NOT_TAKEN_BACK, takeBack, isDone);
  }

  hangUp(id: CallId, callId: CallId): void {
    this.#persist(callId, `the call ${id} to a person could not be hung up`, () =>
      this.#options.control.hangUp(id),
    );
  }

  pop(route: Route, { name, screenPop }: Destination): void {
    if (screenPop === undefined) return;
    const { callId, profile, matter } = route;
    this.#options.popScreen(screenPop, {
      ...{ callId, from: theirs(route), profile, destination: name },
      reason: matter?.reason ?? '',
      briefing: matter?.briefing ?? '',
      at: new Date(this.#options.clock.epochMs()).toISOString(),
    });
  }

  async #callPerson(route: Route, { to, ringS, name }: Destination, errand: Errand): Promise<void> {
    const { control, log } = this.#options;
    const { callId } = route;
    try {
      this.#done.placed(
        callId,
        errand.attempt,
        await control.place({ to, from: ours(route), ringS, errand }),
      );
    } catch (thrown) {
      const isInDoubt = thrown instanceof LivelineError && thrown.code === 'CARRIER_IN_DOUBT';
      log.error(
        { callId, destination: name, reason: messageOf(thrown) },
        isInDoubt
          ? 'nobody knows whether a person is being called for this caller; waiting until they would have answered'
          : 'a person could not be called for this caller, who goes back to where they came from',
      );
      if (!isInDoubt) this.#done.notPlaced(callId, errand.attempt);
    }
  }

  /** `what` went wrong, when nothing helps any more; told to `giveUp`. */
  #persist(
    callId: CallId,
    what: string,
    work: () => Promise<void>,
    giveUp: () => void = () => undefined,
    tries = 0,
  ): void {
    const { clock, log } = this.#options;
    work().catch((thrown: unknown) => {
      const afterMs = TRIES_AFTER_MS[tries];
      const isHopeless = thrown instanceof LivelineError && !thrown.retryable;
      if (afterMs !== undefined && !isHopeless)
        return void clock.after(afterMs, () => this.#persist(callId, what, work, giveUp, tries + 1));
      log.error({ callId, reason: messageOf(thrown) }, `${what}; look at the call at the carrier`);
      return giveUp();
    });
  }
}
