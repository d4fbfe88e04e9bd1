// Twilio's request signature, written from its description (Twilio docs, Security) and not from its package, so that the
// package, which the server uses to check, and this file judge each other.
import { createHmac } from 'node:crypto';

export type FormFields = Readonly<Record<string, string | readonly string[]>>;

const HTTPS_ORIGIN = /^(https:\/\/)(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(?::\d*)?/i;

/**
 * What Twilio signs of the URL it is about to ask for: never the fragment; of https neither user nor port; of every
 * other scheme (http, and ws or wss as written in the TwiML) all the rest as it stands.
 */
export const signedUrl = (url: string): string => url.replace(/#.*$/s, '').replace(HTTPS_ORIGIN, '$1$2');

/** The value of `X-Twilio-Signature`. `fields`: the form of a POST; empty for a GET and for a socket's upgrade. */
export function sign(authToken: string, url: string, fields: FormFields = {}): string {
  const text = Object.keys(fields)
    .sort()
    .flatMap((name) => {
      const value = fields[name]!;
      const values = typeof value === 'string' ? [value] : [...new Set(value)].sort();
      return values.map((one) => name + one);
    })
    .join('');
  return createHmac('sha1', authToken)
    .update(signedUrl(url) + text, 'utf8')
    .digest('base64');
}
