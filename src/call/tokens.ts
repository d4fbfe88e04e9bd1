// Stream tokens: minted in the signed voice webhook, shown once by the stream that it asked for, good for one call, at every
// process that has the secret.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import type { CallId } from '../base/ids.ts';

/** A stream opens within seconds of the answer; a token that leaks later opens nothing. */
const GOOD_FOR_MS = 60_000;
/** By which the clocks of two machines may differ: so much longer a token may seem good here. */
const CLOCKS_DIFFER_MS = 540_000;

/** A token is base64url of: when it expires (epoch ms), what nobody can guess, and the proof that we minted it for the call. */
const EXPIRY_BYTES = 6;
const NONCE_BYTES = 12;
const PROOF_BYTES = 18;
const TOKEN = new RegExp(`^[\\w-]{${((EXPIRY_BYTES + NONCE_BYTES + PROOF_BYTES) * 4) / 3}}$`);

export interface TokenSecrets {
  /** By which tokens are minted. */
  readonly current: Uint8Array;
  /** By which one may have been minted that is good yet, `current` among them. */
  readonly all: readonly Uint8Array[];
}

export class Tokens {
  readonly #clock: Clock;
  readonly #secrets: TokenSecrets;
  /** By their nonces. */
  readonly #spent: ExpiringMap<string, true>;

  /** `secrets` left out: of this process alone. */
  constructor(clock: Clock, secrets: TokenSecrets = secretsOf(newSecret())) {
    this.#clock = clock;
    this.#secrets = secrets;
    this.#spent = new ExpiringMap(clock, GOOD_FOR_MS + CLOCKS_DIFFER_MS);
  }

  mint(callId: CallId): string {
    const head = Buffer.alloc(EXPIRY_BYTES + NONCE_BYTES);
    head.writeUIntBE(this.#clock.epochMs() + GOOD_FOR_MS, 0, EXPIRY_BYTES);
    randomBytes(NONCE_BYTES).copy(head, EXPIRY_BYTES);
    return Buffer.concat([head, proofOf(head, callId, this.#secrets.current)]).toString('base64url');
  }

  /**
   * True once per token, for its own call, while it is fresh. A token shown for another call is spent all the same. What was
   * spent at other processes is not known here: see `Journals.take`.
   */
  spend(token: string, callId: CallId): boolean {
    const nonce = nonceOf(token);
    if (nonce === undefined || this.#spent.get(nonce)) return false;
    this.#spent.set(nonce, true);
    const bytes = Buffer.from(token, 'base64url');
    const leftMs = bytes.readUIntBE(0, EXPIRY_BYTES) - this.#clock.epochMs();
    const isFresh = leftMs > 0 && leftMs <= GOOD_FOR_MS + CLOCKS_DIFFER_MS;
    const head = bytes.subarray(0, EXPIRY_BYTES + NONCE_BYTES);
    const proof = bytes.subarray(EXPIRY_BYTES + NONCE_BYTES);
    // Each is looked at, whichever fits: how long it takes tells nothing.
    const fitting = this.#secrets.all.filter((secret) =>
      timingSafeEqual(proofOf(head, callId, secret), proof),
    );
    return isFresh && fitting.length > 0;
  }
}

export const newSecret = (): Uint8Array => randomBytes(32);
export const secretsOf = (secret: Uint8Array): TokenSecrets => ({ current: secret, all: [secret] });

/** What tells a token from all others and may be written down: whoever reads it can show no token. Undefined: it is none. */
export function nonceOf(token: string): string | undefined {
  if (!TOKEN.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  return bytes.subarray(EXPIRY_BYTES, EXPIRY_BYTES + NONCE_BYTES).toString('base64url');
}

/** Of what nothing else is proven by: the secret may be used for more. */
const proofOf = (head: Uint8Array, callId: CallId, secret: Uint8Array): Buffer =>
  createHmac('sha256', secret)
    .update('liveline stream token\0')
    .update(head)
    .update(callId)
    .digest()
    .subarray(0, PROOF_BYTES);
