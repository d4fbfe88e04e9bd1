// A town to call: a whole server with campaigns, between the simulated phone network with people of every kind and the simulated
// model, on real sockets and in real time. Knows no case.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { vi, type TestContext } from 'vitest';
import { startApp } from '../../../src/app.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createLog } from '../../../src/base/log.ts';
import type { PhoneNumber } from '../../../src/base/phone-number.ts';
import { importContacts } from '../../../src/campaign/contacts/import.ts';
import type { Environment } from '../../../src/config.ts';
import { createPostgresOptOuts } from '../../../src/records/opt-outs.ts';
import { startModel } from '../../../src/simulator/model/server.ts';
import type { ScriptSource } from '../../../src/simulator/model/script.ts';
import { startNetwork } from '../../../src/simulator/phone/network.ts';
import type { Population } from '../../../src/simulator/phone/people.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { freshDataDir, migratedDatabaseUrl } from '../../doubles/databases.ts';
import { NEVER_LATE } from '../../doubles/never-late.ts';
import { scriptFrom } from '../desk.ts';
import { startNodes } from '../nodes/start-nodes.ts';
import { ACCOUNT, AUTH_TOKEN } from '../rig.ts';

export const OURS = '+12125550190';
export const numbered = (n: number): PhoneNumber =>
  `+1212555${String(100 + n).padStart(4, '0')}` as PhoneNumber;

const FIRST_WORDS =
  'This is Harbour Dental. I am an AI assistant. Call us at 1 212 555 0190. Press 9, and we never call again.';
export const GREETING = `${FIRST_WORDS} Hello!`;
const PROFILE = `
name: reminder
direction: outbound
instructions: Remind {{campaign.name | them}} of their visit.
greeting: Hello!
look_up_caller: off
first_words:
  identity: This is Harbour Dental.
  assistant: I am an AI assistant.
  callback: Call us at 1 212 555 0190.
  opt_out: Press 9, and we never call again.
on_voicemail: hang_up
keypad: { shortcuts: { '9': { tool: opt_out } } }
tools: [opt_out, record_outcome, end_call]
`;
/** By day and night: what the tests run at has nothing to do with the law. */
const ALWAYS = `
version: 2026-01-01
valid_until: 2099-12-31
countries: [US]
sources: [a test]
hours: { every_day: '00:00-24:00' }
consent_needed: true
ai_disclosure: true
recording_announcement: false
`;

export interface TownOptions {
  readonly population: Population;
  readonly script: ScriptSource;
  readonly environment?: Environment;
}

export async function openTown(context: Pick<TestContext, 'onTestFinished'>, options: TownOptions) {
  const { onTestFinished } = context;
  const clock = systemClock;
  const files = mkdtempSync(join(tmpdir(), 'liveline-town-'));
  onTestFinished(() => rmSync(files, { recursive: true }));
  const folder = (name: string, file: string, text: string): string => {
    mkdirSync(join(files, name));
    writeFileSync(join(files, name, file), text);
    return join(files, name);
  };
  const model = await startModel({ script: scriptFrom(options.script), clock });
  const network = await startNetwork({
    ...{ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock, population: options.population },
    ...{ numbers: { own: [OURS], verified: [] }, callsPerSecond: 20 },
  });
  const url = options.environment?.['DATABASE_URL'] ?? (await migratedDatabaseUrl(context));
  const dataDir = freshDataDir(context);
  const own: Environment = {
    PORT: '0',
    DATABASE_URL: url,
    DATA_DIR: dataDir,
    GEMINI_BASE_URL: model.url,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_API_BASE_URL: network.url,
    CALLS_PER_SECOND: '20',
    AGENTS_DIR: folder('agents', 'reminder.yaml', PROFILE),
    CALLING_RULES_DIR: folder('rules', 'us.yaml', ALWAYS),
    ...options.environment,
  };
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const nodes = await startNodes(own, (config) =>
    startApp(config, createLog({ level: 'info', secrets: [AUTH_TOKEN], destination }), {
      clock,
      loopLag: NEVER_LATE,
    }),
  );
  const app = nodes.apps[0]!;
  const database = openDatabase({
    ...{ url, dataDir, log: createLog({ level: 'silent', secrets: [] }) },
  });
  await database.ready();
  onTestFinished(async () => {
    await network.close();
    await nodes.stop();
    await database.close();
    await model.close();
  });
  const { campaigns, contacts } = app.campaigns;
  const settings = {
    ...{ profile: 'reminder', caller_ids: [OURS], country: 'US', max_attempts: 1 },
    consent: { kind: 'written' },
    pace: { calls_per_second: 20, concurrency: 20, ramp_minutes: 0, ring_s: 15 },
    caps: { per_day: 100, per_week: 100, min_gap_hours: 0 },
    breakers: { answer_rate_below: 0, failure_above: 1, blocked_above: 1 },
    machines: 'hang-up',
  };

  return {
    ...{ app, network, model, lines, campaigns, database },
    /** A draft with these people in it, who have all consented. */
    async campaign(name: string, numbers: readonly string[], more: Readonly<Record<string, unknown>> = {}) {
      const { id } = await campaigns.create(name, { ...settings, ...more });
      const rows = numbers.map((number, n) => `${number},Person ${n},written,2026-03-01,web form`);
      const text = ['phone,name,consent_kind,consent_at,consent_source', ...rows].join('\n');
      const source = (async function* () {
        yield await Promise.resolve(Buffer.from(text));
      })();
      await importContacts({
        source,
        file: `${name}.csv`,
        campaignId: id,
        country: 'US',
        store: contacts,
        clock,
      });
      return id;
    },
    done: (id: string, withinMs = 90_000) =>
      vi.waitFor(
        async () => {
          const { campaign } = await campaigns.progress(id);
          if (campaign.state !== 'done') throw new Error(`it is ${campaign.state}`);
        },
        { timeout: withinMs, interval: 200 },
      ),
    optOuts: (number: string) => createPostgresOptOuts(database).find({ number, limit: 10 }),
    /** Of attempts and audit lines, as the database has them. */
    async rows(id: string) {
      const attempts = await sql<{
        to_number: string;
        state: string;
        outcome: string | null;
        number: number;
      }>`
        select to_number, state, outcome, number from liveline.attempts where campaign_id = ${id}
        order by to_number, number`.execute(database.sql);
      const audit = await sql<{ decision: string; rule: string; to_number: string | null }>`
        select decision, rule, to_number from liveline.dial_audit where campaign_id = ${id} order by id`.execute(
        database.sql,
      );
      return { attempts: attempts.rows, audit: audit.rows };
    },
    async results(id: string): Promise<Record<string, string>[]> {
      let text = '';
      for await (const line of campaigns.results(id)) text += line;
      const [head, ...rest] = text.trimEnd().split('\r\n');
      const names = head!.split(',');
      return rest.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at]!, cell])));
    },
  };
}

/** So many of each value. */
export const tally = (values: readonly (string | null | undefined)[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value ?? ''] = (counts[value ?? ''] ?? 0) + 1;
  return counts;
};
