// `liveline voicemails list` and `save`: the messages that callers left, and the sound of one in a file.
import { open as openFile } from 'node:fs/promises';
import { LivelineError, messageOf } from '../base/errors.ts';
import { queryOf } from './call-filters.ts';
import { zoneOf } from './calls-table.ts';
import { refused, withRecords } from './calls.ts';
import type { Desk } from './desk.ts';
import { jsonText, visible } from './plain-text.ts';
import { EXIT_FAILED } from './serve.ts';
import { voicemailLines } from './voicemail-text.ts';

/** As typed. */
export interface VoicemailFilters {
  readonly number?: string | undefined;
  readonly profile?: string | undefined;
  readonly call?: string | undefined;
  readonly limit?: string | undefined;
  readonly cursor?: string | undefined;
  readonly json?: boolean | undefined;
  readonly utc?: boolean | undefined;
}

const LISTED = 20;

/** Resolves to the exit code, as all commands here do; throws what the database throws. */
export async function listVoicemails(filters: VoicemailFilters, desk: Desk): Promise<number> {
  const { open, terminal, clock } = desk;
  const { call, json, ...rest } = filters;
  const asked = queryOf(rest, clock.epochMs(), LISTED);
  if ('faults' in asked) return refused(asked.faults, terminal);
  const { number, profile, limit, cursor } = asked.query;
  const query = { number, profile, call: call?.trim(), limit, cursor };
  const { voicemails, next } = await withRecords(open, (_store, records) => records.voicemails.find(query));
  if (json === true) {
    terminal.print(jsonText({ voicemails, next }, 2));
    return 0;
  }
  if (voicemails.length === 0) {
    terminal.print(
      [number, profile, call].some((each) => each !== undefined)
        ? 'No voicemails match this.'
        : 'No voicemails yet.',
    );
    return 0;
  }
  const { columns } = terminal;
  for (const line of voicemailLines(voicemails, { columns, timeZone: zoneOf(filters) })) terminal.print(line);
  terminal.print('The sound of one: liveline voicemails save <id> <file>');
  if (next !== null) terminal.print(`There are older ones; the same again with: --cursor ${next}`);
  return 0;
}

/** Never over a file that is there. */
export async function saveVoicemail(id: string, file: string, { open, terminal }: Desk): Promise<number> {
  const wav = await withRecords(open, (_store, records) =>
    records.voicemails.sound(id.trim()).catch((thrown: unknown) => {
      if (thrown instanceof LivelineError && thrown.code === 'RECORD_UNKNOWN') return thrown;
      throw thrown;
    }),
  );
  if (wav instanceof LivelineError) {
    terminal.say(wav.message);
    return EXIT_FAILED;
  }
  try {
    // For the owner alone: it is somebody's voice.
    const handle = await openFile(file, 'wx', 0o600);
    try {
      await handle.writeFile(wav);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    terminal.say(`${visible(file)} cannot be written: ${messageOf(thrown)}`);
    return EXIT_FAILED;
  }
  terminal.print(`${visible(file)}: ${wav.length} bytes`);
  return 0;
}
