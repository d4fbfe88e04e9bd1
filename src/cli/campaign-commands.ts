// The commands on calls that we place, as they are typed. What each does is in the files beside this one.
import { Option, type Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { environment, type Config } from '../config.ts';
import { auditNumber } from './audit.ts';
import { createCampaign, type CreateOptions } from './campaign-create.ts';
import { systemOutboundDesk } from './campaign-desk.ts';
import { exportCampaign } from './campaign-export.ts';
import { importFile, listFaults } from './campaign-import.ts';
import {
  cloneCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
  stopCampaign,
} from './campaign-moves.ts';
import { campaignStatus, listCampaigns, type StatusOptions } from './campaign-status.ts';
import { addConsent, listConsents, type NewConsentOptions } from './consents.ts';
import { dial, type DialOptions } from './dial.ts';
import { configOrExit } from './serve.ts';
import { importList, listLists, removeList } from './suppression.ts';
import { systemTerminal } from './terminal.ts';

const several = (value: string, before: readonly string[]): string[] => [...before, value];
const WHICH = 'its name, its id, or the beginning of its id';
const NUMBER = 'with + and its country, such as +15550100123';
const mapOption = (): Option =>
  new Option(
    '--map <column=field>',
    'what a column is: phone, time_zone, …, a variable, or nothing (may be repeated)',
  )
    .argParser(several)
    .default([], 'by the names of the columns');

export function addCampaignCommands(program: Command): void {
  addCampaigns(
    program.command('campaign').description('people who are called for one purpose, by one agent'),
  );
  addConsents(program.command('consents').description('the consents to be called that are on record'));
  addSuppression(program.command('suppression').description('imported lists of numbers that are not called'));
  program
    .command('audit')
    .description('every decision about one number, in campaigns and single calls, as lines of JSON')
    .argument('<number>', NUMBER)
    .action((number: string) => exitWith(auditNumber(number, systemOutboundDesk())));
  program
    .command('dial')
    .description('call somebody now: a running server does, and its agent talks with them')
    .argument('<number>', NUMBER)
    .requiredOption('--agent <name>', 'who speaks: the name of a profile')
    .addOption(
      new Option('--var <name=value>', 'what {{campaign.name}} of the profile stands for (may be repeated)')
        .argParser(several)
        .default([], 'none'),
    )
    .option(
      '--from <number>',
      'which of your numbers is shown (default: the one of the profile, or the only one)',
    )
    .option('--follow', 'tell how the call goes')
    .option('--url <url>', 'the server (default: this machine, at PORT)')
    .action((number: string, options: DialOptions & { url?: string }) => exitWith(dialFrom(number, options)));
}

function addCampaigns(campaign: Command): void {
  const of = (name: string, description: string): Command =>
    campaign.command(name).description(description).argument('<campaign>', WHICH);
  campaign
    .command('create')
    .description('make a campaign, as a draft')
    .argument('<file>', 'its settings (YAML), as fixtures/campaigns/reminders.yaml')
    .option('--contacts <file>', 'who is to be called (CSV), as fixtures/contacts/reminders.csv')
    .option('--name <name>', 'what it is called (default: as the file says, or is named)')
    .addOption(mapOption())
    .action((file: string, options: CreateOptions) =>
      exitWith(createCampaign(file, options, systemOutboundDesk())),
    );
  of('import', 'bring contacts into a campaign; a number that is there already stays one')
    .argument('<file>', 'CSV (UTF-8); its first line names the columns')
    .addOption(mapOption())
    .action((name: string, file: string, options: { map: string[] }) =>
      exitWith(importFile(name, file, options, systemOutboundDesk())),
    );
  of('faults', 'the rows of its files that were left out, and why').action((name: string) =>
    exitWith(listFaults(name, systemOutboundDesk())),
  );
  campaign
    .command('list')
    .description('all of them, oldest first')
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action((options: StatusOptions) => exitWith(listCampaigns(options, systemOutboundDesk())));
  of('start', 'call who is due, as the rules allow it')
    .option('--at <time>', 'not before: 2026-12-01T09:00')
    .action((name: string, options: { at?: string }) =>
      exitWith(startCampaign(name, options, systemOutboundDesk())),
    );
  of('pause', 'call nobody more; calls that were placed go on').action((name: string) =>
    exitWith(pauseCampaign(name, systemOutboundDesk())),
  );
  of('resume', 'go on').action((name: string) => exitWith(resumeCampaign(name, systemOutboundDesk())));
  of('stop', 'end it for good; calls that ring are canceled').action((name: string) =>
    exitWith(stopCampaign(name, systemOutboundDesk())),
  );
  of('status', 'how far it is, and what came of it')
    .option('--watch', 'while it goes on')
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action((name: string, options: StatusOptions) =>
      exitWith(campaignStatus(name, options, systemOutboundDesk())),
    );
  of('export', 'what came of each contact, as CSV')
    .option('--audit', 'every decision instead, as lines of JSON')
    .option('--out <file>', 'to this new file (default: standard output)')
    .action((name: string, options: { audit?: true; out?: string }) =>
      exitWith(exportCampaign(name, options, systemOutboundDesk())),
    );
  of('clone', 'the same again, of those who were not reached')
    .argument('<name>', 'of the new one')
    .requiredOption('--outcomes <outcomes>', 'of the last attempt, such as busy,no-answer')
    .action((name: string, made: string, options: { outcomes: string }) =>
      exitWith(cloneCampaign(name, made, options, systemOutboundDesk())),
    );
}

function addConsents(consents: Command): void {
  consents
    .command('add')
    .description('put a consent on record')
    .argument('<number>', NUMBER)
    .requiredOption('--kind <kind>', 'express, or written, which is express too')
    .requiredOption('--source <words>', 'where it was given, such as the address of a form')
    .option('--given <time>', 'when (default: now)')
    .option('--expires <time>', 'until when it holds (default: until it is taken back)')
    .option('--wording <words>', 'what they agreed to, word by word')
    .option('--seller <name>', 'to whom')
    .action((number: string, options: NewConsentOptions) =>
      exitWith(addConsent(number, options, systemOutboundDesk())),
    );
  consents
    .command('list')
    .description('those of a number, newest first')
    .argument('<number>', NUMBER)
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action((number: string, options: { json?: true; utc?: true }) =>
      exitWith(listConsents(number, options, systemOutboundDesk())),
    );
}

function addSuppression(suppression: Command): void {
  suppression
    .command('import')
    .description('a new version of a list, all of it or nothing')
    .argument('<name>', 'as campaigns name it')
    .argument('<file>', 'CSV, or a number per line')
    .requiredOption('--as-of <date>', 'when it was made')
    .option('--country <country>', 'of numbers without theirs, such as US')
    .action((name: string, file: string, options: { asOf: string; country?: string }) =>
      exitWith(importList(name, file, options, systemOutboundDesk())),
    );
  suppression
    .command('list')
    .description('all of them, with their age')
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action((options: { json?: true; utc?: true }) => exitWith(listLists(options, systemOutboundDesk())));
  suppression
    .command('remove')
    .description('a list goes; campaigns that need it call nobody')
    .argument('<name>', 'of the list')
    .action((name: string) => exitWith(removeList(name, systemOutboundDesk())));
}

function dialFrom(
  number: string,
  { url, ...options }: DialOptions & { readonly url?: string },
): Promise<number> {
  const config = configOrExit(environment(), 'Nothing was done');
  const told = new AbortController();
  process.once('SIGINT', () => told.abort());
  return dial(number, options, {
    ...{ token: config.operatorToken, clock: systemClock, told: told.signal },
    baseUrl: (url ?? ownAddress(config)).replace(/\/+$/, ''),
    terminal: systemTerminal(environment()),
  });
}

/** A server that listens on every address listens on this one. */
const ownAddress = ({ http: { host, port } }: Pick<Config, 'http'>): string =>
  `http://${['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`;

async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}
