// The two tokens that open this server, and what each is good for. Knows no cookie.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Role } from './session-view.ts';

export interface Tokens {
  readonly operator: string;
  /** Left out: nobody only looks on. */
  readonly viewer?: string | undefined;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** In constant time: how long it takes tells nothing of the tokens. Undefined: it is neither. */
export function roleOfToken(shown: string, { operator, viewer }: Tokens): Role | undefined {
  const given = digest(shown);
  const isOperator = timingSafeEqual(given, digest(operator));
  const isViewer = timingSafeEqual(given, digest(viewer ?? operator));
  if (isOperator) return 'operator';
  return isViewer ? 'viewer' : undefined;
}
