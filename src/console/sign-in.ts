// Signing in: a token becomes a session. Too many wrong ones from one address are not looked at any more for a while.
import { ExpiringMap } from '../base/expiring-map.ts';
import type { Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { Session, Sessions } from './sessions.ts';
import { roleOfToken, type Tokens } from './tokens.ts';

/** Who mistypes does not do so oftener; who guesses 256 bits needs more. */
export const WRONG_TRIES = 10;
export const FORGIVEN_AFTER_MS = 5 * 60_000;
export const LONGEST_NAME = 80;

export interface SignIn {
  /** Throws NOT_AUTHORISED, or TOO_MANY_TRIES without looking. `address`: of the peer. */
  enter(shown: { readonly token: string; readonly name: string }, address: string): Promise<Entered>;
}

export interface Entered extends Session {
  readonly secret: string;
}

export interface SignInOptions {
  readonly tokens: Tokens;
  readonly sessions: Pick<Sessions, 'open'>;
  readonly clock: Clock;
}

export function createSignIn({ tokens, sessions, clock }: SignInOptions): SignIn {
  const wrong = new ExpiringMap<string, number>(clock, FORGIVEN_AFTER_MS);
  return {
    async enter({ token, name }, address) {
      const tries = wrong.get(address) ?? 0;
      if (tries >= WRONG_TRIES)
        throw new LivelineError(
          'TOO_MANY_TRIES',
          `too many wrong tokens came from this address: try again ${FORGIVEN_AFTER_MS / 60_000} minutes after the last one`,
        );
      const role = roleOfToken(token, tokens);
      if (role === undefined) {
        wrong.set(address, tries + 1);
        throw new LivelineError('NOT_AUTHORISED', 'this is neither the OPERATOR_TOKEN nor the VIEWER_TOKEN');
      }
      const session: Session = { role, name: plainName(name) || role };
      return { ...session, secret: await sessions.open(session) };
    },
  };
}

/** On one line, of a length that a table shows. */
const plainName = (name: string): string =>
  Array.from(
    name
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
      .trim(),
  )
    .slice(0, LONGEST_NAME)
    .join('');
