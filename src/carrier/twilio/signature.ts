// Whether a request is Twilio's: its signature over the URL it was sent to and the form it carried (Twilio docs,
// Security). Built from the configured public URL alone, never from a Host header. Knows nothing of what a request wants.
import twilio from 'twilio';
import { LivelineError } from '../../base/errors.ts';
import { isLoopbackAddress } from '../../base/loopback.ts';
import type { CarrierRequest } from '../webhooks.ts';
import { socketUrl } from './addresses.ts';

export class SignatureCheck {
  readonly #authTokens: readonly string[];
  readonly #base: string;

  /** `authTokens`: more than one while rotating; none, and only this machine is served. */
  constructor(authTokens: readonly string[], base: string) {
    this.#authTokens = authTokens.filter((token) => token !== '');
    this.#base = base;
  }

  /** Throws CARRIER_SIGNATURE_INVALID. */
  post(request: CarrierRequest): void {
    this.#check(request, [this.#base + bareTarget(request)]);
  }

  /** Throws CARRIER_SIGNATURE_INVALID. */
  upgrade(request: CarrierRequest): void {
    const url = socketUrl(this.#base + bareTarget(request));
    // Twilio may sign the URL as it stands in the markup, with a slash at its end, or with the port it dials; twilio's
    // own check adds a port only to https.
    const withPort = url.replace(/^(wss:\/\/(?:\[[^\]]*\]|[^/:?]+))(?=[/?]|$)/, '$1:443');
    this.#check(request, [url, `${url}/`, withPort, `${withPort}/`]);
  }

  #check({ signature, form, remoteAddress, target }: CarrierRequest, urls: readonly string[]): void {
    const path = target.split(/[?#]/, 1)[0] ?? '';
    if (this.#authTokens.length === 0) {
      if (isLoopbackAddress(remoteAddress)) return;
      throw refusal(
        `${path} was asked for from ${remoteAddress}, and without TWILIO_AUTH_TOKEN only this machine is served: set TWILIO_AUTH_TOKEN`,
      );
    }
    if (signature === undefined || signature === '')
      throw refusal(
        `${path} came without an X-Twilio-Signature header: not from Twilio, or a proxy takes the header away`,
      );
    const signed = this.#authTokens.some((token) =>
      urls.some((url) => isSignedBy(token, signature, url, form)),
    );
    if (signed) return;
    throw refusal(
      `the signature of ${path} is wrong: forged, or PUBLIC_BASE_URL (${this.#base}) is not the URL that Twilio calls, or TWILIO_AUTH_TOKEN is not this account's`,
    );
  }
}

/** A fragment holds Twilio's connection settings; it is neither sent nor signed (Twilio docs, Webhooks). */
const bareTarget = ({ target }: CarrierRequest): string => target.split('#', 1)[0] ?? '';

function isSignedBy(token: string, signature: string, url: string, form: CarrierRequest['form']): boolean {
  try {
    return twilio.validateRequest(token, signature, url, form);
  } catch {
    return false; // It throws on URLs that cannot be read: nothing that Twilio would have signed.
  }
}

const refusal = (message: string): LivelineError => new LivelineError('CARRIER_SIGNATURE_INVALID', message);
