// `liveline menu check` and `liveline menu import`: what a keypad menu covers, and a menu of ours made of an old one.
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stopsCallers } from '../agents/keypad-menu-check.ts';
import { menuFaultLine, readMenuFile } from '../agents/keypad-menu-file.ts';
import { isProfileName } from '../agents/load.ts';
import { readProfile } from '../agents/profile-file.ts';
import { profileSchema } from '../agents/profile.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { carried } from '../ivr/menus/carry.ts';
import { coverageOf, type Coverage } from '../ivr/menus/coverage.ts';
import { menuYaml, profileYaml } from '../ivr/menus/written.ts';
import { coverageLines } from './menu-report.ts';
import { readOldMenu } from './menu-sources.ts';
import { jsonText, visible } from './plain-text.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';
import type { Terminal } from './terminal.ts';

/** Resolves to the exit code: 0 when everything is covered. */
export async function checkMenu(
  file: string,
  { json = false }: { readonly json?: boolean | undefined },
  terminal: Terminal,
): Promise<number> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    terminal.say(`${visible(file)} cannot be read: ${messageOf(thrown)}`);
    return EXIT_BAD_INPUT;
  }
  const { menu, faults, problems } = readMenuFile(file, text);
  if (menu === undefined) {
    terminal.say(`${visible(file)} has faults:`);
    for (const fault of faults) terminal.say(`  ${visible(menuFaultLine(fault))}`);
    return EXIT_FAILED;
  }
  const coverage = coverageOf(menu);
  if (json) terminal.print(jsonText(coverage, 2));
  else {
    for (const line of coverageLines(coverage, terminal.columns)) terminal.print(line);
    // With the place of each, as an editor opens it.
    for (const { at } of problems) terminal.say(visible(menuFaultLine(at)));
  }
  return coverage.isWhole ? 0 : EXIT_FAILED;
}

export interface ImportOptions {
  /** The profile; left out: named after what is imported, in this folder. */
  readonly out?: string | undefined;
  readonly name?: string | undefined;
  readonly start?: string | undefined;
  readonly number?: readonly string[] | undefined;
  /** `name=number` */
  readonly queue?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Resolves to the exit code: 0 when everything was carried over, 1 when not, and when nothing was written. */
export async function importMenu(path: string, options: ImportOptions, terminal: Terminal): Promise<number> {
  try {
    return await imported(path, options, terminal);
  } catch (thrown) {
    terminal.say(
      thrown instanceof LivelineError
        ? thrown.message.split('\n').map(visible).join('\n  ')
        : `nothing was imported: ${visible(messageOf(thrown))}`,
    );
    return EXIT_BAD_INPUT;
  }
}

async function imported(path: string, options: ImportOptions, terminal: Terminal): Promise<number> {
  const result = carried(await readOldMenu(path, options.start), queuesOf(options.queue ?? []));
  const files = filesOf(path, options);
  const title = titleOf(files.title);
  const menu = menuYaml(result.menu);
  const wish = { name: options.name ?? title, menuFile: `./${MENUS}/${basename(files.menu)}` };
  const profile = profileYaml({ ...wish, numbers: options.number ?? [] }, result);
  checkWritten(files, menu, profile);
  await refuseExisting(files, options.force ?? false);
  const coverage: Coverage = coverageOf(result.menu, result);
  const isWritten = options.force === true || !coverage.problems.some(({ kind }) => kind === 'no-end');
  if (isWritten) {
    await mkdir(dirname(files.menu), { recursive: true });
    await writeFile(files.menu, menu);
    await writeFile(files.profile, profile);
  }
  if (options.json) terminal.print(jsonText({ isWritten, files, tools: [...result.tools], ...coverage }, 2));
  else {
    for (const line of coverageLines(coverage, terminal.columns)) terminal.print(line);
    terminal.print('');
    if (isWritten) terminal.print(`Wrote ${visible(files.menu)} and ${visible(files.profile)}.`);
  }
  if (!isWritten)
    terminal.say(
      'nothing was written, as callers would go round in circles in it; --force writes it all the same, for you to mend',
    );
  return coverage.isWhole ? 0 : EXIT_FAILED;
}

function queuesOf(written: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    written.map((one): [string, string] => {
      const at = one.lastIndexOf('=');
      if (at > 0) return [one.slice(0, at).trim(), one.slice(at + 1).trim()];
      throw new LivelineError(
        'MENU_INVALID',
        `--queue ${one}: expected a name and a number, such as billing=+12025550112`,
      );
    }),
  );
}

/** `northwind-energy` → `Northwind Energy` */
const titleOf = (file: string): string =>
  file
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.charAt(0).toLocaleUpperCase() + word.slice(1))
    .join(' ')
    .trim() || 'Imported menu';

interface Files {
  readonly title: string;
  readonly menu: string;
  readonly profile: string;
}

/** A folder of its own: every YAML file beside a profile is read as one. */
const MENUS = 'menus';

function filesOf(path: string, { out }: ImportOptions): Files {
  const title = basename(path).replace(/\.[a-z]+$/i, '') || 'imported';
  const profile = out ?? `${title}.yaml`;
  if (!isProfileName(basename(profile)))
    throw new LivelineError('MENU_INVALID', `--out ${profile}: expected a file such as billing.yaml`);
  return { title, profile, menu: join(dirname(profile), MENUS, basename(profile)) };
}

/** By the readers that a server has; what is at fault then is ours, or a number, name or language that was imported. */
function checkWritten(files: Files, menu: string, profile: string): void {
  const { faults, problems } = readMenuFile(files.menu, menu);
  // A loop without a way out was in the old menu: the report says so.
  const dead = problems
    .filter((problem) => stopsCallers(problem) && problem.kind !== 'no-end')
    .map(({ at }) => at);
  // The menu that it names is the one above, and is not there yet.
  const inProfile = readProfile(files.profile, profile, profileSchema()).faults.filter(
    ({ field }) => field !== 'menu',
  );
  const all = [...faults, ...dead, ...inProfile];
  if (all.length === 0) return;
  throw new LivelineError(
    'MENU_INVALID',
    ['nothing was written, as what was read makes no file that can be used:', ...all.map(menuFaultLine)].join(
      '\n',
    ),
  );
}

async function refuseExisting({ menu, profile }: Files, force: boolean): Promise<void> {
  if (force) return;
  for (const file of [menu, profile]) {
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (exists)
      throw new LivelineError(
        'MENU_INVALID',
        `${file} is there already, and was left as it is; --force writes over it, --out names another`,
      );
  }
}
