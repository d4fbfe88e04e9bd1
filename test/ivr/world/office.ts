// The office as its operator has it: which profile is in force, and which was a moment ago.
import type { Profile } from '../../../src/agents/profile.ts';
import type { Destination } from '../../../src/ivr/plan.ts';
import type { Offices } from './profiles.ts';

/** What was decided by the profile before may still be on its way. */
const STILL_MS = 2_000;

export class Office {
  readonly versions: readonly Profile[];
  /** What no account dials, by the guard of this run. */
  readonly refused: ReadonlySet<string>;
  readonly #nowMs: () => number;
  #profile: Profile | undefined;
  #before: { readonly profile: Profile | undefined; readonly untilMs: number } | undefined;

  constructor({ versions, refused }: Offices, nowMs: () => number) {
    this.versions = versions;
    this.refused = refused;
    this.#nowMs = nowMs;
    this.#profile = versions[0];
  }

  /** Undefined: its file is gone. */
  get profile(): Profile | undefined {
    return this.#profile;
  }

  reload(profile: Profile | undefined): void {
    this.#before = { profile: this.#profile, untilMs: this.#nowMs() + STILL_MS };
    this.#profile = profile;
  }

  /** Whom this number is of, by the profiles that may decide at this moment. */
  whose(to: string): { profile: Profile; destination: Destination }[] {
    const before = this.#before && this.#nowMs() <= this.#before.untilMs ? this.#before.profile : undefined;
    return [this.#profile, before].flatMap((profile) =>
      (profile?.destinations ?? [])
        .filter((one) => one.to === to)
        .map((destination) => ({ profile: profile!, destination })),
    );
  }
}
