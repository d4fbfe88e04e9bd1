// An OpenAPI document as tests read it: by path, method and status, with its schemas as checks.
import { z } from 'zod';

const schema = z.record(z.string(), z.unknown());
const content = z.record(z.string(), z.strictObject({ schema }));
const answer = z.strictObject({
  description: z.string().min(1),
  headers: z.record(z.string(), z.strictObject({ description: z.string(), schema })).optional(),
  content: content.optional(),
});
const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z]\w+$/),
  summary: z.string().min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(
      z
        .strictObject({
          name: z.string(),
          in: z.enum(['query', 'path']),
          required: z.boolean(),
          description: z.string().optional(),
          schema,
        })
        .refine((parameter) => parameter.in === 'query' || parameter.required, 'a path has all its parts'),
    )
    .optional(),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z.record(z.string().regex(/^([1-5]\d\d|default)$/), answer),
});

/** What of OpenAPI 3.1.0 (spec.openapis.org/oas/v3.1.0) is used here, and nothing beside it. */
export const openApiDocument = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    description: z.string(),
    license: z.strictObject({ name: z.string(), identifier: z.string() }),
  }),
  servers: z.array(z.strictObject({ url: z.string() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(['get', 'post', 'delete']), operation)),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('http'), scheme: z.literal('bearer'), description: z.string() }),
        z.strictObject({
          type: z.literal('apiKey'),
          in: z.literal('cookie'),
          name: z.string(),
          description: z.string(),
        }),
      ]),
    ),
    schemas: z.record(z.string().regex(/^[\w.-]+$/), schema),
  }),
});
export type OpenApiDocument = z.output<typeof openApiDocument>;

export const operationsOf = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ path, method, ...described })),
  );

/** Every value under `key`, however deep. */
export function everywhere(value: unknown, key: string): unknown[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([name, inner]) => [
    ...(name === key ? [inner] : []),
    ...everywhere(inner, key),
  ]);
}

/** Checks values by one of its schemas; what the document does not speak of is a fault here. */
export function checkOf({ components }: OpenApiDocument, of: object): z.ZodType {
  const text = JSON.stringify({ ...of, $defs: components.schemas });
  const closed: unknown = JSON.parse(
    text.replaceAll('"#/components/schemas/', '"#/$defs/'),
    (_key, value: unknown) => (isObjectSchema(value) ? { additionalProperties: false, ...value } : value),
  );
  return z.fromJSONSchema(closed as Parameters<typeof z.fromJSONSchema>[0]);
}

const isObjectSchema = (value: unknown): value is object =>
  value !== null &&
  typeof value === 'object' &&
  'type' in value &&
  value.type === 'object' &&
  'properties' in value;
