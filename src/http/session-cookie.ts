// The cookie that holds a session's secret: no script reads it, no other page sends it. Knows no session.
import { IDLE_MS } from '../console/sessions.ts';

/** Browsers take a name with `__Host-` only from this very host, over TLS and for all paths (RFC 6265bis §4.1.3.2). */
const nameOf = (isSecure: boolean): string => (isSecure ? '__Host-liveline' : 'liveline');

const isHttps = (publicBaseUrl: string): boolean => publicBaseUrl.startsWith('https:');

/** Undefined: there is none. */
export function secretIn(header: string | undefined, publicBaseUrl: string): string | undefined {
  const name = nameOf(isHttps(publicBaseUrl));
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

/** `secret` undefined: the cookie goes. */
export function cookieOf(secret: string | undefined, publicBaseUrl: string): string {
  const isSecure = isHttps(publicBaseUrl);
  return [
    `${nameOf(isSecure)}=${secret ?? ''}`,
    `Max-Age=${secret === undefined ? 0 : IDLE_MS / 1_000}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    ...(isSecure ? ['Secure'] : []),
  ].join('; ');
}
