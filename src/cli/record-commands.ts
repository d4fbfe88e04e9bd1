// The commands on records and their database, as they are typed. What each does is in the files beside this one.
import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { createLog } from '../base/log.ts';
import { environment, VERSION } from '../config.ts';
import { exportCalls, type CallsExport } from './calls-export.ts';
import type { CallFilters } from './call-filters.ts';
import { listCalls, showCall } from './calls.ts';
import { dbBackup, dbMigrate, dbMove, dbRestore, dbStatus, type DbContext } from './db.ts';
import { systemDesk } from './desk.ts';
import { forgetNumber } from './forget.ts';
import { addOptOut, listOptOuts, removeOptOut, type OptOutFilters } from './opt-outs.ts';
import { configOrExit, secretsOf } from './serve.ts';
import { listVoicemails, saveVoicemail, type VoicemailFilters } from './voicemails.ts';

export function addRecordCommands(program: Command): void {
  const calls = program
    .command('calls')
    .description('the records of calls: who called, what was said and done');
  filtered(calls.command('list').description('a table of calls, newest first'))
    .option('--limit <n>', 'at most so many, up to 200 (default: 20)')
    .option('--cursor <next>', 'go on where a list ended, with what it gave for that')
    .option('--json', 'as JSON')
    .action((options: CallFilters & { json?: true }) => exitWith(listCalls(options, systemDesk())));
  calls
    .command('show')
    .description('one call whole: turns with times, what was heard, tools, events, cost')
    .argument('<call>', 'its id, the beginning of it, or last')
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action((which: string, options: { json?: true; utc?: true }) =>
      exitWith(showCall(which, options, systemDesk())),
    );
  filtered(calls.command('export').description('whole records as lines of JSON, one call each'))
    .option('--out <file>', 'to this file (default: standard output)')
    .action((options: CallsExport) => exitWith(exportCalls(options, systemDesk())));

  const voicemails = program
    .command('voicemails')
    .description('the messages that callers left: what was said, and who has them');
  voicemails
    .command('list')
    .description('messages, newest first')
    .option('--number <number>', 'who left it or was called')
    .option('--profile <name>', 'whose line it was')
    .option('--call <id>', 'left in this call')
    .option('--limit <n>', 'at most so many, up to 200 (default: 20)')
    .option('--cursor <next>', 'go on where a list ended, with what it gave for that')
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action((options: VoicemailFilters) => exitWith(listVoicemails(options, systemDesk())));
  voicemails
    .command('save')
    .description('the sound of a message, as a WAV file')
    .argument('<id>', 'of the message, as a list shows it')
    .argument('<file>', 'a new file')
    .action((id: string, file: string) => exitWith(saveVoicemail(id, file, systemDesk())));

  const optOuts = program.command('opt-outs').description('the numbers that are not to be called again');
  optOuts
    .command('list')
    .description('newest first, with the call in which it was asked for')
    .option('--number <number>', 'this one alone')
    .option('--limit <n>', 'at most so many, up to 200 (default: 50)')
    .option('--cursor <next>', 'go on where a list ended, with what it gave for that')
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action((options: OptOutFilters) => exitWith(listOptOuts(options, systemDesk())));
  optOuts
    .command('add')
    .description('a number is not to be called any more')
    .argument('<number>', 'with + and its country, such as +15550100123')
    .option('--reason <words>', 'who asked for it, and how')
    .action((number: string, options: { reason?: string }) =>
      exitWith(addOptOut(number, options, systemDesk())),
    );
  optOuts
    .command('remove')
    .description('a number may be called again')
    .argument('<number>', 'with + and its country')
    .action((number: string) => exitWith(removeOptOut(number, systemDesk())));

  program
    .command('forget')
    .description('delete everything that is kept of a phone number, but that it is not to be called')
    .argument('<number>', 'with + and its country, such as +15550100123')
    .option('--yes', 'do not ask')
    .action((number: string, options: { yes?: true }) =>
      exitWith(forgetNumber(number, options, systemDesk())),
    );

  const db = program
    .command('db')
    .description('the database of records: embedded in DATA_DIR, or DATABASE_URL');
  db.command('migrate')
    .description('bring it to the state that this Liveline expects (the server does so at its start)')
    .action(() => exitWith(dbMigrate(dbContext())));
  db.command('status')
    .description('where it is, what is in it, and whether it is up to date')
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action(({ json = false, utc }: { json?: boolean; utc?: true }) =>
      exitWith(dbStatus(dbContext(), { json, utc })),
    );
  db.command('backup')
    .description('write all of it to one file, while calls go on')
    .argument('[file]', 'a new file (default: named after the time, in this folder)')
    .action((file: string | undefined) => exitWith(dbBackup(dbContext(), { file })));
  db.command('restore')
    .description('fill an empty database from a backup')
    .argument('<file>', 'a backup')
    .action((file: string) => exitWith(dbRestore(dbContext(), { file })));
  db.command('move')
    .description('copy the embedded database into the empty one at DATABASE_URL')
    .action(() => exitWith(dbMove(dbContext())));
}

const filtered = (command: Command): Command =>
  command
    .option('--number <number>', 'who called or was called')
    .option('--profile <name>', 'who answered')
    .option('--outcome <outcome>', 'why they ended, or in-progress')
    .option('--tool <name>', 'a tool that was called')
    .option('--watchdog <trouble>', 'what the watchdog saw, such as stalled')
    .option('--after <time>', 'since this time: 2026-11-23T09:00, or 2h or 3d ago')
    .option('--before <time>', 'until this time')
    .option('--utc', 'times in UTC');

async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}

function dbContext(): DbContext {
  const config = configOrExit(environment(), 'Nothing was done');
  return {
    config,
    // Standard output is for answers.
    log: createLog({ level: 'warn', secrets: secretsOf(config), destination: process.stderr }),
    clock: systemClock,
    version: VERSION,
    print: (line) => console.log(line),
    complain: (line) => console.error(line),
  };
}
