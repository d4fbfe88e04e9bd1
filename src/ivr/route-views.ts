// What a decision about a route looks at: the profile that it goes by now, and what that says. Also how a route begins.
import { ownNumber } from '../agents/own-number.ts';
import type { Profile } from '../agents/profile.ts';
import type { Clock } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import { ours, theirs, type View } from './answer.ts';
import { isThereAt, planOf } from './plan-of.ts';
import type { Plan } from './plan.ts';
import type { Route } from './route.ts';

export interface RouteViewsOptions {
  readonly agents: { isHere(id: CallId): boolean };
  /** As it is in force now; undefined: there is none of that name. */
  readonly profileNamed: (name: string) => Profile | undefined;
  /** Who would answer this call. */
  readonly profileOf: (call: CarrierCall) => Profile | undefined;
  readonly mayDial: (to: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export class RouteViews {
  readonly #options: RouteViewsOptions;

  constructor(options: RouteViewsOptions) {
    this.#options = options;
  }

  /** By its name; once that is gone, whoever answers our number now. */
  profileFor(route: Route): Profile | undefined {
    const { profileNamed, profileOf } = this.#options;
    const [from, to] = [theirs(route), ours(route)];
    return (
      profileNamed(route.profile) ??
      profileOf({ id: route.callId, from, to, direction: 'inbound', status: 'in-progress' })
    );
  }

  of(route: Route, profile = this.profileFor(route)): View {
    const { agents, clock, mayDial } = this.#options;
    const nowMs = clock.epochMs();
    const { language = NO_PLAN.language } = route;
    const plan = profile
      ? planOf(profile, { from: theirs(route), to: ours(route) }, nowMs)
      : { ...NO_PLAN, language };
    return {
      ...{ plan, nowMs, mayDial },
      agent: agents.isHere(route.callId) ? 'here' : 'gone',
      isOpen: (destination) => isThereAt(destination, plan, nowMs),
    };
  }

  /** The caller is with the agent, and was told nothing yet. */
  begin({ id, from, to, direction }: CarrierCall, profile: Profile): Route {
    const { name, language } = profile;
    // Of a call to a SIP address others can be called only with a number of ours.
    const called = direction === 'inbound' ? ownNumber(to, profile) : undefined;
    if (direction === 'inbound' && called === undefined)
      this.#options.log.warn(
        { callId: id, profile: name, pii: { to } },
        'this call came in at an address without a number, and the profile lists no number of its own: people on the telephone cannot be called for it; name one in `numbers`',
      );
    return {
      ...{ callId: id, profile: name, from, direction, language },
      to: called ?? to,
      startedMs: this.#options.clock.epochMs(),
      ...{ step: 0, revision: 0 },
      given: { do: 'stream' },
      where: { at: 'agent' },
      ...{ departure: undefined, matter: undefined, place: undefined },
      ...{ rung: 0, menus: 0, errands: 0 },
    };
  }

  /** Of a call of which nothing is known here, and nothing is written down. */
  unknown(call: CarrierCall): Route | undefined {
    const profile = this.#options.profileOf(call);
    if (profile === undefined) return undefined;
    this.#options.log.warn(
      { callId: call.id, profile: profile.name },
      'asked what is next for a call that nobody here knows; it gets the fallback of its number',
    );
    return this.begin(call, profile);
  }
}

/** Of a profile that is no longer there. */
const NO_PLAN: Plan = {
  profile: '',
  language: 'en-US',
  timeZone: 'UTC',
  destinations: [],
  ladder: [{ do: 'apology' }],
  voicemail: undefined,
};
