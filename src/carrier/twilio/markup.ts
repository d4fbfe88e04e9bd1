// What Twilio shall do next, in its own words (TwiML). Knows the routes of this server that Twilio comes back to;
// knows nothing of why.
import twilio from 'twilio';
import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { unreachable } from '../../base/errors.ts';
import type { Verb } from '../webhooks.ts';
import { TOKEN_PARAMETER } from './messages.ts';

type SayLanguage = NonNullable<VoiceResponse.SayAttributes['language']>;

/** What XML 1.0 cannot hold; the generator throws on it, and an apology must not fail on a stray character. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** `base`: this server as Twilio reaches it, `http(s)://…` without a slash at the end. */
export function renderVerb(verb: Verb, base: string): string {
  const response = new twilio.twiml.VoiceResponse();
  switch (verb.do) {
    case 'stream':
      response
        .connect({ action: `${base}/twilio/after-stream` })
        .stream({
          url: socketUrl(`${base}/twilio/media`),
          name: 'main',
          statusCallback: `${base}/twilio/stream-status`,
        })
        .parameter({ name: TOKEN_PARAMETER, value: verb.token });
      break;
    case 'say-and-hang-up':
      response.say(
        // Twilio's list of languages grows; one that it does not know it reports in its own console (13512).
        { language: verb.language as SayLanguage },
        verb.text.replaceAll(UNWRITABLE, ' '),
      );
      response.hangup();
      break;
    case 'hang-up':
      response.hangup();
      break;
    default:
      return unreachable(verb);
  }
  return response.toString();
}

/** The WebSocket face of an HTTP URL: `https` becomes `wss`, `http` becomes `ws`. */
export const socketUrl = (url: string): string => url.replace(/^http/, 'ws');
