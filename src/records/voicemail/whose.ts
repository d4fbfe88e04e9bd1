// Whose a message is, by the call that it was left in: asked of where calls are written down. Knows neither the carrier nor
// what is done with messages.
import type { Profile } from '../../agents/profile.ts';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { CallId } from '../../base/ids.ts';
import { leftMessage } from '../../ivr/left-message.ts';
import type { RouteStore } from '../../ivr/route-store.ts';
import { unlessAborted } from '../../tools/run/aborted.ts';
import type { RecordStore } from '../store.ts';
import type { AboutVoicemail } from './message.ts';

/** Undefined: no such call of ours is written down. Rejects when nobody can say. */
export type Whose = (call: CallId) => Promise<AboutVoicemail | undefined>;

export interface WhoseOptions {
  readonly routes: Pick<RouteStore, 'load'>;
  readonly records: Pick<RecordStore, 'get'>;
  /** As it is in force now. */
  readonly profileNamed: (name: string) => Profile | undefined;
  readonly clock: Clock;
}

const WITHIN_MS = 10_000;

/** Of a message that nobody can be found for: kept, and brought to nobody. */
export const NOBODYS: AboutVoicemail = leftMessage({ profile: '', from: '', to: '' });

/** Routes are kept for hours, records as long as the profile says. */
export const createWhose =
  ({ routes, records, profileNamed, clock }: WhoseOptions): Whose =>
  async (id) => {
    const late = new AbortController();
    const stop = clock.after(WITHIN_MS, () =>
      late.abort(new LivelineError('DATABASE_UNAVAILABLE', `no answer within ${WITHIN_MS / 1_000} s`)),
    );
    try {
      const call =
        (await routes.load(id, late.signal)) ?? (await unlessAborted(late.signal, records.get(id)));
      return call && leftMessage(call, profileNamed(call.profile));
    } finally {
      stop();
    }
  };
