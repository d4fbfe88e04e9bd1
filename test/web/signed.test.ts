import { expect, test } from 'vitest';
import { signed } from '../../src/web/signed.ts';

test('as GitHub documents it for its webhooks: their example', () => {
  // docs.github.com, Validating webhook deliveries, "Testing the webhook payload validation".
  expect(signed('Hello, World!', "It's a Secret to Everybody")).toEqual({
    'x-liveline-signature': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  });
});

test('bytes are signed, not characters', () => {
  expect(signed('ä', 'secret')).not.toEqual(signed('a\u0308', 'secret'));
});

test.each([undefined, ''])('without a secret nothing is signed: %j', (secret) => {
  expect(signed('x', secret)).toEqual({});
});
