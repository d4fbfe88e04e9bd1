// `liveline calls export`: every matching call with its whole record, one JSON object a line, as it is read.
import { createWriteStream } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { getSystemErrorMessage } from 'node:util';
import { LivelineError, messageOf } from '../base/errors.ts';
import { callId } from '../base/ids.ts';
import type { CallQuery } from '../records/record.ts';
import { PAGE, queryOf, type CallFilters } from './call-filters.ts';
import { pagesOf, refused, withRecords } from './calls.ts';
import type { Desk, RecordReader } from './desk.ts';
import { jsonText } from './plain-text.ts';
import { EXIT_FAILED } from './serve.ts';

export interface CallsExport extends Omit<CallFilters, 'limit' | 'cursor'> {
  /** A file; standard output when left out. */
  readonly out?: string | undefined;
}

/** Resolves to the exit code; throws what the database throws. A file appears whole or not at all. */
export async function exportCalls(
  { out, ...filters }: CallsExport,
  { open, terminal, clock }: Desk,
): Promise<number> {
  const asked = queryOf(filters, clock.epochMs(), PAGE);
  if ('faults' in asked) return refused(asked.faults, terminal);
  let exported = 0;
  const count = (): void => {
    exported += 1;
    if (exported % PAGE === 0) terminal.say(`${exported} calls so far`);
  };
  try {
    await withRecords(open, async (store) => {
      const lines = Readable.from(linesOf(store, asked.query, count));
      if (out === undefined) await pipeline(lines, terminal.output, { end: false });
      else await written(resolve(out), (file) => pipeline(lines, file));
    });
  } catch (thrown) {
    // Whoever reads along (head) has seen enough.
    if (codeOf(thrown) === 'EPIPE') return 0;
    if (thrown instanceof LivelineError) throw thrown;
    terminal.say(faultText(thrown, out));
    return EXIT_FAILED;
  }
  terminal.say(
    `${exported} ${exported === 1 ? 'call' : 'calls'} exported${out === undefined ? '' : ` to ${out}`}`,
  );
  return 0;
}

async function* linesOf(store: RecordReader, query: CallQuery, count: () => void): AsyncGenerator<string> {
  for await (const calls of pagesOf(store, query))
    for (const { id } of calls) {
      const record = await store.get(callId(id));
      // It was deleted since its page was read.
      if (!record) continue;
      yield `${jsonText(record)}\n`;
      count();
    }
}

async function written(file: string, write: (to: Writable) => Promise<void>): Promise<void> {
  const beside = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  try {
    // Callers' words: nobody else's business. `flush`: what is renamed is on the disk.
    await write(createWriteStream(beside, { flags: 'wx', mode: 0o600, flush: true }));
    await rename(beside, file);
  } catch (thrown) {
    await rm(beside, { force: true });
    throw thrown;
  }
}

/** The fault of a file names the file that we write beside it, which nobody asked for. */
function faultText(thrown: unknown, out: string | undefined): string {
  const errno = thrown instanceof Error && 'errno' in thrown ? thrown.errno : undefined;
  if (out === undefined || typeof errno !== 'number')
    return `The calls could not be exported: ${messageOf(thrown)}`;
  const advice = isOfPlace(codeOf(thrown))
    ? '. Give --out a file in a folder that is there and may be written'
    : '';
  return `The calls could not be exported to ${resolve(out)}: ${getSystemErrorMessage(errno)}${advice}`;
}

const isOfPlace = (code: unknown): boolean =>
  typeof code === 'string' && ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS'].includes(code);

const codeOf = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
