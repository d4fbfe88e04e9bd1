// `liveline audit`: every decision about one number, as lines of JSON, in campaigns and in single calls.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { canonicalNumber } from '../agents/canonical-number.ts';
import { auditEntryOf } from '../http/campaign-schemas.ts';
import { withOutbound, type OpenOutbound, type OutboundDesk } from './campaign-desk.ts';
import { jsonText, visible } from './plain-text.ts';
import { EXIT_BAD_INPUT } from './serve.ts';

/** Lines that are read at once. */
export const AUDIT_PAGE = 1_000;

/** Resolves to the exit code; throws what the database throws. */
export async function auditNumber(typed: string, desk: OutboundDesk): Promise<number> {
  const { terminal } = desk;
  const number = canonicalNumber(typed);
  if (number === undefined) {
    terminal.say(
      `audit takes a phone number with + and its country, such as +15550100123, not "${visible(typed)}"`,
    );
    return EXIT_BAD_INPUT;
  }
  return withOutbound(desk, false, async ({ store }) => {
    const lines = auditLines((after) => store.auditOfNumber(number, after, AUDIT_PAGE));
    await pipeline(Readable.from(lines), terminal.output, { end: false }).catch((thrown: unknown) => {
      // Whoever reads along (head) has seen enough.
      if ((thrown as NodeJS.ErrnoException).code !== 'EPIPE') throw thrown;
    });
    return 0;
  });
}

/** `next`: AUDIT_PAGE of those that follow this line, '' for all. */
export async function* auditLines(
  next: (after: string) => ReturnType<OpenOutbound['store']['audit']>,
): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const lines = await next(after);
    for (const line of lines) yield `${jsonText(auditEntryOf(line))}\n`;
    if (lines.length < AUDIT_PAGE) return;
    after = lines.at(-1)!.id;
  }
}
