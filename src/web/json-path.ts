// JSONPath (RFC 9535) into an answer that nobody vouches for. Knows nothing of what the values mean.
import { query, type JsonValue } from 'jsonpath-rfc9535';
import parse from 'jsonpath-rfc9535/parser';
import { z } from 'zod';
import { messageOf } from '../base/errors.ts';

/** What is wrong with an expression, for its author; undefined when nothing is. */
function faultOf(expression: string): string | undefined {
  try {
    parse(expression);
    return undefined;
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

/** Whether it can name one value at most (RFC 9535, 2.3.5.1, singular queries). */
const isSingular = (expression: string): boolean =>
  parse(expression).segments.every(
    ({ type, node }) =>
      type === 'ChildSegment' &&
      (node.type === 'MemberNameShorthand' ||
        (node.type === 'BracketedSelection' &&
          node.selectors.length === 1 &&
          ['NameSelector', 'IndexSelector'].includes(node.selectors[0]!.type))),
  );

const nodesOf = (expression: string, body: unknown): unknown[] =>
  body === undefined ? [] : query(body as JsonValue, expression);

/** The value where the expression can name one alone, else the list of all it names; undefined when there is none. */
export function valueAt(expression: string, body: unknown): unknown {
  const nodes = nodesOf(expression, body);
  return isSingular(expression) || nodes.length === 0 ? nodes[0] : nodes;
}

/** What the expression names, one by one; where that is one list, what is in it. */
export function rowsAt(expression: string, body: unknown): readonly unknown[] {
  const value = valueAt(expression, body) ?? [];
  return Array.isArray(value) ? value : [value];
}
