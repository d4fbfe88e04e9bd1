// Salesforce's token endpoint, for client credentials and for JWT bearer; and which tokens hold.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import type { Clock } from '../../../src/base/clock.ts';

export const CLIENT_ID = '3MVG9-liveline-of-the-tests';
/** It must stand in no error and no log. */
export const CLIENT_SECRET = 'a-client-secret-of-the-tests';
export const USERNAME = 'liveline@example.com';
export const USER_ID = '005000000000001AAA';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const PRIVATE_KEY_PEM = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const PRIVATE_KEY_PEM_OLD = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

const MOST_VALID_S = 180;

export interface TokenAnswer {
  readonly status: number;
  readonly body: object;
}

export class Login {
  readonly #clock: Clock;
  readonly #valid = new Set<string>();
  given = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  holds(authorization: string | undefined): boolean {
    return (
      authorization?.startsWith('Bearer ') === true && this.#valid.has(authorization.slice('Bearer '.length))
    );
  }

  expire(): void {
    this.#valid.clear();
  }

  async answer(form: URLSearchParams, origin: string, instanceUrl: string): Promise<TokenAnswer> {
    const fault = await this.#faultOf(form, origin);
    if (fault !== undefined) return { status: 400, body: fault };
    const token = `00D000000000001!${randomUUID()}`;
    this.#valid.add(token);
    this.given++;
    return {
      status: 200,
      body: {
        access_token: token,
        signature: 'c2lnbmF0dXJl',
        scope: 'api',
        instance_url: instanceUrl,
        id: `${origin}/id/00D000000000001AAA/${USER_ID}`,
        token_type: 'Bearer',
        issued_at: String(this.#clock.epochMs()),
      },
    };
  }

  async #faultOf(form: URLSearchParams, origin: string): Promise<object | undefined> {
    const grant = form.get('grant_type');
    if (grant === 'client_credentials') {
      if (form.get('client_id') !== CLIENT_ID) return wrong('invalid_client_id', 'client identifier invalid');
      return form.get('client_secret') === CLIENT_SECRET
        ? undefined
        : wrong('invalid_client', `invalid client credentials ${form.get('client_secret')}`);
    }
    if (grant !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return wrong('unsupported_grant_type', 'grant type not supported');
    try {
      const { payload } = await jwtVerify(form.get('assertion') ?? '', pair.publicKey, {
        algorithms: ['RS256'],
        issuer: CLIENT_ID,
        subject: USERNAME,
        audience: origin,
        currentDate: new Date(this.#clock.epochMs()),
        requiredClaims: ['exp'],
      });
      const inS = payload.exp! - this.#clock.epochMs() / 1_000;
      return inS > MOST_VALID_S ? wrong('invalid_grant', 'expiration is too far away') : undefined;
    } catch (thrown) {
      if (thrown instanceof errors.JWTClaimValidationFailed)
        return wrong('invalid_grant', `${thrown.claim} is invalid`);
      return wrong('invalid_grant', 'invalid assertion');
    }
  }
}

const wrong = (error: string, error_description: string): object => ({ error, error_description });
