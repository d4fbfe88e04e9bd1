// One profile file: its text becomes a profile, or faults with their places. Knows nothing of folders and other files.
import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../base/errors.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import { offsetOf } from '../base/yaml-place.ts';
import { contradictionsOf } from './contradictions.ts';
import type { Profile, profileSchema } from './profile.ts';

/** Something for the author to mend. Lines and columns count from 1. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The field as a path, such as `barge_in.min_heard_ms`; empty for the file as a whole. */
  readonly field: string;
  /** What was expected there. */
  readonly words: string;
}

type Path = readonly PropertyKey[];

/** What only one profile may have: a name, a number to answer, a campaign to call for. */
export interface Claim {
  readonly what: string;
  readonly at: Fault;
}

export interface ProfileFile {
  /** Absent when there are faults. */
  readonly profile: Profile | undefined;
  readonly faults: readonly Fault[];
  /** Known of faulty files too. */
  readonly name?: string | undefined;
  /** Known of faulty files too, as far as they can be read. */
  readonly claims: readonly Claim[];
  /** Known of faulty files too. */
  readonly sounds?: readonly NamedSound[] | undefined;
  /** Where a field is: for faults that show only later. */
  readonly at?: ((path: Path) => Fault) | undefined;
}

/** A sound file that the profile names; its path as it is written. */
export interface NamedSound {
  readonly as: 'comfortSound' | 'greetingAudio' | 'holdMusic';
  readonly path: string;
  readonly at: Fault;
}

/** Where the parser's own words would not help an author. */
const YAML_WORDS: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'expected quotes around what starts with a star: "*"',
  DUPLICATE_KEY: 'this field is there twice',
  MULTIPLE_DOCS: 'a file holds one profile, but "---" starts another',
};

/** One bracket too many can make a fault of every line after it. */
const MOST_SYNTAX_FAULTS = 10;

export function readProfile(
  file: string,
  text: string,
  schema: ReturnType<typeof profileSchema>,
): ProfileFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const at = (offset: number, field: string, words: string): Fault => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, field, words };
  };
  const fault = (path: Path, words: string): Fault =>
    at(offsetOf(document, path), z.core.toDotPath(path), words);

  const syntax = [...document.errors, ...document.warnings];
  const faults = syntax
    .slice(0, MOST_SYNTAX_FAULTS)
    .map((error) => at(error.pos[0], '', YAML_WORDS[error.code] ?? error.message));
  // A key given twice leaves the rest readable; after any other error it would be guesswork.
  if (!syntax.every(isDuplicateKey)) return { profile: undefined, faults, claims: [] };

  let value: unknown;
  try {
    value = document.toJS();
  } catch (thrown) {
    // Aliases without their anchor, or too many of them, show only now.
    return { profile: undefined, faults: [...faults, at(0, '', messageOf(thrown))], claims: [] };
  }
  if (Array.isArray(value))
    return { profile: undefined, faults: [...faults, at(0, '', NO_LIST)], claims: [] };
  const checked = schema.safeParse(value);
  for (const issue of checked.error?.issues ?? []) faults.push(...faultsOf(issue, fault));
  if (claiming.safeParse(value).data?.hasNumbers === false) faults.push(fault(['numbers'], NUMBERS_MISSING));
  for (const { path, against, why } of contradictionsOf(value)) {
    const { line, field } = fault(against.path, '');
    const where = against.isWritten ? `line ${line}` : 'as it is when left out';
    faults.push(fault(path, `contradicts ${field}: ${against.says} (${where}): ${why}`));
  }
  return {
    profile: faults.length === 0 ? checked.data : undefined,
    faults,
    name: claiming.safeParse(value).data?.name,
    claims: claimsOf(value).map(({ what, path }) => ({ what, at: fault(path, '') })),
    sounds: soundsOf(value).map(({ as, path, field }) => ({ as, path, at: fault([field], '') })),
    at: (path) => fault(path, ''),
  };
}

const NO_LIST =
  'expected fields, not a list; a file of tools goes into a folder below this one, such as tools/';

