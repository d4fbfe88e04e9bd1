// `liveline crm import`: contacts from a file into the CRM of our own.
import { loadCustomers } from '../crm/contacts-file.ts';
import type { Imported } from '../crm/import.ts';
import { using, type CrmDesk } from './crm-desk.ts';
import { counted } from './db-status.ts';
import { visible } from './plain-text.ts';
import { EXIT_BAD_INPUT } from './serve.ts';

/** A hundred thousand contacts take some seconds. */
const WRITTEN_WITHIN_MS = 120_000;

/** Resolves to the exit code. */
export async function importFile(
  file: string,
  { overwrite = false }: { readonly overwrite?: boolean | undefined },
  desk: CrmDesk,
): Promise<number> {
  const { terminal, openOwn, rehearsal } = desk;
  if (desk.is !== 'postgres') {
    terminal.say(
      "crm import fills Liveline's own CRM, and another one is configured (CRM in the environment): bring the contacts in there.",
    );
    return EXIT_BAD_INPUT;
  }
  const readFirst = async () => {
    const customers = await loadCustomers(file, false);
    const opened = await openOwn(true);
    return { it: { own: opened.it, customers }, close: () => opened.close() };
  };
  return using(
    desk,
    readFirst,
    async ({ own, customers }, signal) => {
      const imported = await own.import(customers, overwrite, signal);
      terminal.print(`${visible(file)} into ${visible(own.where)}${rehearsal ? ', for rehearsals' : ''}:`);
      for (const line of said(imported)) terminal.print(`  ${line}`);
      if (customers.some(({ appointments, orders }) => appointments.length + orders.length > 0))
        terminal.print('Appointments and orders in it are samples for rehearsals, and were left out.');
      return 0;
    },
    WRITTEN_WITHIN_MS,
  );
}

function said({ added, changed, same, kept, sharing }: Imported): string[] {
  const some = (count: number, words: string): string[] =>
    count === 0 ? [] : [`${counted(count, 'contact')} ${words}`];
  return [
    `${counted(added, 'contact')} added, ${changed} changed, ${same} as they were`,
    ...some(kept, 'left as a call has changed them since; --overwrite takes the file instead'),
    ...some(sharing, 'with a number that somebody else has too, by which neither is found'),
  ];
}
