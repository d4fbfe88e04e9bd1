// `liveline campaign export`: what came of each contact as CSV, or every decision as lines of JSON, as they are read.
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LivelineError, messageOf } from '../base/errors.ts';
import { AUDIT_PAGE, auditLines } from './audit.ts';
import { campaignOf, withOutbound, type OutboundDesk } from './campaign-desk.ts';
import { visible } from './plain-text.ts';
import { EXIT_FAILED } from './serve.ts';

/** Resolves to the exit code; throws what the database throws. Without `out`: to standard output. */
export const exportCampaign = (
  typed: string,
  { audit, out }: { readonly audit?: boolean | undefined; readonly out?: string | undefined },
  desk: OutboundDesk,
): Promise<number> =>
  withOutbound(desk, false, async (open) => {
    const { terminal } = desk;
    const { id } = await campaignOf(open, typed);
    const lines = Readable.from(
      audit === true
        ? auditLines((after) => open.store.audit(id, after, AUDIT_PAGE))
        : open.campaigns.results(id),
    );
    try {
      if (out === undefined) await pipeline(lines, terminal.output, { end: false });
      else await writeNew(lines, resolve(out));
    } catch (thrown) {
      // Whoever reads along (head) has seen enough.
      if (codeOf(thrown) === 'EPIPE') return 0;
      if (thrown instanceof LivelineError) throw thrown;
      terminal.say(visible(`It could not be exported: ${messageOf(thrown)}`));
      return EXIT_FAILED;
    }
    if (out !== undefined) terminal.say(visible(`Written to ${out}.`));
    return 0;
  });

/** Other people's numbers: nobody else's business. A file that is there already is left as it is. */
async function writeNew(lines: Readable, file: string): Promise<void> {
  try {
    await pipeline(lines, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }));
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') await rm(file, { force: true });
    throw thrown;
  }
}

const codeOf = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
