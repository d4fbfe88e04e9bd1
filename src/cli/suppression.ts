// `liveline suppression import`, `list` and `remove`: imported lists of numbers that are not called.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { listOf } from '../http/suppression-routes.ts';
import { timeOf } from './call-filters.ts';
import { timeText, zoneOf } from './calls-table.ts';
import { withOutbound, type OutboundDesk } from './campaign-desk.ts';
import { grouped, LiveLines, some } from './campaign-live-lines.ts';
import { jsonText, visible } from './plain-text.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';
import { columnOf, tableLines } from './table.ts';

/** Resolves to the exit code, as all commands here do; throws what the database throws. */
export async function importList(
  name: string,
  path: string,
  { asOf, country }: { readonly asOf: string; readonly country?: string | undefined },
  desk: OutboundDesk,
): Promise<number> {
  const { terminal, clock, told } = desk;
  const iso = timeOf(asOf.trim(), clock.epochMs(), true);
  if (iso === undefined) {
    terminal.say(
      `--as-of takes the date on which the list was made, such as 2026-11-01, not "${visible(asOf)}"`,
    );
    return EXIT_BAD_INPUT;
  }
  const fault = await stat(path).then(
    (found) => (found.isFile() ? undefined : `${path} is no file`),
    (thrown: unknown) => messageOf(thrown),
  );
  if (fault !== undefined) {
    terminal.say(visible(`the list cannot be read: ${fault}`));
    return EXIT_BAD_INPUT;
  }
  const live = new LiveLines(terminal, clock);
  return withOutbound(desk, false, async ({ lists }) => {
    const kept = await lists.import({
      ...{ name, country: country?.toUpperCase(), source: createReadStream(path), signal: told },
      ...{ asOfMs: Date.parse(iso), nowMs: clock.epochMs() },
      onProgress(numbers) {
        const words = `${some(numbers, 'number')} so far`;
        live.show([words], words);
      },
    });
    terminal.print(visible(`"${kept.name}" has ${some(kept.numbers, 'number')}, as of ${iso.slice(0, 10)}.`));
    return 0;
  });
}

export const listLists = (
  options: { readonly json?: boolean | undefined; readonly utc?: boolean | undefined },
  desk: OutboundDesk,
): Promise<number> =>
  withOutbound(desk, false, async ({ lists }) => {
    const { terminal } = desk;
    const found = (await lists.list()).map(listOf);
    if (options.json === true) terminal.print(jsonText({ lists: found }, 2));
    else if (found.length === 0) terminal.print('No list was imported.');
    else {
      const time = (iso: string): string => timeText(iso, zoneOf(options)).slice(0, 16);
      const columns = [
        columnOf(found, { title: 'name', least: 8 }, ({ name }) => name),
        columnOf(found, { title: 'numbers', least: 7, end: true }, ({ numbers }) => grouped(numbers)),
        columnOf(found, { title: 'as of', least: 16 }, ({ asOf }) => time(asOf)),
        columnOf(found, { title: 'imported', least: 16 }, ({ importedAt }) => time(importedAt)),
      ];
      for (const line of tableLines(columns, terminal.columns)) terminal.print(line);
    }
    return 0;
  });

export const removeList = (name: string, desk: OutboundDesk): Promise<number> =>
  withOutbound(desk, false, async ({ lists }) => {
    const wasThere = await lists.remove(name);
    if (wasThere) desk.terminal.print(visible(`"${name}" is removed: campaigns that need it call nobody.`));
    else desk.terminal.say(visible(`There is no list "${name}".`));
    return wasThere ? 0 : EXIT_FAILED;
  });
