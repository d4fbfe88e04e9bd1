// The audit of one number, over HTTP and on the command line: proof about one person, wherever they were called.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { auditNumber } from '../../src/cli/audit.ts';
import { outboundRig } from '../cli/outbound-rig.ts';
import { outbound } from './outbound-rig.ts';
import { GUARDED } from './served.ts';

const insert = (lines: readonly (readonly [campaign: string | null, to: string, rule: string])[]) =>
  sql`insert into liveline.dial_audit (at, campaign_id, to_number, decision, rule, facts)
    select '2026-11-01T12:00:00Z', campaign, number, 'dial', rule, '{"askedBy":"api"}'
    from jsonb_to_recordset(${JSON.stringify(
      lines.map(([campaign, number, rule]) => ({ campaign, number, rule })),
    )}::jsonb) as line (campaign text, number text, rule text)`;

const LINES = [
  ['spring', '+12125550100', 'all'],
  [null, '+12125550100', 'single'],
  ['spring', '+12125550101', 'all'],
] as const;

interface Page {
  readonly lines: readonly {
    readonly campaignId: string | null;
    readonly rule: string;
    readonly to: string;
  }[];
  readonly next: string | null;
}

test('all that was decided about a number, single calls too, a page at a time', async (context) => {
  const { get, database } = await outbound(context);
  await insert(LINES).execute(database.sql);
  const page = async (query: string): Promise<Page> =>
    (await (
      await get(`/api/v1/dial-audit?number=${encodeURIComponent('+1 (212) 555-0100')}${query}`)
    ).json()) as Page;
  const all = await page('');
  expect(all).toMatchObject({
    lines: [
      { campaignId: 'spring', rule: 'all', to: '+12125550100' },
      { campaignId: null, rule: 'single', to: '+12125550100', facts: { askedBy: 'api' } },
    ],
    next: null,
  });
  const first = await page('&limit=1');
  expect(first.lines).toEqual(all.lines.slice(0, 1));
  expect((await page(`&limit=1&cursor=${first.next}`)).lines).toEqual(all.lines.slice(1));
  expect((await page('&order=newest')).lines).toEqual(all.lines.toReversed());
});

test('asked wrongly, nothing is told', async (context) => {
  const { get } = await outbound(context);
  for (const query of ['', '?number=212', '?number=%2B12125550100&limit=0', '?number=%2B12125550100&rule=x'])
    expect((await get(`/api/v1/dial-audit${query}`)).status, query).toBe(400);
});

test('operators alone see it', async (context) => {
  const { get } = await outbound(context, { operator: GUARDED });
  expect((await get('/api/v1/dial-audit?number=%2B12125550100')).status).toBe(401);
});

test('on the command line, as lines of JSON', async (context) => {
  const { desk, err, output, database } = await outboundRig(context);
  await insert(LINES).execute(database.sql);
  expect(await auditNumber('212', desk)).toBe(2);
  expect(err).toEqual([expect.stringMatching(/^audit takes a phone number/)]);
  expect(await auditNumber('+1 212 555 0100', desk)).toBe(0);
  const lines = String(output.read()).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { rule: string }).rule)).toEqual(['all', 'single']);
});
