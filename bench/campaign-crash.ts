// `npm run bench -- campaign-crash`: kills the dialler of a campaign again and again, between Twilio's own client and the simulated
// telephone network, and looks afterwards whether everybody was called exactly as often as the outcomes call for.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLog } from '../src/base/log.ts';
import { embedded } from '../src/store/embedded/embedded.ts';
import { campaignCrash, type CampaignCrashReport } from './campaign-crash/rounds.ts';

const USAGE = `npm run bench -- campaign-crash [--contacts 2000] [--kills 200] [--seed 1]
  --contacts  who are called
  --kills     how many dialler processes are killed (kill -9), each at a moment of its own
  --seed      who answers, which faults, which moments`;
const FAULTS_SHOWN = 20;

/** Sets exit code 1 when anybody was called twice, or lost, or the audit has a hole; 2 for bad arguments. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      contacts: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [contacts, kills, seed] = [values.contacts, values.kills, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  if (![contacts, kills, seed].every(Number.isInteger) || contacts < 1 || kills < 0 || seed < 0) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const dir = mkdtempSync(join(tmpdir(), 'liveline-campaign-crash-'));
  const server = embedded(dir, silentLog);
  try {
    const { host, port, user, password, database } = await server.ensure();
    print(
      await campaignCrash({
        databaseUrl: `postgres://${user}:${password}@${host}:${port}/${database}`,
        ...{ contacts, kills, seed },
        onRound: (round, kill, open) => {
          if (round % 10 === 0) console.log(`${round} killed (last: ${kill}), ${open} contacts to go`);
        },
      }),
      contacts,
    );
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

function print(
  { verdict, kills, faults, traffic, openAtLastKill, tookMs, errors }: CampaignCrashReport,
  contacts: number,
): void {
  const rows: readonly (readonly [string, string | number])[] = [
    ['contacts', contacts],
    ['processes killed: at any moment', kills.any],
    ['    after the carrier took a call, before it answered', kills.accepted],
    ['    as soon as it had answered', kills.answered],
    ['contacts still to be called at the last kill', openAtLastKill],
    ...Object.entries(faults).map(([fault, times]) => [`carrier: ${fault}`, times] as const),
    ['questions and callbacks that found no process', traffic.unheard],
    ['    that a process refused (must be 0)', traffic.refused.length],
    ['calls that the carrier took', verdict.calls],
    ['    answered, and told by a process what to do', traffic.answered],
    ['    answered, and words of ours were heard', traffic.spokenOn.size],
    ['attempts', verdict.attempts],
    ...Object.entries(verdict.outcomes).map(([is, times]) => [`    ${is}`, times] as const),
    ['lines of the audit', verdict.auditLines],
    ['called twice (must be 0)', verdict.doubleDials.length],
    ['contacts lost (must be 0)', verdict.lost.length],
    ['anything else that is wrong (must be 0)', verdict.strange.length],
    ['seconds', Math.round(tookMs / 1_000)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
  const load = loadavg()[0]!;
  if (load > availableParallelism())
    console.log(`\nA busy machine: load ${load.toFixed(1)} on ${availableParallelism()} cores.`);
  const { doubleDials, lost, strange } = verdict;
  const all = [...doubleDials, ...lost, ...strange, ...traffic.refused, ...errors];
  if (all.length === 0) return;
  console.error(`\nFAILED\n  ${all.slice(0, FAULTS_SHOWN).join('\n  ')}`);
  if (all.length > FAULTS_SHOWN) console.error(`  and ${all.length - FAULTS_SHOWN} more`);
  process.exitCode = 1;
}
