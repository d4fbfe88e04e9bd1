// JSONPath (RFC 9535) into an answer that nobody vouches for. Knows nothing of what the values mean.
import { query, type JsonValue } from 'jsonpath-rfc9535';
import parse from 'jsonpath-rfc9535/parser';
import { z } from 'zod';
import { messageOf } from '../base/errors.ts';

/** One value at most: the names and places that lead to it. Any number of them: left to the library. */
type Compiled =
  { readonly is: 'one'; readonly steps: readonly (string | number)[] } | { readonly is: 'many' };

/** Expressions come from files; those of files that were changed since are let go of. */
const MOST_COMPILED = 1_000;
const compiled = new Map<string, Compiled>();

function compiledOf(expression: string): Compiled {
  const known = compiled.get(expression);
  if (known !== undefined) return known;
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  const steps = parse(expression).segments.map(stepOf);
  const made: Compiled = steps.every((step) => step !== undefined) ? { is: 'one', steps } : { is: 'many' };
  compiled.set(expression, made);
  return made;
}

type Segments = ReturnType<typeof parse>['segments'];

/** Undefined: it may name several values (RFC 9535, 2.3.5.1, singular queries). */
function stepOf({ type, node }: Segments[number]): string | number | undefined {
  if (type !== 'ChildSegment') return undefined;
  if (node.type === 'MemberNameShorthand') return node.value;
  if (node.type !== 'BracketedSelection') return undefined;
  const [only, ...others] = node.selectors;
  if (only === undefined || others.length > 0) return undefined;
  return only.type === 'NameSelector' || only.type === 'IndexSelector' ? only.value : undefined;
}

/** What is wrong with an expression, for its author; undefined when nothing is. */
function faultOf(expression: string): string | undefined {
  try {
    const tree = JSON.stringify(parse(expression));
    return tree.includes('"type":"DescendantSegment"')
      ? '".." looks through all of an answer, however long it is; write the whole path'
      : undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

export const jsonPath = z
  .string('expected a JSONPath in quotes, such as "$.customer.name"')
  .superRefine((expression, context) => {
    const fault = faultOf(expression);
    if (fault !== undefined)
      context.addIssue(`expected a JSONPath such as "$.customer.name" (RFC 9535): ${fault}`);
  });

function childOf(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return typeof step === 'number' ? (value as unknown[]).at(step) : undefined;
  if (typeof step === 'number' || typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, step) ? (value as Readonly<Record<string, unknown>>)[step] : undefined;
}

/** The value where the expression can name one alone, else the list of all it names; undefined when there is none. */
export function valueAt(expression: string, body: unknown): unknown {
  const path = compiledOf(expression);
  if (path.is === 'one') return path.steps.reduce(childOf, body);
  const nodes = body === undefined ? [] : query(body as JsonValue, expression);
  return nodes.length === 0 ? undefined : nodes;
}

/** What the expression names, one by one; where that is one list, what is in it. */
export function rowsAt(expression: string, body: unknown): readonly unknown[] {
  const value = valueAt(expression, body) ?? [];
  return Array.isArray(value) ? value : [value];
}
