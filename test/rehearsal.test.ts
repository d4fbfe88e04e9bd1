import { describe, expect, test } from 'vitest';
import { startApp } from '../src/app.ts';
import { silentLog } from '../src/base/log.ts';
import { callId } from '../src/base/ids.ts';
import type { PhoneNumber } from '../src/base/phone-number.ts';
import type { CallControl, Dialling, OutboundCall } from '../src/carrier/control.ts';
import { readConfig, type Environment } from '../src/config.ts';
import { rehearsed } from '../src/rehearsal.ts';
import { carrierOf } from '../src/vendors.ts';
import { freshDataDir, sharedDatabaseUrl } from './doubles/databases.ts';

const REAL_LINES = { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-token' };
/** Nobody's, as no name ends like that (RFC 2606). */
const ELSEWHERE = { ...REAL_LINES, TWILIO_API_BASE_URL: 'http://carrier.invalid' };
const THEM = '+12125550128' as PhoneNumber;
const OURS = '+12125550190' as PhoneNumber;
const REFUSED = /a rehearsal calls nobody on real lines: set GEMINI_API_KEY or GOOGLE_CLOUD_PROJECT/;

describe('a rehearsal calls nobody on real lines', () => {
  const call: OutboundCall = { to: THEM, from: OURS, ringS: 15, attempt: 'one', detectsMachines: 'off' };

  async function asked(environment: Environment): Promise<string[]> {
    const config = readConfig(environment);
    const heard: string[] = [];
    const asks: Pick<Dialling & CallControl, 'dial' | 'place' | 'ownNumbers'> = {
      place() {
        heard.push('place');
        return Promise.resolve(callId('placed'));
      },
      dial({ attempt }) {
        heard.push('dial');
        return Promise.resolve(callId(`call of ${attempt}`));
      },
      ownNumbers() {
        heard.push('ownNumbers');
        return Promise.resolve([]);
      },
    };
    const carrier = rehearsed(config, { ...carrierOf(config, () => ''), ...asks });
    await carrier.dial(call).catch((thrown: unknown) => heard.push((thrown as Error).message));
    await carrier
      .place({ to: THEM, from: OURS, ringS: 15, errand: { is: 'callback', of: 'one', attempt: 1 } })
      .catch((thrown: unknown) => heard.push((thrown as Error).message));
    await carrier
      .ownNumbers(AbortSignal.timeout(1_000))
      .catch((thrown: unknown) => heard.push((thrown as Error).message));
    return heard;
  }

  const key = { GEMINI_API_KEY: 'key', PUBLIC_BASE_URL: 'https://agent.example' };
  test.each<[string, Environment]>([
    ['with a key', { ...REAL_LINES, ...key }],
    ['with a project', { ...REAL_LINES, GOOGLE_CLOUD_PROJECT: 'p-1', PUBLIC_BASE_URL: key.PUBLIC_BASE_URL }],
    ['at a carrier on this machine', { ...REAL_LINES, TWILIO_API_BASE_URL: 'http://127.0.0.1:9' }],
  ])('%s the carrier is asked', async (_, environment) => {
    expect(await asked(environment)).toEqual(['dial', 'place', 'ownNumbers']);
  });

  test.each<[string, Environment]>([
    ['without a key', REAL_LINES],
    ['with a public address', { ...REAL_LINES, PUBLIC_BASE_URL: key.PUBLIC_BASE_URL }],
    ['at another server', ELSEWHERE],
  ])('%s it is not', async (_, environment) => {
    const refused = expect.stringMatching(REFUSED) as string;
    expect(await asked(environment)).toEqual([refused, refused, refused]);
  });

  test('neither for campaigns nor for single calls', async ({ onTestFinished }) => {
    const app = await startApp(
      readConfig({
        ...ELSEWHERE,
        ...{ PORT: '0', DATABASE_URL: await sharedDatabaseUrl(), DATA_DIR: freshDataDir({ onTestFinished }) },
      }),
      silentLog,
    );
    onTestFinished(() => app.stop());
    const { campaigns, single } = app.campaigns;
    await expect(
      campaigns.create('On real lines', {
        ...{ profile: 'reminder', caller_ids: [OURS], country: 'US', consent: { kind: 'written' } },
      }),
    ).rejects.toMatchObject({
      code: 'CAMPAIGN_INVALID',
      message: expect.stringMatching(REFUSED) as string,
    });
    await expect(
      single.place(
        {
          ...{ to: THEM, from: OURS, profile: 'reminder', variables: {}, ringS: 15 },
          ...{ detectsMachines: 'off', askedBy: 'api' },
        },
        AbortSignal.timeout(10_000),
      ),
    ).rejects.toMatchObject({ code: 'CARRIER_REFUSED', message: expect.stringMatching(REFUSED) as string });
  });
});
