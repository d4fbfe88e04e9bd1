import { inspect } from 'node:util';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LivelineError } from '../../../src/base/errors.ts';
import { createSalesforceCrm } from '../../../src/crm/salesforce/salesforce.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  PRIVATE_KEY_PEM,
  PRIVATE_KEY_PEM_OLD,
  USERNAME,
} from '../../doubles/salesforce/login.ts';
import { hurriedClock } from '../../doubles/salesforce/hurried-clock.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { salesforce } from './rig.ts';

const go = (): AbortSignal => new AbortController().signal;
const ana = '+15550100102';
const tokenAsked = ({ path }: { path: string }): boolean => path === '/services/oauth2/token';
const caught = (work: Promise<unknown>): Promise<LivelineError> =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (thrown: unknown) => thrown as LivelineError,
  );
const keyOf = (modulusLength: number): string =>
  generateKeyPairSync('rsa', { modulusLength })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

describe('a token', () => {
  test.each([
    ['PKCS #8', PRIVATE_KEY_PEM],
    ['PKCS #1', PRIVATE_KEY_PEM_OLD],
  ])('is given for a signature with a key in %s', async (_, privateKeyPem) => {
    const { crm, standIn } = await salesforce(
      { onTestFinished },
      {
        by: { privateKeyPem, username: USERNAME },
        clock: new ManualClock(),
      },
    );
    expect(await crm.findByPhone(ana, go())).toMatchObject({ name: 'Ana Moreno' });
    expect(standIn.asked.find(tokenAsked)!.body).not.toContain('PRIVATE');
  });

  test('is asked for once, by many calls at once and by later ones', async (context) => {
    const { crm, standIn } = await salesforce(context);
    await Promise.all(Array.from({ length: 8 }, () => crm.findByPhone(ana, go())));
    await crm.findByPhone(ana, go());
    expect(standIn.login.given).toBe(1);
  });

  test('that has expired is renewed once for all calls, and none of them fails', async (context) => {
    const { crm, standIn } = await salesforce(context);
    await crm.check(go());
    for (const given of [2, 3]) {
      standIn.login.expire();
      const found = await Promise.all(Array.from({ length: 8 }, () => crm.findByPhone(ana, go())));
      expect(found.map((contact) => contact?.name)).toEqual(Array(8).fill('Ana Moreno'));
      expect(standIn.login.given).toBe(given);
    }
  });

  test('that is refused again and again ends in CRM_REFUSED, not in a circle', async (context) => {
    const { crm, standIn } = await salesforce(context);
    const body = [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }];
    standIn.plan({ is: 'answers', status: 401, body }, { times: 9, when: (asked) => !tokenAsked(asked) });
    expect(await caught(crm.findByEmail('ana@example.com', go()))).toMatchObject({ code: 'CRM_REFUSED' });
    expect(standIn.asked.length).toBeLessThanOrEqual(4);
  });

  test('is waited for no longer than its caller waits, and the others have it all the same', async (context) => {
    const { crm, standIn } = await salesforce(context);
    const impatient = new AbortController();
    const [first, second] = [crm.findByPhone(ana, impatient.signal), crm.findByPhone(ana, go())];
    impatient.abort();
    expect(await caught(first)).toMatchObject({ name: 'AbortError' });
    expect(await second).toMatchObject({ name: 'Ana Moreno' });
    expect(standIn.login.given).toBe(1);
  });

  test('that could not be had is asked for again', async (context) => {
    const { crm, standIn } = await salesforce(context, { clock: hurriedClock });
    standIn.plan({ is: 'answers', status: 503 }, { times: 3, when: tokenAsked });
    expect(await caught(crm.findByPhone(ana, go()))).toMatchObject({ code: 'CRM_UNAVAILABLE' });
    expect(await crm.findByPhone(ana, go())).toMatchObject({ name: 'Ana Moreno' });
  });

  test.each([
    ['half an answer', { is: 'malformed' }],
    ['no token', { is: 'answers', status: 200, body: {} }],
    ['no object', { is: 'answers', status: 200, body: [] }],
  ] as const)('is not made out of %s', async (_, fault) => {
    const { crm, standIn } = await salesforce({ onTestFinished }, { clock: hurriedClock });
    standIn.plan(fault, { times: 3, when: tokenAsked });
    expect(await caught(crm.findByPhone(ana, go()))).toMatchObject({ code: 'CRM_UNAVAILABLE' });
  });
});

