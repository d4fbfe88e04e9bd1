// The commands on keypad menus, as they are typed. What each does is in the files beside this one.
import type { Command } from 'commander';
import { environment } from '../config.ts';
import { checkMenu, importMenu, type ImportOptions } from './menu.ts';
import { systemTerminal } from './terminal.ts';

const several = (value: string, before: readonly string[]): string[] => [...before, value];

export function addMenuCommands(program: Command): void {
  const menu = program
    .command('menu')
    .description('keypad menus (IVR): what they cover, and old ones to import');
  menu
    .command('check')
    .description('every path of a menu file, by key and by voice, and what is wrong with it')
    .argument('<file>', 'a menu file (YAML)')
    .option('--json', 'as JSON')
    .action((file: string, options: { json?: true }) =>
      exitWith(checkMenu(file, options, systemTerminal(environment()))),
    );
  menu
    .command('import')
    .description('make a menu and a profile of TwiML documents, or of a Twilio Studio flow')
    .argument('<path>', 'a folder of TwiML documents, one of them, or the JSON of a flow')
    .option(
      '--out <file>',
      'the profile (default: named after what is imported, in this folder); its menu goes to menus/ beside it',
    )
    .option('--name <name>', 'what the profile is called')
    .option('--number <number>', 'a number that it answers (may be repeated)', several, [])
    .option('--start <document>', 'which TwiML document answers the call (default: index, main or voice)')
    .option('--queue <name=number>', 'who takes the calls of a queue (may be repeated)', several, [])
    .option('--force', 'write over files that are there, and menus with a loop that no key leads out of')
    .option('--json', 'as JSON')
    .action((path: string, options: ImportOptions) =>
      exitWith(importMenu(path, options, systemTerminal(environment()))),
    );
}

async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}
