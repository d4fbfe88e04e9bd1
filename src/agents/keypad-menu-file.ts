// The text of a menu file becomes a menu, and what is wrong with it, each with its place. Knows no profile.
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { LivelineError, messageOf } from '../base/errors.ts';
import { offsetOf } from '../base/yaml-place.ts';
import { menuProblems, stopsCallers, type MenuProblem } from './keypad-menu-check.ts';
import { keypadMenuSchema, type KeypadMenu } from './keypad-menu.ts';
import type { Fault } from './profile-file.ts';

export interface MenuFile {
  /** Undefined: it cannot be read, and `faults` says why. */
  readonly menu: KeypadMenu | undefined;
  /** Of the YAML, and of fields. */
  readonly faults: readonly Fault[];
  /** Of a menu that can be read. */
  readonly problems: readonly (MenuProblem & { readonly at: Fault })[];
}

type Path = readonly PropertyKey[];

/** One bracket too many can make a fault of every line after it. */
const MOST_SYNTAX_FAULTS = 10;
/** Where the parser's own words would not help an author. */
const YAML_WORDS: Readonly<Partial<Record<string, string>>> = {
  BAD_ALIAS: 'expected quotes around what starts with a star: "*"',
  DUPLICATE_KEY: 'this key is there twice; give one of them another',
};

/** `#: { … }`: an option that would be gone without a word. */
const BARE_HASH = /^([ \t]*)#:[ \t]*\{/gm;

/** Sorted as they are in the file. Throws nothing. */
export function readMenuFile(file: string, text: string): MenuFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    ...{ lineCounter: lines, prettyErrors: false, logLevel: 'error' },
    // 1 and "1" are one key of a telephone.
    uniqueKeys: (one, other) => String(one.toJSON()) === String(other.toJSON()),
  });
  const at = (offset: number, field: string, words: string): Fault => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, field, words };
  };
  const fault = (path: Path, words: string): Fault =>
    at(offsetOf(document, path), path.map(String).join('.'), words);
  const unreadable = (faults: readonly Fault[]): MenuFile => ({ menu: undefined, faults, problems: [] });

  const lost = [...text.matchAll(BARE_HASH)].map(({ index, 1: before = '' }) =>
    at(index + before.length, '', 'expected quotes around the key: "#"; without them this line is a comment'),
  );
  if (lost.length > 0) return unreadable(lost);
  const errors = [...document.errors, ...document.warnings];
  // What one bare star makes of the line after it is no fault of its own.
  const telling = errors.filter(({ code }) => YAML_WORDS[code] !== undefined);
  const syntax = (telling.length > 0 ? telling : errors).slice(0, MOST_SYNTAX_FAULTS);
  if (syntax.length > 0)
    return unreadable(
      syntax.map(({ pos, code, message }) =>
        at(pos[0], '', YAML_WORDS[code] ?? message.replaceAll(/\s+/g, ' ')),
      ),
    );
  let value: unknown;
  try {
    value = document.toJS();
  } catch (thrown) {
    // Aliases without their anchor, or too many of them, show only now.
    return unreadable([at(0, '', messageOf(thrown))]);
  }
  if (value === null) return unreadable([at(0, '', 'the file is empty; expected start and menus')]);
  const checked = keypadMenuSchema.safeParse(value);
  if (!checked.success)
    return unreadable(
      checked.error.issues.flatMap((issue) => pathsOf(issue).map(({ path, words }) => fault(path, words))),
    );
  const problems = menuProblems(checked.data).map((problem) => ({
    ...problem,
    at: fault(problem.path, problem.words),
  }));
  return {
    menu: checked.data,
    faults: [],
    problems: problems.sort((one, other) => one.at.line - other.at.line || one.at.column - other.at.column),
  };
}

function pathsOf(issue: z.core.$ZodIssue): { path: Path; words: string }[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...issue.path, key], words: 'there is no such field' }));
  const { message } = (issue.code === 'invalid_key' ? issue.issues[0] : undefined) ?? issue;
  const words = message.replace(/^Invalid (input|option): /, '');
  return [{ path: issue.path, words: words.replace(', received undefined', ', but it is missing') }];
}

export const menuFaultLine = ({ file, line, column, field, words }: Fault): string =>
  `${file}:${line}:${column}  ${field === '' ? '' : `${field}: `}${words}`;

/**
 * A menu that can be used. Throws MENU_INVALID, with a line `file:line:column  field: what was expected` for each fault; what a
 * caller can live with, such as an option that nobody is told of, is no fault here.
 */
export function readKeypadMenu(file: string, text: string): KeypadMenu {
  const { menu, faults, problems } = readMenuFile(file, text);
  const all = [...faults, ...problems.filter(stopsCallers).map(({ at }) => at)];
  if (menu !== undefined && all.length === 0) return menu;
  throw new LivelineError('MENU_INVALID', [`${file} has faults:`, ...all.map(menuFaultLine)].join('\n  '));
}