describe('credentials', () => {
  test.each([
    ['a wrong secret', { clientSecret: `${CLIENT_SECRET}-not` }, 'invalid_client'],
    ['another key', { privateKeyPem: keyOf(2048), username: USERNAME }, 'invalid_grant'],
    ['another user', { privateKeyPem: PRIVATE_KEY_PEM, username: 'eve@example.com' }, 'sub is invalid'],
  ])('%s is refused, with the reason and without the secret', async (_, by, reason) => {
    const { crm, standIn } = await salesforce({ onTestFinished }, { by });
    const error = await caught(crm.check(go()));
    expect(error).toMatchObject({ code: 'CRM_REFUSED', message: expect.stringContaining(reason) as string });
    const seen = inspect(error, { depth: 9, showHidden: true });
    const sent = new URLSearchParams(standIn.asked.find(tokenAsked)!.body);
    for (const name of ['client_secret', 'assertion'])
      if (sent.has(name)) expect(seen).not.toContain(sent.get(name)!);
  });

  test('a login URL, a key or a key field that are none are found at once, and not quoted', () => {
    const clock = hurriedClock;
    const [clientId, by] = [CLIENT_ID, { clientSecret: CLIENT_SECRET }];
    const loginUrl = 'https://login.salesforce.com';
    const secret = 'BEGIN-a-key-that-is-none';
    const wrong = [
      ...['http://login.salesforce.com', 'login.salesforce.com', '', 'https://a:b@c.example'].map((url) => ({
        loginUrl: url,
        clientId,
        by,
        clock,
      })),
      { loginUrl, clientId, by: { privateKeyPem: secret, username: USERNAME }, clock },
      ...["x' OR Name != '", 'Key', 'a b__c', '../x__c'].map((keyField) => ({
        loginUrl,
        clientId,
        by,
        clock,
        keyField,
      })),
    ];
    for (const options of wrong) {
      let error: unknown;
      try {
        createSalesforceCrm(options);
      } catch (thrown) {
        error = thrown;
      }
      expect(error, JSON.stringify(options)).toMatchObject({ code: 'CRM_INVALID' });
      expect(inspect(error, { depth: 9 })).not.toContain(secret);
    }
    expect(() =>
      createSalesforceCrm({ loginUrl, clientId, by, clock, keyField: 'Liveline_Key__c' }),
    ).not.toThrow();
  });

  test.each(['http://evil.example', 'ftp://127.0.0.1', 'no address', 'http://user:pw@127.0.0.1:1'])(
    'the token goes to no instance at %s',
    async (instanceUrl) => {
      const { crm, standIn } = await salesforce({ onTestFinished });
      standIn.instanceUrl = instanceUrl;
      expect(await caught(crm.findByPhone(ana, go()))).toMatchObject({ code: 'CRM_REFUSED' });
      expect(standIn.asked.filter((asked) => !tokenAsked(asked))).toEqual([]);
    },
  );

  test('an organisation that has moved is found in its new place', async (context) => {
    const { crm, standIn } = await salesforce(context);
    const { standIn: elsewhere } = await salesforce(context);
    await crm.check(go());
    standIn.instanceUrl = elsewhere.url;
    standIn.login.expire();
    // The token of the stand-in is none to the other one: what counts is where it is shown.
    const before = standIn.asked.length;
    await caught(crm.findByEmail('ana@example.com', go()));
    await caught(crm.findByEmail('ana@example.com', go()));
    expect(standIn.asked.slice(before).filter((asked) => !tokenAsked(asked))).toHaveLength(1);
    expect(elsewhere.asked.length).toBeGreaterThan(0);
  });
});
