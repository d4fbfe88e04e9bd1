// The text of a YAML file becomes what a schema says, or faults with their places. Knows nothing of what it describes.
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { LivelineError, messageOf, type ErrorCode } from '../base/errors.ts';
import { offsetOf } from '../base/yaml-place.ts';

/** One bracket too many can make a fault of every line after it. */
const MOST_SYNTAX_FAULTS = 10;

type Path = readonly PropertyKey[];

/** Throws `code` with a line for each fault: `file:line:column  field: words`; lines and columns count from 1. */
export function readDescribed<Schema extends z.ZodType>(
  { file, text, code }: { file: string; text: string; code: ErrorCode },
  schema: Schema,
): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const at = (offset: number, words: string): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}  ${words}`;
  };
  const refusal = (faults: readonly string[]): LivelineError =>
    new LivelineError(code, [`${file} has faults:`, ...faults].join('\n  '));
  const syntax = [...document.errors, ...document.warnings].slice(0, MOST_SYNTAX_FAULTS);
  if (syntax.length > 0)
    throw refusal(syntax.map((error) => at(error.pos[0], error.message.replaceAll(/\s+/g, ' '))));

  let value: unknown;
  try {
    value = document.toJS();
  } catch (thrown) {
    // Aliases without their anchor, or too many of them, show only now.
    throw refusal([at(0, messageOf(thrown))]);
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw refusal(
    checked.error.issues.flatMap(faultsOf).map(({ path, words }) => {
      const field = z.core.toDotPath(path);
      return at(offsetOf(document, path), field === '' ? words : `${field}: ${words}`);
    }),
  );
}

function faultsOf(issue: z.core.$ZodIssue): { path: Path; words: string }[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...issue.path, key], words: 'there is no such field' }));
  const { message } = (issue.code === 'invalid_key' ? issue.issues[0] : undefined) ?? issue;
  const words = message.replace(/^Invalid (input|option): /, '');
  return [{ path: issue.path, words: words.replace(', received undefined', ', but it is missing') }];
}
