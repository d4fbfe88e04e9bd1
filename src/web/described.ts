// One request as a file describes it, and what is read out of its answer: plain data, filled in for each asking. Knows
// neither files nor what the values mean.
import { z } from 'zod';
import { jsonPath, valueAt } from './json-path.ts';
import type { RestRequest } from './rest.ts';
import { splitAddress } from './described-address.ts';
import { fillHeader, fillJson, fillPath, fillText, type Secrets, type Values } from './template.ts';

const plain = z.union([z.string(), z.number(), z.boolean()], 'expected text, a number, true or false');
const texts = z
  .record(z.string(), plain.transform(String))
  .default({})
  .describe('By name; values may hold {{variables}}.');

export const describedRequest = z.strictObject({
  method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']).default('GET'),
  url: z.string().trim().min(1, 'expected an address'),
  headers: texts,
  query: texts,
  /** Sent as JSON. */
  body: z.json().optional(),
  /** Sent as application/x-www-form-urlencoded. */
  form: z.record(z.string(), plain.transform(String)).optional(),
});
export type DescribedRequest = z.output<typeof describedRequest>;

/** Any other value than those that are written. */
const ANY_OTHER = '*';

export const describedField = z.preprocess(
  (written) => (typeof written === 'string' ? { path: written } : written),
  z.strictObject(
    {
      path: jsonPath,
      /** The service's words to ours; `*` for all others, which otherwise stay as they are. */
      map: z.record(z.string(), plain).optional(),
    },
    {
      error: ({ input }) =>
        `expected a JSONPath in quotes, or fields: path, map${input === undefined ? '; but it is missing' : ''}`,
    },
  ),
);
export type DescribedField = z.output<typeof describedField>;

/** Throws ValueRefused for a value that cannot stand where the description puts it. */
export function fillRequest(
  request: DescribedRequest,
  values: Values,
  secrets: Secrets,
): Omit<RestRequest, 'signal'> {
  const withSecrets: Values = new Map([
    ...values,
    ...[...secrets].map(([name, value]) => [`secret.${name}`, value] as const),
  ]);
  const { path, query } = splitAddress(request.url);
  const filled = (
    written: Readonly<Record<string, string>>,
    fill: (text: string) => string | undefined,
  ): Record<string, string> =>
    Object.fromEntries(
      Object.entries(written)
        .map(([name, text]) => [name, fill(text)] as const)
        .filter((pair): pair is readonly [string, string] => pair[1] !== undefined),
    );
  return {
    method: request.method,
    path: fillPath(path, values),
    query: filled({ ...query, ...request.query }, (text) => fillText(text, withSecrets)),
    headers: filled(request.headers, (text) => fillHeader(text, withSecrets)),
    ...(request.body !== undefined && { json: fillJson(request.body, values) ?? null }),
    ...(request.form && { form: filled(request.form, (text) => fillText(text, values)) }),
  };
}

/** Undefined where the answer has nothing there, or null. */
export function readField({ path, map }: DescribedField, row: unknown): unknown {
  const value = valueAt(path, row) ?? undefined;
  if (map === undefined || !['string', 'number', 'boolean'].includes(typeof value)) return value;
  const said = `${value as string | number | boolean}`;
  return Object.hasOwn(map, said) ? map[said] : (map[ANY_OTHER] ?? value);
}
