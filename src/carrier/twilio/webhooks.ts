// Twilio's HTTP face: who may knock, what a request says, and the answers. Knows nothing of HTTP servers.
import { isLoopbackHost } from '../../base/loopback.ts';
import type { Log } from '../../base/log.ts';
import type { CarrierWebhooks } from '../webhooks.ts';
import { bareBase, nodeOf } from './addresses.ts';
import { readAnsweredBy } from './answered-by.ts';
import { renderVerb } from './markup.ts';
import {
  readCall,
  readPersonQuestion,
  readPersonStatus,
  readQuestion,
  readRecording,
  readStreamStatus,
  readWaiting,
} from './questions.ts';
import { SignatureCheck } from './signature.ts';

export interface TwilioWebhooksOptions {
  /** Twilio signs with the primary token; list the next one too while rotating. Empty: only this machine is served. */
  readonly authTokens: readonly string[];
  /** This server as Twilio reaches it, e.g. `https://voice.example.com`. */
  readonly publicBaseUrl: string;
  /** This process, among those behind the address; left out: whoever is asked answers. */
  readonly node?: string;
  readonly log: Log;
}

export function createTwilioWebhooks({
  authTokens,
  publicBaseUrl,
  node,
  log,
}: TwilioWebhooksOptions): CarrierWebhooks {
  const base = bareBase(publicBaseUrl);
  const check = new SignatureCheck(authTokens, base);
  if (authTokens.length === 0 && !isOwnMachine(base))
    log.warn(
      { publicBaseUrl: base },
      'no TWILIO_AUTH_TOKEN: Twilio’s signature cannot be checked. Only requests from this machine are served, and a tunnel or proxy on it makes every request look so: set TWILIO_AUTH_TOKEN',
    );
  return {
    verifyPost: (request) => check.post(request),
    verifyUpgrade: (request) => check.upgrade(request),
    readCall,
    readStreamStatus,
    readQuestion,
    readPersonQuestion,
    readPersonStatus,
    readWaiting,
    readRecording,
    readAnsweredBy,
    render: (verb) => ({
      contentType: 'text/xml; charset=utf-8',
      body: renderVerb(verb, { url: base, node }),
    }),
    nodeOf,
  };
}

const isOwnMachine = (base: string): boolean => isLoopbackHost(URL.parse(base)?.hostname ?? '');
