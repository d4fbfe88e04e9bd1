// `liveline forget`: deletes all that is kept of one number, and says what that was.
import { canonicalForm } from '../agents/canonical-number.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Forgotten } from '../records/forget.ts';
import { PAGE } from './call-filters.ts';
import { withRecords } from './calls.ts';
import type { Desk } from './desk.ts';
import { visible } from './plain-text.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';

/** Resolves to the exit code; throws what the database throws. */
export async function forgetNumber(
  text: string,
  { yes }: { readonly yes?: boolean | undefined },
  { open, terminal }: Desk,
): Promise<number> {
  const typed = parsePhoneNumber(text);
  if (typed === undefined) {
    terminal.say(
      `forget takes a phone number with + and its country, such as +15550100123, not "${visible(text)}"`,
    );
    return EXIT_BAD_INPUT;
  }
  const number = canonicalForm(typed);
  if (yes !== true && !terminal.isInteractive) {
    terminal.say('Nobody is here to confirm it: add --yes.');
    return EXIT_BAD_INPUT;
  }
  return withRecords(open, async (store, records) => {
    const { calls, next } = await store.find({ number, limit: PAGE });
    const many = next === null ? calls.length : `more than ${PAGE}`;
    terminal.print(
      `This searches the database ${records.where.database} and the files in ${records.where.dataDir}.`,
    );
    terminal.print(
      `It deletes all of ${number} for good: ${many} ${many === 1 ? 'call' : 'calls'} with all that is recorded of them, its voicemails, the number where other records mention it, and what waits to be recorded.`,
    );
    if (yes !== true && !isYes(await terminal.ask('Delete it? (yes/no) '))) {
      terminal.print('Nothing was deleted.');
      return EXIT_FAILED;
    }
    const forgotten = await records.forget(typed);
    for (const line of said(forgotten)) terminal.print(line);
    if (forgotten.optedOut)
      terminal.print(
        `Kept: that ${number} is not to be called. liveline opt-outs remove ${number} deletes that too, and it may be called again.`,
      );
    terminal.print(
      "Out of reach: a CRM other than the one in this database; PostgreSQL's write-ahead log, until newer writes overwrite it, and backups and exports elsewhere.",
    );
    if (forgotten.leftIn.length === 0) return 0;
    terminal.say('The number may still be here; see to it yourself:');
    for (const place of forgotten.leftIn) terminal.say(`  ${visible(place)}`);
    return EXIT_FAILED;
  });
}

const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer.trim());

function said({
  calls,
  inProgress,
  inCrm,
  inCampaigns,
  voicemails,
  recordings,
  mentions,
  spooled,
}: Forgotten): string[] {
  const some = (count: number, one: string, more: string): string[] =>
    count === 0 ? [] : [`  ${count} ${count === 1 ? one : more}`];
  const rows = [
    ...some(calls, 'call', 'calls'),
    ...some(
      inProgress,
      'of them in progress: it goes on, unrecorded',
      'of them in progress: they go on, unrecorded',
    ),
    ...some(inCrm, 'entry of the CRM of our own', 'entries of the CRM of our own'),
    ...some(inCampaigns, 'entry of campaigns', 'entries of campaigns'),
    ...some(voicemails, 'voicemail with its sound', 'voicemails with their sound'),
    ...some(recordings, 'recording of a call', 'recordings of calls'),
    ...some(mentions, 'mention in other records', 'mentions in other records'),
    ...some(spooled, 'line that waited to be recorded', 'lines that waited to be recorded'),
  ];
  return rows.length === 0 ? ['There was nothing of it.'] : ['Deleted:', ...rows];
}
