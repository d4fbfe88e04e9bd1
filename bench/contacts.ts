// `npm run bench -- contacts`: how long a list of contacts takes to become a campaign's, good rows and bad ones, and what it
// costs in memory. On an embedded database of its own, which is gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import type { ImportReport } from '../src/campaign/contacts/contacts-store.ts';
import { importContacts } from '../src/campaign/contacts/import.ts';
import { createPostgresContacts } from '../src/campaign/contacts/postgres.ts';
import { openDatabase } from '../src/store/database.ts';
import { printColumns } from './rehearsal/columns.ts';

const USAGE = 'npm run bench -- contacts [--rows 1000000]';
const GOAL_S = 120;
const PART_ROWS = 2_000;

/** Sets exit code 1 when rows are missing, or a million takes longer than its goal; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string', default: '1000000' } },
  });
  const rows = Number(values.rows);
  if (!(Number.isInteger(rows) && rows >= 1_000 && rows <= 5_000_000)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const lines = [
    await measured('good rows, five columns, consent, one in a hundred twice', rows, goodRow),
    await measured('bad rows: a number that is none in each', rows, badRow),
  ];
  printColumns([
    ['', 'rows', 'seconds', 'rows a second', 'kept', 'merged', 'faulty', 'peak MB of ours'],
    ...lines,
  ]);
}

type Row = (at: number) => string;
const goodRow: Row = (at) => {
  // So many numbers there are in one exchange after another; every hundredth row is the one before it again.
  const n = at % 100 === 99 ? at - 1 : at;
  const number = `+1${212 + (Math.floor(n / 8_000_000) % 5)}${2_000_000 + (n % 8_000_000)}`;
  return `${number},Ada ${n},"12, Long Road",${n % 97}.50,written,2026-03-01,web form\n`;
};
const badRow: Row = (at) => `not a number ${at},Ada,"12, Long Road",3,,,\n`;

async function measured(what: string, rows: number, row: Row): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-bench-contacts-'));
  const database = openDatabase({ url: undefined, dataDir: dir, log: silentLog });
  try {
    await database.ready();
    await sql`
      insert into liveline.campaigns (id, name, rehearsal, profile, settings, state)
      values ('bench', 'bench', true, 'p', '{}', 'draft')`.execute(database.sql);
    const startedMs = performance.now();
    const report = await importContacts({
      ...{ source: upload(rows, row), file: 'bench.csv', campaignId: 'bench', clock: systemClock },
      store: createPostgresContacts(database),
      onProgress: ({ rows: read }) => process.stderr.write(`\r${what}: ${read} of ${rows}`),
    });
    const seconds = (performance.now() - startedMs) / 1_000;
    process.stderr.write('\n');
    judge(report, rows, seconds);
    const peakMb = Math.round(process.resourceUsage().maxRSS / 1_024);
    const told = [
      rows,
      seconds.toFixed(1),
      Math.round(rows / seconds),
      report.kept,
      report.merged,
      report.faulty,
    ];
    return [what, ...told.map(String), String(peakMb)];
  } finally {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function judge({ kept, merged, faulty, state }: ImportReport, rows: number, seconds: number): void {
  const fault =
    state !== 'done' || kept + merged + faulty !== rows
      ? `of ${rows} rows ${kept} + ${merged} + ${faulty} came of it`
      : (seconds / rows) * 1_000_000 > GOAL_S
        ? `a million rows take longer than ${GOAL_S} s`
        : undefined;
  if (fault === undefined) return;
  console.log(fault);
  process.exitCode = 1;
}

async function* upload(rows: number, row: Row): AsyncGenerator<Uint8Array> {
  yield Buffer.from('phone,name,address,sum,consent_kind,consent_at,consent_source\n');
  for (let at = 0; at < rows; at += PART_ROWS) {
    const part = Array.from({ length: Math.min(PART_ROWS, rows - at) }, (_, n) => row(at + n));
    yield await Promise.resolve(Buffer.from(part.join('')));
  }
}