const isDuplicateKey = (error: YAMLError): boolean => error.code === 'DUPLICATE_KEY';

const path = z.string().trim().min(1).optional().catch(undefined);
const naming = z.object({ comfort_sound: path, greeting_audio: path, hold_music: path });
const SOUNDS = [
  ['comfort_sound', 'comfortSound'],
  ['greeting_audio', 'greetingAudio'],
  ['hold_music', 'holdMusic'],
] as const;

function soundsOf(value: unknown): { as: NamedSound['as']; path: string; field: string }[] {
  const named = naming.safeParse(value).data;
  return SOUNDS.flatMap(([field, as]) => {
    const written = named?.[field];
    return written === undefined ? [] : [{ as, path: written, field }];
  });
}

const NUMBERS_MISSING =
  'expected "*" or a list of phone numbers, but it is missing; only a profile with direction: outbound needs none';

const several = z.union([z.literal('*'), z.array(z.unknown())]).catch([]);
const claiming = z
  .object({
    name: z.string().trim().optional().catch(undefined),
    direction: z.unknown().optional(),
    numbers: z.unknown().optional(),
  })
  .transform(({ name, direction, numbers }) => ({
    name,
    hasNumbers: numbers !== undefined || direction === 'outbound',
    numbers: direction === 'outbound' ? [] : several.parse(numbers),
  }));

/** What must be one profile's alone, or it would be chance who takes a call. */
function claimsOf(value: unknown): { what: string; path: Path }[] {
  const { data } = claiming.safeParse(value);
  if (data === undefined) return [];
  return [
    ...(data.name ? [{ what: `the name "${data.name}"`, path: ['name'] }] : []),
    ...numbersClaimed(data.numbers),
  ];
}

function numbersClaimed(written: '*' | unknown[]): { what: string; path: Path }[] {
  if (written === '*') return [{ what: '"*"', path: ['numbers'] }];
  return written.flatMap((item, index) => {
    const number = typeof item === 'string' ? parsePhoneNumber(item) : undefined;
    return number === undefined ? [] : [{ what: `the number ${number}`, path: ['numbers', index] }];
  });
}

/** Names that files may still have. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  [
    'voice_activity.detector',
    'turn_taking: local, outside of voice_activity, took the place of detector: local',
  ],
]);

const slipsIn = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);

function faultsOf(issue: z.core.$ZodIssue, fault: (path: Path, words: string) => Fault): Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const instead = INSTEAD.get(z.core.toDotPath(path));
      return fault(path, `there is no such field${instead === undefined ? '' : `; ${instead}`}`);
    });
  if (issue.code === 'invalid_key')
    return issue.issues.slice(0, 1).map((inner) => fault(issue.path, wordsOf(inner)));
  // Of several things that a field may be, the one whose inside was looked at is the one that was meant.
  const meant =
    issue.code === 'invalid_union'
      ? issue.errors
          .filter((each) => each.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'))
          .sort((one, other) => slipsIn(one) - slipsIn(other))[0]
      : undefined;
  if (meant)
    return meant.flatMap((inner) => faultsOf({ ...inner, path: [...issue.path, ...inner.path] }, fault));
  return [fault(issue.path, wordsOf(issue))];
}

/** What the schema calls a type, as an author would. */
const PLAIN: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'fields',
  record: 'fields',
  null: 'nothing',
};

function wordsOf({ code, path, message }: z.core.$ZodIssue): string {
  const words = message.replace(/^Invalid (input|option): /, '');
  if (code !== 'invalid_type' || words === message) return words;
  const [, expected = '', received = ''] = /^expected (\w+), received (\w+)$/.exec(words) ?? [];
  if (path.length === 0 && received === 'null') return 'the file is empty; expected a profile';
  const plain = `expected ${PLAIN[expected] ?? expected}`;
  if (received === 'undefined') return `${plain}, but it is missing`;
  if (expected === 'string' && (received === 'number' || received === 'boolean')) return `${plain} in quotes`;
  if (expected === 'int' && received === 'number') return plain;
  return `${plain}, not ${PLAIN[received] ?? received}`;
}
