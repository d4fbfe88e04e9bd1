import { expect, test } from 'vitest';
import { secretsOf } from '../../src/cli/serve.ts';
import { readConfig } from '../../src/config.ts';

test('no secret of the configuration may stand in the log, a fallback key among them', () => {
  const secrets = {
    GEMINI_API_KEY: 'a-first-key',
    GEMINI_FALLBACK_API_KEY: 'a-second-key',
    TWILIO_AUTH_TOKEN: 'a-new-token,an-old-token',
    TWILIO_API_SECRET: 'an-api-secret',
    OPERATOR_TOKEN: 'a-token-of-operators',
  };
  const config = readConfig({
    ...secrets,
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_API_KEY: `SK${'0'.repeat(32)}`,
    PUBLIC_BASE_URL: 'https://voice.example.com',
  });
  expect([...secretsOf(config)].sort()).toEqual(
    Object.values(secrets)
      .flatMap((secret) => secret.split(','))
      .sort(),
  );
  expect(secretsOf(readConfig({}))).toEqual([]);
});

test('the password of the database neither, as it is written and as it is meant', () => {
  const of = (DATABASE_URL: string): readonly string[] => secretsOf(readConfig({ DATABASE_URL }));
  expect(of('postgres://liveline:s%40cret@db.example/calls')).toEqual(['s%40cret', 's@cret']);
  expect(of('postgres://liveline@db.example/calls?password=another')).toEqual(['another']);
  expect(of('postgres://liveline:s3cret@localhost/calls?host=/run/postgresql')).toEqual(['s3cret']);
  expect(of('postgres://liveline@db.example/calls')).toEqual([]);
});
