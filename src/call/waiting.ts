// What is ready for somebody who may answer a call that we placed.
import type { Profile } from '../agents/profile.ts';
import type { Cast } from './cast.ts';
import type { Casting } from './casting.ts';
import type { Opening } from './opening.ts';
import type { PlacedCall } from './placed-calls.ts';

/** A session that waits for an answer. */
export interface Waiting {
  readonly placed: PlacedCall;
  readonly profile: Profile;
  readonly casting: Casting;
  readonly cast: Cast;
  readonly opening: Opening;
  /** Its greeting is asked for ahead. */
  readonly isAsked: boolean;
}
