// The commands on the CRM, as they are typed. What each does is in the files beside this one.
import type { Command } from 'commander';
import { checkCrm } from './crm-check.ts';
import { systemCrmDesk } from './crm-desk.ts';
import { findContact } from './crm-find.ts';
import { importFile } from './crm-import.ts';
import { listMessages, USUALLY_SINCE, type MessagesOptions } from './crm-messages.ts';

export function addCrmCommands(program: Command): void {
  const crm = program.command('crm').description('the customer records that calls are answered with');
  crm
    .command('find')
    .description('whom it knows, with appointments, orders and tickets')
    .argument('<who...>', 'a phone number with + and its country, an e-mail address, or a name')
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action((who: string[], options: { json?: true; utc?: true }) =>
      exitWith(findContact(who.join(' '), options, systemCrmDesk())),
    );
  crm
    .command('import')
    .description("bring contacts into Liveline's own CRM; again is harmless")
    .argument('<file>', 'YAML, as fixtures/contacts/customers.yaml')
    .option('--overwrite', 'also contacts that were changed on a call since')
    .action((file: string, options: { overwrite?: true }) =>
      exitWith(importFile(file, options, systemCrmDesk())),
    );
  crm
    .command('messages')
    .description("messages and tickets that callers left in Liveline's own CRM, newest first")
    .option('--since <time>', 'since this time: 2026-11-23T09:00, or 2h or 3d ago', USUALLY_SINCE)
    .option('--json', 'as JSON')
    .option('--utc', 'times in UTC')
    .action((options: MessagesOptions) => exitWith(listMessages(options, systemCrmDesk())));
  crm
    .command('check')
    .description('whether it answers, and takes the credentials')
    .action(() => exitWith(checkCrm(systemCrmDesk())));
}

async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}
