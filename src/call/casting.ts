// The casting of one call: opens its agents, one after the other, each as its profile says and knowing what the caller heard.
// Decides no hand-over; what it refuses, it refuses in words.
import { isOpenAt } from '../agents/hours.ts';
import type { Profile } from '../agents/profile.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { Live, Said } from '../live/session.ts';
import { HAND_OVERS_A_CALL } from '../tools/built-in/hand-over.ts';
import type { LentTools } from '../tools/catalogue.ts';
import type { ToolEntry } from '../tools/entries.ts';
import { ToolRefusal } from '../tools/refusal.ts';
import { createRunner, type RunnerOptions } from '../tools/run/runner.ts';
import type { Cast, NextCast } from './cast.ts';
import { handedTo } from './handed-to.ts';
import type { JournalEntry } from './journal.ts';
import type { OfCasting } from './journal-entry.ts';
import { numberOfThem, numberOfUs, type LookedUp } from './known-caller.ts';
import { openingOf, type Opening } from './opening.ts';
import { officeOf, profileOptions } from './profile-options.ts';
import { toolsFor } from './profile-tools.ts';
import type { PlacedCall } from './placed-calls.ts';
import { isUnbegun, resumed } from './restored.ts';
import type { Roster } from './roster.ts';

type OfRunner = Pick<RunnerOptions, 'crm' | 'texts' | 'effects' | 'callbacks' | 'optOuts' | 'dispositions'>;

export interface CastingOptions {
  readonly incoming: CarrierCall;
  readonly roster: () => Roster;
  readonly live: Live;
  readonly lendTools: (list: readonly ToolEntry[]) => LentTools;
  /** One of each for all agents of the call: what one may do only so often, or once, all of them together may. */
  readonly tools: OfRunner;
  /** Left out: we have not placed it. */
  readonly placed?: PlacedCall | undefined;
  /** Whether this profile may be in one call more. */
  readonly hasRoom: (profile: Profile) => boolean;
  /** From now on the call is this profile's. */
  readonly onHandedTo: (profile: Profile) => void;
  readonly clock: Clock;
  /** Of the call. */
  readonly log: Log;
  /** Of the server: whoever writes to it names the call. */
  readonly serverLog: Log;
}

export interface Opened {
  readonly cast: Cast;
  readonly opening: Opening;
}

export class Casting {
  readonly #options: CastingOptions;
  readonly #lent: LentTools[] = [];
  #profile: Profile;
  #lookedUp: LookedUp | undefined;
  #handOvers = 0;
  /** The name of the profile that answered. */
  #begunBy: string;

  constructor(profile: Profile, options: CastingOptions) {
    this.#profile = profile;
    this.#begunBy = profile.name;
    this.#options = options;
  }

  /** Whose it is now. */
  get profile(): Profile {
    return this.#profile;
  }

  /** What the records say of who calls. */
  lookedUp(lookedUp: LookedUp): void {
    this.#lookedUp = lookedUp;
  }

  /** The agent that answers. Throws what `Live.open` throws. */
  first(): Opened {
    return this.#open(this.#profile, (opening) => opening);
  }

  /** The agent that goes on with a call that another process had. Throws what `Live.open` throws. */
  again(entry: JournalEntry): Opened {
    const { contact, handOvers, begunBy } = entry;
    this.#handOvers = handOvers;
    this.#begunBy = begunBy;
    if (contact) this.#lookedUp = { contact, tookMs: 0 };
    return this.#open(this.#profile, (usual) => (isUnbegun(entry) ? usual : resumed(usual, entry)));
  }

  /** For the journal of the call. */
  get journalled(): Pick<OfCasting, 'profile' | 'profileVersion' | 'begunBy' | 'contact' | 'handOvers'> {
    const { name, version } = this.#profile;
    const contact = this.#lookedUp?.contact;
    return {
      ...{ profile: name, profileVersion: version, begunBy: this.#begunBy },
      ...{ contact, handOvers: this.#handOvers },
    };
  }

  /**
   * The agent that the profile of now has under this name, asked to go on. `said`: in this call, as the caller heard it; `notes`: what
   * is known beside that. Throws ToolRefusal, with words for the model, and what `Live.open` throws; then nothing has changed.
   */
  next(name: string, reason: string, said: readonly Said[], notes: readonly string[]): NextCast {
    const from = this.#profile;
    const profile = this.#target(name);
    const { cast, opening } = this.#open(profile, (usual) =>
      handedTo(usual, { from: from.name, reason, said, notes }),
    );
    this.#handOvers += 1;
    this.#profile = profile;
    this.#options.onHandedTo(profile);
    return { cast, from: from.name, to: profile.name, model: profile.model, greeting: opening.greeting };
  }

  /** Nothing of the call's tools is at work any more. */
  giveBack(): void {
    for (const lent of this.#lent.splice(0)) lent.giveBack();
  }

  /** Who is named, if they can take the call. */
  #target(name: string): Profile {
    const { roster, hasRoom, clock } = this.#options;
    if (this.#handOvers >= HAND_OVERS_A_CALL)
      throw new ToolRefusal('They were handed from agent to agent too often in this call.');
    const agent = this.#profile.handOverTo.find((to) => to.name === name)?.agent;
    const profile = roster().profiles.find((one) => one.name === agent);
    if (profile === undefined) throw new ToolRefusal('There is no such agent.');
    const { hours, closed, timeZone } = profile;
    if (hours && closed && closed.then.do !== 'agent' && !isOpenAt(hours, timeZone, clock.epochMs()))
      throw new ToolRefusal('It takes no calls at this time of day.');
    if (!hasRoom(profile)) throw new ToolRefusal('It is in as many calls as it can take just now.');
    return profile;
  }

  #open(profile: Profile, as: (opening: Opening) => Opening): Opened {
    const { incoming, roster, live, lendTools, clock, log, placed } = this.#options;
    const lent = lendTools(profile.tools);
    try {
      const tools = toolsFor(
        profile,
        lent.tools,
        () => HAND_OVERS_A_CALL - this.#handOvers,
        placed !== undefined,
      );
      const contact = profile.looksUpCaller ? this.#lookedUp?.contact : undefined;
      const opening = as(
        openingOf(profile, incoming, tools, clock.epochMs(), { contact, campaign: placed?.variables }),
      );
      const ofProfile = profileOptions(profile, tools, roster().prompts);
      const options =
        opening.firstWords.length === 0
          ? ofProfile
          : { ...ofProfile, rules: { ...ofProfile.rules, greetingInterruptible: false } };
      const session = live.open(opening.setup, log);
      this.#lent.push(lent);
      const { id } = incoming;
      const openRunner: Cast['openRunner'] = (hear) =>
        createRunner({
          ...{ tools, callId: id, clock, office: officeOf(profile), profile: profile.name },
          ...{ ...this.#options.tools, ...hear, log: this.#options.serverLog },
          caller: numberOfThem(incoming),
          called: numberOfUs(incoming),
        });
      return { cast: { ...options, session, openRunner }, opening };
    } catch (thrown) {
      lent.giveBack();
      throw thrown;
    }
  }
}
